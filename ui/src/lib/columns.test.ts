import { describe, expect, test } from "vitest";
import {
  allRows,
  bestValue,
  numberAt,
  numberColumn,
  type SortKey,
  sortRows,
  textAt,
  textColumn,
  textColumnOf,
} from "./columns";

const sorted = (count: number, ...keys: SortKey[]) => [...sortRows(allRows(count), keys)];

/** A small generator with a seed, so that a failure can be repeated. */
function randoms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("columns", () => {
  test("a logged NaN is not a missing value", () => {
    const column = numberColumn([1, null, "NaN", "-Infinity"]);
    expect(numberAt(column, 0)).toBe(1);
    expect(numberAt(column, 1)).toBeUndefined();
    expect(numberAt(column, 2)).toBeNaN();
    expect(numberAt(column, 3)).toBe(Number.NEGATIVE_INFINITY);
  });

  test("texts are kept once and missing ones have no code", () => {
    const column = textColumnOf(["b", null, "a", "b"]);
    expect(column.values).toEqual(["b", "a"]);
    expect([...column.codes]).toEqual([0, -1, 1, 0]);
    expect(textAt(column, 1)).toBeUndefined();
    expect(textAt(column, 3)).toBe("b");
  });
});

describe("order", () => {
  test("numbers of both signs and infinities are ordered", () => {
    const column = numberColumn([3, -1, "Infinity", 0, "-Infinity", -1e-300, 1e-300]);
    expect(sorted(7, { column, descending: false })).toEqual([4, 1, 5, 3, 6, 0, 2]);
    expect(sorted(7, { column, descending: true })).toEqual([2, 0, 6, 3, 5, 1, 4]);
  });

  test("missing values are last in both directions, after NaN", () => {
    const column = numberColumn([null, "NaN", 2, 1]);
    expect(sorted(4, { column, descending: false })).toEqual([3, 2, 1, 0]);
    expect(sorted(4, { column, descending: true })).toEqual([2, 3, 1, 0]);
  });

  test("equal rows keep their order in both directions, zero of either sign included", () => {
    const column = numberColumn([1, 0, 1, -0, 1]);
    expect(sorted(5, { column, descending: false })).toEqual([1, 3, 0, 2, 4]);
    expect(sorted(5, { column, descending: true })).toEqual([0, 2, 4, 1, 3]);
  });

  test("params that are all numbers sort as numbers", () => {
    const column = textColumnOf(["10", "9", "1e-3", "0.5"]);
    expect(sorted(4, { column, descending: false })).toEqual([2, 3, 1, 0]);
  });

  test("names sort as people sort them", () => {
    const column = textColumnOf(["run-10", "run-2", "alpha", null]);
    expect(sorted(4, { column, descending: false })).toEqual([2, 1, 0, 3]);
  });

  test("the second key decides among equals of the first", () => {
    const first = textColumn(["a", "b"], [1, 0, 1, 0]);
    const second = numberColumn([1, 2, 3, 4]);
    expect(sorted(4, { column: first, descending: false }, { column: second, descending: true })).toEqual([3, 1, 2, 0]);
  });

  test("100,000 rows are in the order that comparing gives", () => {
    const random = randoms(7);
    const raw = Array.from({ length: 100_000 }, () =>
      random() < 0.02 ? null : (random() - 0.5) * 10 ** (random() * 20 - 10),
    );
    const column = numberColumn(raw);
    const order = sortRows(allRows(raw.length), [{ column, descending: true }]);
    const expected = raw
      .map((value, row) => ({ value, row }))
      .filter((item) => item.value !== null)
      .sort((a, b) => (b.value as number) - (a.value as number) || a.row - b.row)
      .map((item) => item.row);
    expect([...order.subarray(0, expected.length)]).toEqual(expected);
    expect(new Set(order).size).toBe(100_000);
  });

  test("numbers that differ in their last digits alone are in order, be they few or many", () => {
    for (const count of [50, 5000]) {
      const raw = Array.from({ length: count }, (_, i) => 1 + ((i * 7919) % count) * Number.EPSILON);
      const order = sorted(count, { column: numberColumn(raw), descending: false }).map((row) => raw[row]);
      expect(order).toEqual([...raw].sort((a, b) => a - b));
    }
  });

  test("100,000 names are in natural order", () => {
    const random = randoms(11);
    const names = Array.from({ length: 100_000 }, (_, i) => `run-${Math.floor(random() * 1e6)}-${i}`);
    const order = sortRows(allRows(names.length), [{ column: textColumnOf(names), descending: false }]);
    const number = (row: number) => Number((names[row] as string).split("-")[1]);
    for (let i = 1; i < order.length; i++) {
      if (number(order[i - 1] as number) > number(order[i] as number)) expect.fail(`place ${i} is out of order`);
    }
  });
});

describe("best value", () => {
  test("the best is the least or the greatest, never NaN", () => {
    const column = numberColumn([3, "NaN", 1, null]);
    expect(bestValue(column, "min")).toBe(1);
    expect(bestValue(column, "max")).toBe(3);
  });

  test("nothing is best where all are equal or alone", () => {
    expect(bestValue(numberColumn([2, 2]), "min")).toBeUndefined();
    expect(bestValue(numberColumn([2, null]), "min")).toBeUndefined();
  });
});
