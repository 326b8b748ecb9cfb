/** The runs of an experiment as a table. */
export function RunsPage({ experimentId }: { experimentId: string }) {
  return <h1>{experimentId}</h1>;
}
