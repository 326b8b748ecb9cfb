// From values to pixels of a plot, and back.

import type { Range } from "./ranges";

/** One axis: `range` in values lies on `from` to `to` in pixels. */
export interface Axis {
  range: Range;
  from: number;
  to: number;
  log: boolean;
}

/** A function from values to pixels; NaN for what a log axis cannot place. */
export function projection({ range, from, to, log }: Axis): (value: number) => number {
  const [lower, upper] = log ? [Math.log10(range[0]), Math.log10(range[1])] : range;
  const scale = (to - from) / (upper - lower);
  if (log) return (value) => (value > 0 ? from + (Math.log10(value) - lower) * scale : Number.NaN);
  return (value) => from + (value - lower) * scale;
}

/** The value at a pixel. */
export function valueAt({ range, from, to, log }: Axis, pixel: number): number {
  const [lower, upper] = log ? [Math.log10(range[0]), Math.log10(range[1])] : range;
  const value = lower + ((pixel - from) / (to - from)) * (upper - lower);
  return log ? 10 ** value : value;
}
