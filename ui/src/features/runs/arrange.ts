// From a table to the rows in sight: find by name, order, nest. All local, and quick for 100,000 runs.

import { allRows, type Column, type NumberColumn, type SortKey, sortRows } from "@/lib/columns";
import { type NestedRows, nestRows, withFamily } from "@/lib/tree";
import type { SortOrder } from "./search";
import type { ShownColumn } from "./shownColumn";
import type { RunTable } from "./table";

/** All rows, the newest run first: the order that every other begins with. */
export function newestFirst(table: RunTable): Uint32Array {
  return sortRows(allRows(table.count), [{ column: table.started, descending: true }]);
}

/** The rows in order; where the order does not decide, they stay as in `from`. */
export function orderRows(
  from: Uint32Array,
  table: RunTable,
  order: readonly SortOrder[],
  columns: readonly ShownColumn[],
  duration: NumberColumn,
): Uint32Array {
  const columnOf = (id: string): Column | undefined => {
    if (id === "name") return table.names;
    if (id === "duration") return duration;
    return columns.find((column) => column.id === id)?.data;
  };
  const keys: SortKey[] = order.flatMap(({ id, descending }) => {
    const column = columnOf(id);
    return column === undefined ? [] : [{ column, descending }];
  });
  return sortRows(from, keys);
}

/** Which rows have a name that contains `find`, in any case; undefined: all. */
export function findRows(table: RunTable, find: string): Uint8Array | undefined {
  const wanted = find.trim().toLowerCase();
  if (wanted === "") return undefined;
  const { values, codes } = table.names;
  const isWanted = values.map((name) => name.toLowerCase().includes(wanted));
  const matches = new Uint8Array(table.count);
  for (let row = 0; row < table.count; row++) {
    if (isWanted[codes[row] as number] === true || table.ids[row]?.startsWith(wanted)) matches[row] = 1;
  }
  return matches;
}

export type Arranged = { nested: NestedRows; isNested: boolean; found: number };

/** The rows to show. While a name is looked for, what was found is shown with its parents, and nothing is collapsed. */
export function arrangeRows(
  order: Uint32Array,
  parents: Int32Array,
  matches: Uint8Array | undefined,
  isFlat: boolean,
  isCollapsed: (row: number) => boolean,
): Arranged {
  const isNested = !isFlat && parents.some((parent) => parent >= 0);
  const keep = matches === undefined || !isNested ? matches : withFamily(matches, parents);
  const rows = keep === undefined ? order : order.filter((row) => keep[row] === 1);
  const found = matches === undefined ? order.length : matches.reduce((sum, match) => sum + match, 0);
  if (!isNested) {
    return {
      nested: { rows, depths: new Uint16Array(rows.length), hasChildren: new Uint8Array(parents.length) },
      isNested,
      found,
    };
  }
  return { nested: nestRows(rows, parents, matches === undefined ? isCollapsed : () => false), isNested, found };
}
