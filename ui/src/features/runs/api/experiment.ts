import { queryOptions } from "@tanstack/react-query";
import { get } from "@/lib/api";

type Experiment = { experiment_id: string; name: string; lifecycle_stage: string };

/** The experiment whose runs are shown. */
export function experimentOf(experimentId: string) {
  return queryOptions({
    queryKey: ["experiment", experimentId],
    queryFn: ({ signal }) =>
      get<{ experiment: Experiment }>("/2.0/mlflow/experiments/get", { experiment_id: experimentId }, signal),
    select: (answer) => answer.experiment,
    staleTime: 60_000,
  });
}
