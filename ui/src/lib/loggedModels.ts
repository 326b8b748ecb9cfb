// The models that runs logged: their facts, not their files.

import { queryOptions } from "@tanstack/react-query";
import { get, post, toNumber, type WireNumber } from "./api";

export interface ModelMetric {
  key: string;
  value: number;
  /** The data set that it was measured on. */
  dataset?: string | undefined;
}

export interface LoggedModel {
  id: string;
  name: string;
  /** PENDING, READY or FAILED, as MLflow's client calls them. */
  status: string;
  /** Why it is as it is; mostly empty. */
  statusMessage: string;
  /** What kind of model its author says it is, such as "Agent"; mostly empty. */
  type: string;
  sourceRunId: string;
  /** As what it stands in the registry. */
  versions: { name: string; version: string }[];
  /** The latest of each name and data set. */
  metrics: ModelMetric[];
}

interface WireModel {
  info: {
    model_id: string;
    name: string;
    status: string;
    status_message?: string;
    model_type?: string;
    source_run_id?: string;
    tags?: { key: string; value: string }[];
  };
  data?: { metrics?: WireMetric[] };
}

interface WireMetric {
  key: string;
  value: WireNumber;
  timestamp?: number;
  step?: number;
  dataset_name?: string;
}

/** The models that a run logged, the newest first; `more` tells that there are others. */
export function runModels(experimentId: string, runId: string) {
  return queryOptions({
    queryKey: ["run", runId, "models"],
    queryFn: async ({ signal }) => {
      const answer = await post<{ models?: WireModel[]; next_page_token?: string }>(
        "/2.0/mlflow/logged-models/search",
        { experiment_ids: [experimentId], filter: `source_run_id = '${runId}'`, max_results: 50 },
        signal,
      );
      return { models: (answer.models ?? []).map(fromWire), more: Boolean(answer.next_page_token) };
    },
    staleTime: 30_000,
  });
}

/** One model by its id. */
export function loggedModel(modelId: string) {
  return queryOptions({
    queryKey: ["model", modelId],
    queryFn: async ({ signal }) => {
      const path = `/2.0/mlflow/logged-models/${encodeURIComponent(modelId)}`;
      return fromWire((await get<{ model: WireModel }>(path, {}, signal)).model);
    },
    staleTime: 30_000,
  });
}

/** What loads the model in Python, as `kipu.pyfunc.load_model(uri)`. */
export function modelUri(modelId: string): string {
  return `models:/${modelId}`;
}

function fromWire({ info, data }: WireModel): LoggedModel {
  return {
    id: info.model_id,
    name: info.name,
    status: info.status.replace("LOGGED_MODEL_", "").replace("UPLOAD_", ""),
    statusMessage: info.status_message ?? "",
    type: info.model_type ?? "",
    sourceRunId: info.source_run_id ?? "",
    versions: versionsOf(info.tags?.find(({ key }) => key === "mlflow.modelVersions")?.value),
    metrics: latest(data?.metrics ?? []),
  };
}

/** The server tells all points of a model's metrics; of each name and data set the last one counts. */
function latest(points: readonly WireMetric[]): ModelMetric[] {
  const last = new Map<string, WireMetric>();
  for (const point of points) {
    const name = JSON.stringify([point.key, point.dataset_name]);
    const known = last.get(name);
    if (!known || isLater(point, known)) last.set(name, point);
  }
  return [...last.values()].map(({ key, value, dataset_name }) => ({
    key,
    value: toNumber(value),
    dataset: dataset_name,
  }));
}

function isLater(a: WireMetric, b: WireMetric): boolean {
  // As where models are sorted by a metric: the newest, and of these the one of the greatest step.
  const [time, before] = [a.timestamp ?? 0, b.timestamp ?? 0];
  return time === before ? (a.step ?? 0) >= (b.step ?? 0) : time > before;
}

/** The versions that a model's tag names; anyone may have written that tag. */
export function versionsOf(tag: string | undefined): { name: string; version: string }[] {
  try {
    const parsed: unknown = JSON.parse(tag ?? "[]");
    if (!Array.isArray(parsed)) return [];
    return parsed.flatMap((one: unknown) => {
      const { name, version } = (one ?? {}) as Record<string, unknown>;
      return typeof name === "string" && version !== undefined ? [{ name, version: String(version) }] : [];
    });
  } catch {
    return [];
  }
}
