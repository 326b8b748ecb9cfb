import { post } from "@/lib/api";

/** Delete or restore runs, a few at a time; the first refusal ends it and is thrown. */
export async function changeRuns(verb: "delete" | "restore", runIds: readonly string[]): Promise<void> {
  const waiting = [...runIds];
  const worker = async () => {
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      await post(`/2.0/mlflow/runs/${verb}`, { run_id: id });
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, runIds.length) }, worker));
}
