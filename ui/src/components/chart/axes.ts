// Ticks and labels of the axes of a chart.

import type uPlot from "uplot";
import { resolveColor } from "@/lib/colors";
import { formatElapsed, formatTick } from "./numbers";

/** What the x axis counts. */
export type XAxis = "step" | "time" | "relative";

const WHOLE = Array.from({ length: 16 }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** power)).flat();
const CLOCK = [
  ...[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60),
  ...[1, 2, 3, 6, 12].map((hours) => hours * 3600),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].map((days) => days * 86_400),
];

/** Ticks of a logarithmic axis: powers of ten, with 2 and 5 where there is room; evenly spaced within one decade. */
export function logTicks(lower: number, upper: number, most: number): number[] {
  const decades = Math.log10(upper / lower);
  if (decades < 1) return evenTicks(lower, upper, most);
  const digits = decades * 3 <= most ? [1, 2, 5] : [1];
  const stride = Math.max(1, Math.ceil(decades / most));
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(lower)); power <= Math.log10(upper) + 1e-9; power++) {
    if (power % stride !== 0) continue;
    for (const digit of digits) {
      const tick = Number(`${digit}e${power}`);
      if (tick >= lower && tick <= upper) ticks.push(tick);
    }
  }
  return ticks;
}

/** At most about `most` round numbers between two values. */
export function evenTicks(lower: number, upper: number, most: number): number[] {
  const rough = (upper - lower) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((digit) => digit * power >= rough) ?? 10) * power;
  const ticks: number[] = [];
  for (let count = Math.ceil(lower / step); count * step <= upper; count++) {
    ticks.push(Number((count * step).toPrecision(12)));
  }
  return ticks;
}

const CLOCK_LOG = [0.001, 0.01, 0.1, 1, 10, 60, 600, 3600, 6 * 3600, 86_400, 10 * 86_400, 100 * 86_400];

/** Ticks of a logarithmic axis of seconds, at times that people have names for. */
export function logClockTicks(lower: number, upper: number, most: number): number[] {
  const ticks = CLOCK_LOG.filter((tick) => tick >= lower && tick <= upper);
  return ticks.length > 1 ? ticks : logTicks(lower, upper, most);
}

/** The two axes of a chart, in the colours of the theme. */
export function axesOf(axis: XAxis, logX: boolean, logY: boolean): uPlot.Axis[] {
  const look = {
    stroke: resolveColor("--text-3"),
    font: `11px ${getComputedStyle(document.body).fontFamily}`,
    grid: { stroke: resolveColor("--line"), width: 1 },
    ticks: { show: false },
  } satisfies uPlot.Axis;
  return [
    {
      ...look,
      size: 24,
      gap: 4,
      space: axis === "step" ? 56 : 72,
      ...(logX
        ? logarithmic(56, 0, axis === "relative" ? logClockTicks : logTicks)
        : axis === "relative"
          ? { incrs: CLOCK }
          : axis === "step"
            ? { incrs: WHOLE }
            : {}),
      ...(axis === "relative" && { values: (_, splits) => splits.map(formatElapsed) }),
      ...(axis === "step" && !logX && { values: tickLabels }),
    },
    {
      ...look,
      gap: 6,
      space: 30,
      size: (_, labels) => 14 + 6.4 * Math.max(2, ...(labels ?? []).map((label) => label?.length ?? 0)),
      ...(logY ? logarithmic(30, 1, logTicks) : { values: tickLabels }),
    },
  ];
}

function tickLabels(_: uPlot, splits: number[], __: number, ___: number, step: number): string[] {
  return splits.map((tick) => formatTick(tick, step));
}

function logarithmic(space: number, side: 0 | 1, ticksOf: typeof logTicks): uPlot.Axis {
  return {
    splits: (plot, _, lower, upper) => {
      const ratio = window.devicePixelRatio || 1;
      const length = (side === 0 ? plot.bbox.width : plot.bbox.height) / ratio;
      return ticksOf(lower, upper, Math.max(2, Math.floor(length / space)));
    },
    filter: (_, splits) => splits,
    values: (_, splits) => splits.map((tick) => formatTick(tick, tick / 10)),
  };
}
