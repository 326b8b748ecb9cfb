// The colours of runs and curves: a run has the same colour in the table, in charts and in legends.

/** Twelve hues that stay apart on light and on dark ground; the CSS holds the values as --series-0 … --series-11. */
export const SERIES_COUNT = 12;

/** The CSS colour of the nth series, for DOM elements. */
export function seriesColor(index: number): string {
  return `var(--series-${((index % SERIES_COUNT) + SERIES_COUNT) % SERIES_COUNT})`;
}

/** Which series colour a run has: a hash of its id, so that it is the same on every page and machine. */
export function runColorIndex(runId: string): number {
  let hash = 2166136261;
  for (let i = 0; i < runId.length; i++) hash = Math.imul(hash ^ runId.charCodeAt(i), 16777619);
  return ((hash ^ (hash >>> 15)) >>> 0) % SERIES_COUNT;
}

/** The CSS colour of a run, for DOM elements. */
export function runColor(runId: string): string {
  return seriesColor(runColorIndex(runId));
}

/** The value of a CSS colour variable such as `--series-3`, for canvas, which knows no variables. */
export function resolveColor(variable: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
}
