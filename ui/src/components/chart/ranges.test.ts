import { expect, test } from "vitest";
import type { Line } from "./lines";
import { quantile, rangeOfX, rangeOfY } from "./ranges";

function line(x: number[], y: number[], min = y, max = y): Line {
  const [last, low, high] = [y, min, max].map((values) => Float64Array.from(values)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const n = new Float64Array(x.length).fill(1);
  const look = { id: "a", label: "a", color: "--series-0" };
  return { ...look, x: Float64Array.from(x), last, min: low, max: high, mean: last, n, count: x.length, banded: false };
}

test("the x axis spans all lines", () => {
  expect(rangeOfX([line([0, 5], [1, 1]), line([3, 9], [1, 1])], false)).toEqual([0, 9]);
});

test("a logarithmic x axis begins at the first place above zero", () => {
  expect(rangeOfX([line([0, 1, 100], [1, 1, 1])], true)).toEqual([1, 100]);
});

test("a single place is given room", () => {
  expect(rangeOfX([line([7], [1])], false)).toEqual([6.5, 7.5]);
});

test("lines that cannot be placed have no range", () => {
  expect(rangeOfX([line([-3, 0], [1, 1])], true)).toBeNull();
  expect(rangeOfY([line([0], [Number.NaN])], [0, 1], { log: false })).toBeNull();
});

test("the y axis holds the band of what is in sight, with a margin", () => {
  const one = line([0, 1, 2], [1, 2, 100], [0, 1, 100], [2, 3, 100]);
  const [lower, upper] = rangeOfY([one], [0, 1], { log: false }) ?? [];
  expect(lower).toBeCloseTo(-0.18);
  expect(upper).toBeCloseTo(3.18);
});

test("infinities do not stretch the axis", () => {
  const one = line([0, 1], [1, Number.POSITIVE_INFINITY]);
  expect(rangeOfY([one], [0, 1], { log: false })?.[1]).toBeLessThan(2);
});

test("a constant curve lies in the middle", () => {
  const [lower = 0, upper = 0] = rangeOfY([line([0, 1], [5, 5])], [0, 1], { log: false }) ?? [];
  expect((lower + upper) / 2).toBeCloseTo(5);
  expect(upper).toBeGreaterThan(lower);
});

test("a logarithmic y axis leaves out what is not above zero", () => {
  const [lower = 0] = rangeOfY([line([0, 1, 2], [-1, 0, 10])], [0, 2], { log: true }) ?? [];
  expect(lower).toBeGreaterThan(0);
});

test("outliers can be left out of sight", () => {
  const values = [...Array.from({ length: 99 }, (_, i) => i / 100), 1e6];
  const spiky = line([...values.keys()], values);
  expect(rangeOfY([spiky], [0, 99], { log: false, ignoreOutliers: true })?.[1]).toBeLessThan(2);
  expect(rangeOfY([spiky], [0, 99], { log: false })?.[1]).toBeGreaterThan(1e6);
});

test("quantiles lie between the values", () => {
  expect(quantile([0, 10], 0.25)).toBe(2.5);
  expect(quantile([4], 0.9)).toBe(4);
});
