/** The state of the run table that its address holds. */
export type RunsSearch = { filter?: string };

export function runsSearch(raw: Record<string, unknown>): RunsSearch {
  return typeof raw.filter === "string" && raw.filter !== "" ? { filter: raw.filter } : {};
}
