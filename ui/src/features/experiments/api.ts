import { queryOptions } from "@tanstack/react-query";
import { get, post } from "@/lib/api";

export type Experiment = {
  experiment_id: string;
  name: string;
  lifecycle_stage: string;
  creation_time: number;
  last_update_time: number;
  tags: Record<string, string>;
  run_count: number;
  running_count: number;
  last_run_time: number | null;
};

export type View = "active" | "deleted";

/** All experiments of a view, those with the newest run first. */
export function experiments(view: View) {
  const view_type = view === "deleted" ? "DELETED_ONLY" : "ACTIVE_ONLY";
  return queryOptions({
    queryKey: ["experiments", view],
    queryFn: ({ signal }) => get<{ experiments: Experiment[] }>("/kipu/1/experiments", { view_type }, signal),
    select: (answer) => answer.experiments,
  });
}

export function createExperiment(name: string) {
  return post<{ experiment_id: string }>("/2.0/mlflow/experiments/create", { name });
}

export function renameExperiment(experimentId: string, name: string) {
  return post("/2.0/mlflow/experiments/update", { experiment_id: experimentId, new_name: name });
}

export function deleteExperiment(experimentId: string) {
  return post("/2.0/mlflow/experiments/delete", { experiment_id: experimentId });
}

export function restoreExperiment(experimentId: string) {
  return post("/2.0/mlflow/experiments/restore", { experiment_id: experimentId });
}
