/** One run: its params, metrics, charts and artifacts. */
export function RunPage({ runId }: { runId: string }) {
  return <h1>{runId}</h1>;
}
