import { expect, test } from "vitest";
import { allRows } from "./columns";
import { nestRows, parentRows, withFamily } from "./tree";

const ids = ["a", "b", "c", "d", "e"];
const none = () => false;

test("children follow their parent in the order given", () => {
  const parents = parentRows(ids, [null, "a", null, "a", "b"]);
  const nested = nestRows(Uint32Array.from([4, 3, 2, 1, 0]), parents, none);
  expect([...nested.rows]).toEqual([2, 0, 3, 1, 4]);
  expect([...nested.depths]).toEqual([0, 0, 1, 1, 2]);
  expect([...nested.hasChildren]).toEqual([1, 1, 0, 0, 0]);
});

test("what lies below a collapsed run is left out", () => {
  const parents = parentRows(ids, [null, "a", null, "a", "b"]);
  const nested = nestRows(allRows(5), parents, (row) => row === 0);
  expect([...nested.rows]).toEqual([0, 2]);
});

test("a run whose parent is not in the table is shown as a root", () => {
  const parents = parentRows(ids, ["gone", null, null, null, null]);
  expect([...parents]).toEqual([-1, -1, -1, -1, -1]);
});

test("runs that are their own ancestors are still shown", () => {
  const parents = parentRows(ids, ["b", "a", "c", null, "a"]);
  const nested = nestRows(allRows(5), parents, none);
  expect([...nested.rows].sort()).toEqual([0, 1, 2, 3, 4]);
});

test("a match keeps its parents and its children", () => {
  const parents = parentRows(ids, [null, "a", "b", "a", null]);
  expect([...withFamily(Uint8Array.from([0, 1, 0, 0, 0]), parents)]).toEqual([1, 1, 1, 0, 0]);
});

test("deep families are nested without running out of stack", () => {
  const count = 20_000;
  const names = Array.from({ length: count }, (_, i) => String(i));
  const parents = parentRows(names, [null, ...names.slice(0, -1)]);
  expect(nestRows(allRows(count), parents, none).rows.length).toBe(count);
});
