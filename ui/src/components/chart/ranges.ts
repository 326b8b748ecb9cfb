// Which part of the plane a chart shows.

import type { Line } from "./lines";

export type Range = readonly [lower: number, upper: number];

/** The least range over all lines' places on the x axis; null when nothing can be placed. */
export function rangeOfX(lines: readonly Line[], log: boolean): Range | null {
  let lower = Number.POSITIVE_INFINITY;
  let upper = Number.NEGATIVE_INFINITY;
  for (const { x } of lines) {
    // x ascends, so its ends decide; only a log axis must look past what it cannot place.
    let first = 0;
    while (log && first < x.length && (x[first] as number) <= 0) first++;
    if (first >= x.length) continue;
    lower = Math.min(lower, x[first] as number);
    upper = Math.max(upper, x[x.length - 1] as number);
  }
  return lower <= upper ? widened(lower, upper, log) : null;
}

/**
 * The range of values within `within` of the x axis, a little wider than the lines.
 *
 * @param ignoreOutliers Leave the lowest and highest twentieth of the values out of sight.
 */
export function rangeOfY(
  lines: readonly Line[],
  within: Range,
  options: { log: boolean; ignoreOutliers?: boolean },
): Range | null {
  const lows: number[] = [];
  let lower = Number.POSITIVE_INFINITY;
  let upper = Number.NEGATIVE_INFINITY;
  for (const line of lines) {
    for (let i = 0; i < line.x.length; i++) {
      const x = line.x[i] as number;
      if (x < within[0] || x > within[1]) continue;
      const low = line.min[i] as number;
      const high = line.max[i] as number;
      if (options.ignoreOutliers) lows.push(line.last[i] as number);
      if (placeable(low, options.log) && low < lower) lower = low;
      if (placeable(high, options.log) && high > upper) upper = high;
    }
  }
  if (options.ignoreOutliers) {
    const values = lows.filter((value) => placeable(value, options.log)).sort((a, b) => a - b);
    if (values.length > 2) {
      lower = quantile(values, 0.05);
      upper = quantile(values, 0.95);
    }
  }
  // In a log plot the least value of a band may be unplaceable while its greatest is not.
  if (options.log && lower > upper && Number.isFinite(upper)) lower = upper;
  if (lower > upper) return null;
  return padded(lower, upper, options.log);
}

/** The value below which the share `q` of the ascending values lies. */
export function quantile(ascending: readonly number[], q: number): number {
  const place = (ascending.length - 1) * q;
  const below = Math.floor(place);
  const low = ascending[below] as number;
  const high = ascending[Math.min(below + 1, ascending.length - 1)] as number;
  return low + (high - low) * (place - below);
}

function placeable(value: number, log: boolean): boolean {
  return Number.isFinite(value) && (!log || value > 0);
}

function widened(lower: number, upper: number, log: boolean): Range {
  if (lower < upper) return [lower, upper];
  return log ? [lower / 2, upper * 2] : [lower - 0.5, upper + 0.5];
}

function padded(lower: number, upper: number, log: boolean): Range {
  if (log) {
    const margin = (upper / lower) ** 0.05;
    return margin > 1.001 ? [lower / margin, upper * margin] : [lower / 2, upper * 2];
  }
  const span = upper - lower;
  if (span > 0 && Number.isFinite(span)) return [lower - span * 0.06, upper + span * 0.06];
  const size = Math.abs(lower) * 0.1 || 1;
  return [lower - size, upper + size];
}
