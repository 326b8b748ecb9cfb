// Rows under their parents: which rows a nested table shows, and in which order.

/** The row of each row's parent, or -1: none, not in the table, or part of a circle. */
export function parentRows(ids: readonly string[], parentIds: readonly (string | null)[]): Int32Array {
  const parents = new Int32Array(ids.length).fill(-1);
  let some = false;
  for (const parent of parentIds) if (parent !== null) some = true;
  if (!some) return parents;
  const rowOf = new Map<string, number>();
  for (let row = 0; row < ids.length; row++) rowOf.set(ids[row] as string, row);
  for (let row = 0; row < ids.length; row++) {
    const parent = parentIds[row];
    if (parent !== null && parent !== undefined) parents[row] = rowOf.get(parent) ?? -1;
  }
  cutCircles(parents);
  return parents;
}

/** Anyone may set the parent's tag to anything: a run that is its own ancestor becomes a root, so that it is still shown. */
function cutCircles(parents: Int32Array): void {
  const seenBy = new Int32Array(parents.length).fill(-1);
  for (let start = 0; start < parents.length; start++) {
    let row = start;
    while (row >= 0 && seenBy[row] === -1) {
      seenBy[row] = start;
      const parent = parents[row] as number;
      if (parent >= 0 && seenBy[parent] === start) parents[row] = -1;
      row = parents[row] as number;
    }
  }
}

/** Which rows to keep when only `matches` are wanted: these, all below them, and all above them for context. */
export function withFamily(matches: Uint8Array, parents: Int32Array): Uint8Array {
  const keep = Uint8Array.from(matches);
  for (let row = 0; row < matches.length; row++) {
    if (matches[row] === 1) {
      for (let up = parents[row] as number; up >= 0 && keep[up] !== 1; up = parents[up] as number) keep[up] = 1;
      continue;
    }
    for (let up = parents[row] as number; up >= 0; up = parents[up] as number) {
      if (matches[up] === 1) {
        keep[row] = 1;
        break;
      }
    }
  }
  return keep;
}

export type NestedRows = {
  /** The rows to show, each below its parent. */
  rows: Uint32Array;
  /** How deep each of them lies; 0: a root. */
  depths: Uint16Array;
  /** Whether a row, by its number in the table, has children among the ordered rows. */
  hasChildren: Uint8Array;
};

/** Put each row of `order` below its parent, siblings in the order given; rows below a collapsed one are left out. */
export function nestRows(order: Uint32Array, parents: Int32Array, isCollapsed: (row: number) => boolean): NestedRows {
  const isIn = new Uint8Array(parents.length);
  for (const row of order) isIn[row] = 1;
  const firstChild = new Int32Array(parents.length).fill(-1);
  const nextSibling = new Int32Array(parents.length).fill(-1);
  const hasChildren = new Uint8Array(parents.length);
  let firstRoot = -1;
  for (let i = order.length - 1; i >= 0; i--) {
    const row = order[i] as number;
    const parent = parents[row] as number;
    if (parent >= 0 && isIn[parent] === 1) {
      nextSibling[row] = firstChild[parent] as number;
      firstChild[parent] = row;
      hasChildren[parent] = 1;
    } else {
      nextSibling[row] = firstRoot;
      firstRoot = row;
    }
  }
  const rows = new Uint32Array(order.length);
  const depths = new Uint16Array(order.length);
  let count = 0;
  const stack: number[] = [];
  let row = firstRoot;
  let depth = 0;
  while (row >= 0 || stack.length > 0) {
    if (row < 0) {
      row = stack.pop() as number;
      depth--;
      continue;
    }
    rows[count] = row;
    depths[count++] = depth;
    const child = firstChild[row] as number;
    const next = nextSibling[row] as number;
    if (child >= 0 && !isCollapsed(row)) {
      stack.push(next);
      depth++;
      row = child;
    } else {
      row = next;
    }
  }
  return { rows: rows.subarray(0, count), depths: depths.subarray(0, count), hasChildren };
}
