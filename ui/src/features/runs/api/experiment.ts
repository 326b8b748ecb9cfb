import { queryOptions } from "@tanstack/react-query";
import { get } from "@/lib/api";

type Experiment = { experiment_id: string; name: string; lifecycle_stage: string };

/** The experiment whose runs are shown; other pages keep the same answer under the same key. */
export function experimentOf(experimentId: string) {
  return queryOptions({
    queryKey: ["experiment", experimentId],
    queryFn: async ({ signal }) => {
      const query = { experiment_id: experimentId };
      const answer = await get<{ experiment: Experiment }>("/2.0/mlflow/experiments/get", query, signal);
      return answer.experiment;
    },
    staleTime: 60_000,
  });
}
