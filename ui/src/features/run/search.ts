/** The state of the run page that its address holds. */
export type RunSearch = { tab?: string };

export function runSearch(raw: Record<string, unknown>): RunSearch {
  return typeof raw.tab === "string" ? { tab: raw.tab } : {};
}
