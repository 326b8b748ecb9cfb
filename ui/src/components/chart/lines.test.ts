import { expect, test } from "vitest";
import { type BucketSeries, type Line, lineFrom, nearestIndex } from "./lines";

const look = { id: "loss", label: "loss", color: "--series-0" };

function series(changes: Partial<BucketSeries> = {}): BucketSeries {
  const values = [3, 2, 1];
  return {
    run_id: "r",
    key: "loss",
    count: 3,
    x: [0, 1, 2],
    first: values,
    last: values,
    min: values,
    max: values,
    mean: values,
    n: [1, 1, 1],
    ...changes,
  };
}

test("buckets become columns of numbers", () => {
  const line: Line = lineFrom(series({ last: [3, "NaN", "-Infinity"] }), look);
  expect([...line.last]).toEqual([3, Number.NaN, Number.NEGATIVE_INFINITY]);
  expect([...line.x]).toEqual([0, 1, 2]);
  expect(line).toMatchObject({ label: "loss", count: 3, banded: false });
});

test("a column of several points makes a band", () => {
  expect(lineFrom(series({ n: [1, 7, 1] }), look).banded).toBe(true);
});

test("an empty curve has no points", () => {
  const none = { x: [], first: [], last: [], min: [], max: [], mean: [], n: [], count: 0 };
  expect(lineFrom(series(none), look).x).toHaveLength(0);
});

test.each([
  [-5, 0],
  [0.4, 0],
  [0.6, 1],
  [4, 2],
  [99, 3],
])("the point nearest to %d is number %d", (x, index) => {
  expect(nearestIndex(Float64Array.of(0, 1, 5, 10), x)).toBe(index);
});

test("nothing is near in an empty curve", () => {
  expect(nearestIndex(new Float64Array(), 1)).toBe(-1);
});
