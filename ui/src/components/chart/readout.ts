// What a chart says about the point under the pointer.

import { formatDuration, formatNumber, formatTime } from "@/lib/format";
import { formatElapsed, formatExact } from "./numbers";
import type { DrawnLine } from "./paint";
import type { Hover, View } from "./plot";

/** One row: the name of a curve or of a fact, and its value. */
export interface ReadoutRow {
  name: string;
  value: string;
  color?: string;
}

export interface Readout {
  curves: ReadoutRow[];
  facts: ReadoutRow[];
  /** How many more curves lie at this place. */
  more: number;
}

/** More curves than this at one place and the rest are only counted. */
const CURVES = 8;

/** The readout of a place on the chart; `known` adds what the axis itself does not tell. */
export function readout(hover: Hover, view: View, known: { step?: number; time?: number } = {}): Readout {
  const shown = hover.hits
    .slice(0, CURVES)
    .map((hit) => ({ ...(hover.drawn[hit.line] as DrawnLine), point: hit.point }));
  const nearest = shown[0];
  if (!nearest) return { curves: [], facts: [], more: 0 };
  const curves = shown.map(({ line, point }) => ({
    name: hover.drawn.length > 1 ? line.label : "value",
    value: formatExact(line.last[point] as number),
    color: line.color,
  }));
  const { line, point, smoothed } = nearest;
  const facts: ReadoutRow[] = [];
  if (smoothed) facts.push({ name: "smoothed", value: formatNumber(smoothed[point] as number) });
  const points = line.n[point] as number;
  if (points > 1) {
    const [low, high] = [line.min[point] as number, line.max[point] as number];
    facts.push({
      name: `of ${points.toLocaleString("en-US")}`,
      value: `${formatNumber(low)} to ${formatNumber(high)}`,
    });
  }
  facts.push(...place(line.x[point] as number, view, known));
  return { curves, facts, more: hover.hits.length - shown.length };
}

function place(x: number, { axis }: View, known: { step?: number; time?: number }): ReadoutRow[] {
  const facts: ReadoutRow[] = [];
  if (axis === "step") facts.push({ name: "step", value: x.toLocaleString("en-US") });
  else if (known.step !== undefined) facts.push({ name: "step", value: known.step.toLocaleString("en-US") });
  if (axis === "relative") facts.push({ name: "after", value: x < 60 ? formatElapsed(x) : formatDuration(x * 1000) });
  if (axis === "time") facts.push({ name: "time", value: formatTime(x) });
  else if (known.time !== undefined) facts.push({ name: "time", value: formatTime(known.time) });
  return facts;
}
