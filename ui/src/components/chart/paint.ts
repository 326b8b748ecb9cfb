// Draws curves on a canvas: band, raw line, smoothed line, marks where a value is missing.

import type { Line } from "./lines";

export interface Plane {
  toX: (value: number) => number;
  toY: (value: number) => number;
  /** Plot area in canvas pixels. */
  left: number;
  top: number;
  width: number;
  height: number;
  pixelRatio: number;
}

export interface DrawnLine {
  line: Line;
  /** The smoothed values, if the raw ones shall step back behind them. */
  smoothed: Float64Array | null;
}

/** More columns than this per line and lone points are no longer marked with a dot. */
const DOTS_UP_TO = 40;

/** With more lines than this bands would hide each other, and hairlines must do. */
const MANY = 12;

/** Paints all lines, the first one on top, as in the table that lists them. */
export function paintLines(
  context: CanvasRenderingContext2D,
  drawn: readonly DrawnLine[],
  plane: Plane,
  resolve: (color: string) => string,
): void {
  context.save();
  context.beginPath();
  context.rect(plane.left, plane.top, plane.width, plane.height);
  context.clip();
  context.lineJoin = "round";
  const many = drawn.length > MANY;
  if (!many) for (const { line } of drawn) if (line.banded) paintBand(context, line, plane, resolve(line.color));
  for (let i = drawn.length - 1; i >= 0; i--) {
    const { line, smoothed } = drawn[i] as DrawnLine;
    context.strokeStyle = context.fillStyle = resolve(line.color);
    if (many) {
      strokeHairlines(context, line.x, smoothed ?? line.last, plane, plane.pixelRatio);
    } else if (smoothed) {
      context.globalAlpha = 0.28;
      strokeCurve(context, line.x, line.last, plane, 1);
      context.globalAlpha = 1;
      strokeCurve(context, line.x, smoothed, plane, 1.75);
    } else {
      strokeCurve(context, line.x, line.last, plane, 1.5);
    }
    if (line.x.length <= DOTS_UP_TO) paintDots(context, line, smoothed ?? line.last, plane);
  }
  for (const { line } of drawn) {
    context.strokeStyle = resolve(line.color);
    paintMissing(context, line, plane);
  }
  context.restore();
}

/** Strokes one curve, broken where a value cannot be placed. */
export function strokeCurve(
  context: CanvasRenderingContext2D,
  xs: Float64Array,
  ys: Float64Array,
  plane: Plane,
  lineWidth: number,
): void {
  context.lineWidth = lineWidth * plane.pixelRatio;
  trace(context, xs, ys, plane);
  context.stroke();
}

/** Where hairlines lie so that together they look like one wider line, whatever its slope. */
const SHIFTS = [
  [0, 0],
  [1, 1],
  [0, 1],
  [1, 0],
  [-1, 0],
  [0, -1],
  [-1, -1],
  [-1, 1],
  [1, -1],
] as const;

/**
 * Strokes one curve as lines of one pixel side by side, at most nine. Without a graphics card a browser draws a line of exactly one
 * pixel fifteen times as fast as a wider one (100 lines of 1,000 points: 20 ms against 300).
 */
export function strokeHairlines(
  context: CanvasRenderingContext2D,
  xs: Float64Array,
  ys: Float64Array,
  plane: Plane,
  lineWidth: number,
): void {
  context.lineWidth = 1;
  for (const [right, down] of SHIFTS.slice(0, Math.max(1, Math.round(lineWidth)))) {
    context.translate(right, down);
    trace(context, xs, ys, plane);
    context.stroke();
    context.translate(-right, -down);
  }
}

function trace(
  context: CanvasRenderingContext2D,
  xs: Float64Array,
  ys: Float64Array,
  { toX, toY, left, width }: Plane,
): void {
  context.beginPath();
  let drawing = false;
  const [begin, end] = visible(xs, toX, left, left + width);
  for (let i = begin; i < end; i++) {
    const x = toX(xs[i] as number);
    const y = toY(ys[i] as number);
    // x and y are NaN or infinite where the value is missing or a log axis has no place for it.
    if (!Number.isFinite(x) || !Number.isFinite(y)) drawing = false;
    else if (drawing) context.lineTo(x, y);
    else {
      context.moveTo(x, y);
      drawing = true;
    }
  }
}

/** The places worth drawing: those in sight and one neighbour on either side. */
function visible(
  xs: Float64Array,
  toX: (value: number) => number,
  left: number,
  right: number,
): [begin: number, end: number] {
  let begin = 0;
  let end = xs.length;
  while (begin + 1 < end && !(toX(xs[begin + 1] as number) >= left)) begin++;
  while (end - 1 > begin && toX(xs[end - 2] as number) > right) end--;
  return [begin, end];
}

function paintBand(context: CanvasRenderingContext2D, line: Line, plane: Plane, color: string): void {
  const { toX, toY } = plane;
  const floor = plane.top + plane.height;
  context.fillStyle = color;
  context.globalAlpha = 0.16;
  context.beginPath();
  let begin = 0;
  const close = (end: number) => {
    if (end > begin) {
      for (let i = begin; i < end; i++) {
        const y = toY(line.max[i] as number);
        const x = toX(line.x[i] as number);
        if (i === begin) context.moveTo(x, y);
        else context.lineTo(x, y);
      }
      for (let i = end - 1; i >= begin; i--) {
        const y = toY(line.min[i] as number);
        context.lineTo(toX(line.x[i] as number), Number.isFinite(y) ? y : floor);
      }
      context.closePath();
    }
    begin = end + 1;
  };
  for (let i = 0; i < line.x.length; i++) {
    const placed = Number.isFinite(toY(line.max[i] as number)) && Number.isFinite(toX(line.x[i] as number));
    if (!placed) close(i);
  }
  close(line.x.length);
  context.fill();
  context.globalAlpha = 1;
}

function paintDots(
  context: CanvasRenderingContext2D,
  line: Line,
  ys: Float64Array,
  { toX, toY, pixelRatio }: Plane,
): void {
  const size = (line.x.length <= 2 ? 3.5 : 2) * pixelRatio;
  context.beginPath();
  for (let i = 0; i < line.x.length; i++) {
    const x = toX(line.x[i] as number);
    const y = toY(ys[i] as number);
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    context.moveTo(x + size, y);
    context.arc(x, y, size, 0, 2 * Math.PI);
  }
  context.fill();
}

/** A small cross at the foot of the plot for each column that holds no number. */
function paintMissing(context: CanvasRenderingContext2D, line: Line, { toX, top, height, pixelRatio }: Plane): void {
  const arm = 3 * pixelRatio;
  const y = top + height - 2 * arm;
  context.lineWidth = 1.5 * pixelRatio;
  context.beginPath();
  let previous = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < line.x.length; i++) {
    if (Number.isFinite(line.last[i] as number)) continue;
    const x = toX(line.x[i] as number);
    if (!Number.isFinite(x) || x - previous < arm) continue;
    previous = x;
    context.moveTo(x - arm, y - arm);
    context.lineTo(x + arm, y + arm);
    context.moveTo(x + arm, y - arm);
    context.lineTo(x - arm, y + arm);
  }
  context.stroke();
}
