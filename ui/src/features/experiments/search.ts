/** The state of the list of experiments that its address holds. */
export type ExperimentsSearch = { find?: string; view?: "deleted" };

export function experimentsSearch(raw: Record<string, unknown>): ExperimentsSearch {
  const search: ExperimentsSearch = {};
  if ((typeof raw.find === "string" && raw.find !== "") || typeof raw.find === "number") search.find = String(raw.find);
  if (raw.view === "deleted") search.view = "deleted";
  return search;
}
