// Curves in memory: from the server's buckets to typed columns that a chart can draw.

import { toNumber, type WireNumber } from "@/lib/api";

/** One curve as `POST metrics/buckets` answers it. */
export interface BucketSeries {
  run_id: string;
  key: string;
  count: number;
  x: WireNumber[];
  first: WireNumber[];
  last: WireNumber[];
  min: WireNumber[];
  max: WireNumber[];
  mean: WireNumber[];
  n: number[];
}

/** One curve, ready to draw. All columns have the same length and `x` ascends. */
export interface Line {
  id: string;
  label: string;
  /** The CSS variable of its colour, such as `--series-3`: the theme decides what that is. */
  color: string;
  x: Float64Array;
  last: Float64Array;
  min: Float64Array;
  max: Float64Array;
  mean: Float64Array;
  n: Float64Array;
  /** Points behind the columns, NaN included. */
  count: number;
  /** Whether some column holds more than one point, so that a band from min to max tells more. */
  banded: boolean;
}

function column(wire: readonly WireNumber[]): Float64Array {
  const out = new Float64Array(wire.length);
  for (let i = 0; i < out.length; i++) out[i] = toNumber(wire[i] as WireNumber);
  return out;
}

/** Makes a line of one bucketed curve. */
export function lineFrom(series: BucketSeries, look: { id: string; label: string; color: string }): Line {
  return {
    ...look,
    x: column(series.x),
    last: column(series.last),
    min: column(series.min),
    max: column(series.max),
    mean: column(series.mean),
    n: Float64Array.from(series.n),
    count: series.count,
    banded: series.n.some((points) => points > 1),
  };
}

/** The place in ascending `xs` that lies nearest to `x`; -1 if there is none. */
export function nearestIndex(xs: Float64Array, x: number): number {
  if (xs.length === 0) return -1;
  let low = 0;
  let high = xs.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((xs[middle] as number) <= x) low = middle;
    else high = middle;
  }
  const below = Math.abs(x - (xs[low] as number));
  return Math.abs((xs[high] as number) - x) < below ? high : low;
}
