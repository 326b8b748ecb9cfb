import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { post } from "@/lib/api";
import type { ColumnId } from "../columnChoice";
import { type RunTable, readTable, type WireTable } from "../table";

export type TableRequest = {
  experimentId: string;
  filter: string;
  view: "active" | "deleted";
  columns: readonly ColumnId[];
};

/** The runs that match, with the columns shown; sorted here, so the order is not part of the question. */
export function runTable(request: TableRequest) {
  return queryOptions({
    queryKey: tableKey(request),
    queryFn: ({ signal }) => fetchTable(request, signal),
    placeholderData: keepPreviousData,
    structuralSharing: false,
    staleTime: 60_000,
    gcTime: 60_000,
    refetchOnWindowFocus: false,
  });
}

export function tableKey({ experimentId, filter, view, columns }: TableRequest) {
  const ids = columns.filter((column) => column.kind !== "builtin").map((column) => column.id);
  return ["run-table", experimentId, view, filter, ids.sort()] as const;
}

/** Ask for the rows; with `runIds`, only for these. */
export async function fetchTable(
  request: TableRequest,
  signal?: AbortSignal,
  runIds?: readonly string[],
): Promise<RunTable> {
  const names = (kind: ColumnId["kind"]) =>
    request.columns.filter((column) => column.kind === kind).map((column) => column.name);
  const conditions = request.filter.trim() === "" ? [] : [request.filter];
  if (runIds !== undefined) conditions.push(`attributes.run_id IN (${runIds.map((id) => `'${id}'`).join(",")})`);
  const body = {
    experiment_ids: [request.experimentId],
    filter: conditions.join(" AND "),
    view_type: request.view === "deleted" ? "DELETED_ONLY" : "ACTIVE_ONLY",
    order_by: [],
    metrics: names("metric"),
    params: names("param"),
    tags: names("tag"),
    limit: 100_000,
  };
  return readTable(await post<WireTable>("/kipu/1/runs/table", body, signal));
}

/** Whether a smaller answer can follow a filter: conditions joined by OR cannot take another without parentheses. */
export function canNarrow(filter: string): boolean {
  return !/\bor\b/i.test(filter.replace(/'[^']*'|"[^"]*"|`[^`]*`/g, ""));
}
