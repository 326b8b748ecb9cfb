// What the run page asks of the server, and what it tells it.

import { queryOptions } from "@tanstack/react-query";
import { get, post, toNumber, type WireNumber } from "@/lib/api";

export interface RunInfo {
  run_id: string;
  run_name: string;
  experiment_id: string;
  user_id?: string;
  status: string;
  start_time?: number;
  end_time?: number;
  artifact_uri?: string;
  lifecycle_stage: string;
}

export interface KeyValue {
  key: string;
  value: string;
}

export interface DatasetInput {
  tags?: KeyValue[];
  dataset: { name: string; digest: string; source_type: string; source: string; schema?: string; profile?: string };
}

export interface Run {
  info: RunInfo;
  params: KeyValue[];
  tags: Record<string, string>;
  datasets: DatasetInput[];
  /** At which step each of its models was logged, by the model's id. */
  modelSteps: Record<string, number>;
}

interface WireRun {
  info: RunInfo;
  data?: { params?: KeyValue[]; tags?: KeyValue[] };
  inputs?: { dataset_inputs?: DatasetInput[] };
  outputs?: { model_outputs?: { model_id: string; step?: number }[] };
}

/** A run without its metrics, which have an endpoint of their own. */
export function run(runId: string) {
  return queryOptions({
    queryKey: ["run", runId, "info"],
    queryFn: async ({ signal }): Promise<Run> => {
      const answer = await get<{ run: WireRun }>("/2.0/mlflow/runs/get", { run_id: runId }, signal);
      const { info, data, inputs, outputs } = answer.run;
      return {
        info,
        params: data?.params ?? [],
        tags: Object.fromEntries((data?.tags ?? []).map(({ key, value }) => [key, value])),
        datasets: inputs?.dataset_inputs ?? [],
        modelSteps: Object.fromEntries(
          (outputs?.model_outputs ?? []).map(({ model_id, step = 0 }) => [model_id, step]),
        ),
      };
    },
  });
}

/** A metric of a run: its latest value, how many points it has, and its extremes. */
export interface MetricSummary {
  key: string;
  value: number;
  step: number;
  timestamp: number;
  count: number;
  min: number;
  max: number;
}

type WireMetric = Omit<MetricSummary, "value" | "min" | "max"> & Record<"value" | "min" | "max", WireNumber>;

/** The metrics of a run, by name. */
export function runMetrics(runId: string) {
  return queryOptions({
    queryKey: ["run", runId, "metrics"],
    queryFn: async ({ signal }): Promise<MetricSummary[]> => {
      const answer = await get<{ metrics?: WireMetric[] }>(
        `/kipu/1/runs/${encodeURIComponent(runId)}/metrics`,
        {},
        signal,
      );
      return (answer.metrics ?? []).map((metric) => ({
        ...metric,
        value: toNumber(metric.value),
        min: toNumber(metric.min),
        max: toNumber(metric.max),
      }));
    },
  });
}

export function experiment(experimentId: string) {
  return queryOptions({
    queryKey: ["experiment", experimentId],
    queryFn: async ({ signal }) => {
      const query = { experiment_id: experimentId };
      const answer = await get<{ experiment: { name: string } }>("/2.0/mlflow/experiments/get", query, signal);
      return answer.experiment;
    },
    staleTime: 60_000,
  });
}

/** Runs that name this one as their parent, the newest first; at most 100 of `total`. */
export function childRuns(experimentId: string, runId: string) {
  return queryOptions({
    queryKey: ["run", runId, "children"],
    queryFn: async ({ signal }) => {
      const answer = await post<{ total: number; run_id: string[]; run_name: string[]; status: string[] }>(
        "/kipu/1/runs/table",
        { experiment_ids: [experimentId], filter: `tags.\`mlflow.parentRunId\` = '${runId}'`, limit: 100 },
        signal,
      );
      const runs = answer.run_id.map((id, i) => ({ id, name: answer.run_name[i], status: answer.status[i] }));
      return { total: answer.total, runs };
    },
    staleTime: 30_000,
  });
}

export function setTag(runId: string, key: string, value: string): Promise<unknown> {
  return post("/2.0/mlflow/runs/set-tag", { run_id: runId, key, value });
}

export function deleteTag(runId: string, key: string): Promise<unknown> {
  return post("/2.0/mlflow/runs/delete-tag", { run_id: runId, key });
}

export function renameRun(runId: string, name: string): Promise<unknown> {
  return post("/2.0/mlflow/runs/update", { run_id: runId, run_name: name });
}

export function deleteRun(runId: string): Promise<unknown> {
  return post("/2.0/mlflow/runs/delete", { run_id: runId });
}

export function restoreRun(runId: string): Promise<unknown> {
  return post("/2.0/mlflow/runs/restore", { run_id: runId });
}
