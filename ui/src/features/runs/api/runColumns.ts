import { queryOptions } from "@tanstack/react-query";
import { post } from "@/lib/api";
import type { KnownColumns } from "../columnChoice";

/** Which metrics, params and tags the runs of an experiment have. */
export function runColumns(experimentId: string) {
  return queryOptions({
    queryKey: ["run-columns", experimentId],
    queryFn: ({ signal }) => post<KnownColumns>("/kipu/1/runs/columns", { experiment_ids: [experimentId] }, signal),
    staleTime: 30_000,
  });
}
