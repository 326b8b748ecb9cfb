import { expect, test, vi } from "vitest";
import { fileName, linesAsCsv } from "./exporting";
import { hitsAt } from "./hover";
import { lineFrom } from "./lines";
import { type DrawnLine, type Plane, paintLines, strokeCurve } from "./paint";
import type { View } from "./plot";
import { projection, valueAt } from "./projection";
import { readout } from "./readout";

const look = (label: string) => ({ id: label, label, color: "--series-0" });
const view: View = { axis: "step", logX: false, logY: false, smoothing: 0, ignoreOutliers: false };

function drawn(label: string, x: number[], y: (number | "NaN")[], n = x.map(() => 1)): DrawnLine {
  const wire = { run_id: "r", key: label, count: x.length, x, first: y, last: y, min: y, max: y, mean: y, n };
  return { line: lineFrom(wire, look(label)), smoothed: null };
}

/** Writes down what is drawn. */
function pen() {
  const strokes: string[] = [];
  const write = (name: string) => (x: number, y: number) => void strokes.push(`${name} ${x},${y}`);
  const ignored = ["save", "restore", "rect", "clip", "beginPath", "closePath", "fill", "stroke", "arc"];
  const context = {
    moveTo: write("move"),
    lineTo: write("line"),
    ...Object.fromEntries(ignored.map((name) => [name, () => undefined])),
  };
  return { context: context as unknown as CanvasRenderingContext2D, strokes };
}

const plane: Plane = {
  toX: (x) => x * 10,
  toY: (y) => 100 - y,
  left: 0,
  top: 0,
  width: 100,
  height: 100,
  pixelRatio: 1,
};

test("pixels and values correspond, on linear and logarithmic axes", () => {
  for (const log of [false, true]) {
    const axis = { range: [1, 1000] as const, from: 400, to: 0, log };
    expect(projection(axis)(1)).toBeCloseTo(400);
    expect(projection(axis)(1000)).toBeCloseTo(0);
    expect(valueAt(axis, projection(axis)(50))).toBeCloseTo(50);
  }
  expect(projection({ range: [1, 10], from: 0, to: 1, log: true })(0)).toBeNaN();
});

test("a curve is broken where a value is missing", () => {
  const { context, strokes } = pen();
  const { line } = drawn("a", [0, 1, 2, 3], [5, "NaN", 6, 7]);
  strokeCurve(context, line.x, line.last, plane, 1);
  expect(strokes).toEqual(["move 0,95", "move 20,94", "line 30,93"]);
});

test("only what is in sight is drawn, and one neighbour on either side", () => {
  const { context, strokes } = pen();
  const { line } = drawn(
    "a",
    Array.from({ length: 100 }, (_, i) => i - 50),
    Array.from({ length: 100 }, () => 1),
  );
  strokeCurve(context, line.x, line.last, plane, 1);
  expect(strokes).toHaveLength(13);
});

test("missing values are marked at the foot of the plot", () => {
  const { context, strokes } = pen();
  paintLines(context, [drawn("a", [0, 5, 9], [1, "NaN", 1])], plane, () => "red");
  expect(strokes).toContain("move 47,91");
});

test("the curve nearest to the pointer comes first, and those that end before it not at all", () => {
  const curves = [drawn("far", [0, 10], [90, 90]), drawn("near", [0, 10], [20, 20]), drawn("short", [0, 2], [20, 20])];
  const hits = hitsAt(curves, 9, 0.5, (value) => value, 25);
  expect(hits.map((hit) => curves[hit.line]?.line.label)).toEqual(["near", "far"]);
  expect(hits[0]).toMatchObject({ point: 1, distance: 5 });
});

test("the readout tells value, step and what is known of the time", () => {
  const hover = {
    drawn: [drawn("loss", [7], [0.123456789])],
    hits: [{ line: 0, point: 0, distance: 0 }],
    left: 0,
    top: 0,
    own: true,
  };
  const said = readout(hover, view, { time: 1_700_000_000_000 });
  expect(said.curves).toEqual([{ name: "value", value: "0.123456789", color: "--series-0" }]);
  expect(said.facts.map(({ name }) => name)).toEqual(["step", "time"]);
  expect(said.facts[0]?.value).toBe("7");
});

test("the readout of a column tells its range and number of points", () => {
  const hover = {
    drawn: [drawn("loss", [7], [2], [1200])],
    hits: [{ line: 0, point: 0, distance: 0 }],
    left: 0,
    top: 0,
    own: true,
  };
  expect(readout(hover, view).facts[0]).toEqual({ name: "of 1,200", value: "2 to 2" });
});

test("many curves at one place are counted beyond the nearest", () => {
  const curves = Array.from({ length: 20 }, (_, i) => drawn(`run ${i}`, [0], [i]));
  const hits = curves.map((_, line) => ({ line, point: 0, distance: line }));
  const said = readout({ drawn: curves, hits, left: 0, top: 0, own: true }, view);
  expect(said.curves).toHaveLength(8);
  expect(said.more).toBe(12);
});

test("a chart leaves as CSV, safe for spreadsheets", () => {
  const plain = drawn("=1+1, loss", [0, 1], [0.5, "NaN"]);
  expect(linesAsCsv([plain.line], "step")).toBe(`series,step,value\n"'=1+1, loss",0,0.5\n"'=1+1, loss",1,NaN\n`);
  const banded = drawn("loss", [3], [1], [9]);
  expect(linesAsCsv([banded.line], "step")).toBe("series,step,value,min,max,mean,points\nloss,3,1,1,1,1,9\n");
});

test("files get names that any system takes", () => {
  expect(fileName("val/loss: é", "png")).toBe("val_loss_é.png");
  expect(fileName("../..", "csv")).toBe("chart.csv");
});

test("painting resolves each colour by its variable", () => {
  const resolve = vi.fn(() => "#123456");
  paintLines(pen().context, [drawn("a", [0, 1], [1, 2])], plane, resolve);
  expect(resolve).toHaveBeenCalledWith("--series-0");
});
