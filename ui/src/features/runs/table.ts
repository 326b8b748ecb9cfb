// The runs of a table as typed columns: read from the server's answer, and brought up to date from a smaller one.

import type { WireNumber } from "@/lib/api";
import { type Column, type NumberColumn, numberColumn, type TextColumn, textColumn, textColumnOf } from "@/lib/columns";

export type WireTable = {
  count: number;
  total: number;
  run_id: string[];
  run_name: string[];
  status: string[];
  start_time: (number | null)[];
  end_time: (number | null)[];
  lifecycle_stage: string[];
  user_id: (string | null)[];
  parent_run_id: (string | null)[];
  metrics: Record<string, (WireNumber | null)[]>;
  params: Record<string, { values: string[]; codes: number[] }>;
  tags: Record<string, { values: string[]; codes: number[] }>;
  cursor: number;
};

export type RunTable = {
  count: number;
  /** How many runs match, when there are more than the table holds. */
  total: number;
  cursor: number;
  ids: readonly string[];
  parentIds: readonly (string | null)[];
  names: TextColumn;
  status: TextColumn;
  user: TextColumn;
  started: NumberColumn;
  ended: NumberColumn;
  metrics: ReadonlyMap<string, NumberColumn>;
  params: ReadonlyMap<string, TextColumn>;
  tags: ReadonlyMap<string, TextColumn>;
};

export function readTable(wire: WireTable): RunTable {
  const texts = (columns: WireTable["params"]) =>
    new Map(Object.entries(columns).map(([name, { values, codes }]) => [name, textColumn(values, codes)]));
  return {
    count: wire.run_id.length,
    total: wire.total,
    cursor: wire.cursor,
    ids: wire.run_id,
    parentIds: wire.parent_run_id,
    names: textColumnOf(wire.run_name),
    status: textColumnOf(wire.status),
    user: textColumnOf(wire.user_id),
    started: numberColumn(wire.start_time),
    ended: numberColumn(wire.end_time),
    metrics: new Map(Object.entries(wire.metrics).map(([name, values]) => [name, numberColumn(values)])),
    params: texts(wire.params),
    tags: texts(wire.tags),
  };
}

/**
 * The table after some runs changed: `fresh` holds those of them that still match.
 *
 * A run that is in both keeps its place, a new one comes first, and a changed one that `fresh` lacks is gone.
 */
export function mergeTable(table: RunTable, fresh: RunTable, changedIds: ReadonlySet<string>): RunTable {
  const freshRow = new Map(fresh.ids.map((id, row) => [id, row]));
  const sources: number[] = [];
  const known = new Set<string>();
  table.ids.forEach((id, row) => {
    const newer = freshRow.get(id);
    if (newer !== undefined) known.add(id);
    if (newer !== undefined) sources.push(~newer);
    else if (!changedIds.has(id)) sources.push(row);
  });
  const added = fresh.ids.flatMap((id, row) => (known.has(id) ? [] : [~row]));
  const from = Int32Array.from([...added, ...sources]);
  const pick = <T>(a: readonly T[], b: readonly T[]): T[] =>
    Array.from(from, (source) => (source >= 0 ? a[source] : b[~source]) as T);
  return {
    count: from.length,
    total: Math.max(from.length, table.total + from.length - table.count),
    cursor: fresh.cursor,
    ids: pick(table.ids, fresh.ids),
    parentIds: pick(table.parentIds, fresh.parentIds),
    names: gatherTexts(table.names, fresh.names, from),
    status: gatherTexts(table.status, fresh.status, from),
    user: gatherTexts(table.user, fresh.user, from),
    started: gatherNumbers(table.started, fresh.started, from),
    ended: gatherNumbers(table.ended, fresh.ended, from),
    metrics: gatherAll(table.metrics, fresh.metrics, (a, b) => gatherNumbers(a, b, from)),
    params: gatherAll(table.params, fresh.params, (a, b) => gatherTexts(a, b, from)),
    tags: gatherAll(table.tags, fresh.tags, (a, b) => gatherTexts(a, b, from)),
  };
}

type Gather<C extends Column> = (a: C | undefined, b: C | undefined) => C;

function gatherAll<C extends Column>(
  a: ReadonlyMap<string, C>,
  b: ReadonlyMap<string, C>,
  gather: Gather<C>,
): Map<string, C> {
  const names = new Set([...a.keys(), ...b.keys()]);
  return new Map([...names].map((name) => [name, gather(a.get(name), b.get(name))]));
}

function gatherNumbers(a: NumberColumn | undefined, b: NumberColumn | undefined, from: Int32Array): NumberColumn {
  const values = new Float64Array(from.length).fill(Number.NaN);
  const present = new Uint8Array(from.length);
  for (let i = 0; i < from.length; i++) {
    const source = from[i] as number;
    const [column, row] = source >= 0 ? [a, source] : [b, ~source];
    if (column === undefined || column.present[row] !== 1) continue;
    values[i] = column.values[row] as number;
    present[i] = 1;
  }
  return { kind: "number", values, present };
}

function gatherTexts(a: TextColumn | undefined, b: TextColumn | undefined, from: Int32Array): TextColumn {
  const values = [...(a?.values ?? [])];
  const codeOf =
    b === undefined || b.values.length === 0 ? undefined : new Map(values.map((value, code) => [value, code]));
  const codesOfB = b?.values.map((value) => {
    const known = codeOf?.get(value);
    if (known !== undefined) return known;
    values.push(value);
    return values.length - 1;
  });
  const codes = new Int32Array(from.length);
  for (let i = 0; i < from.length; i++) {
    const source = from[i] as number;
    if (source >= 0) codes[i] = a?.codes[source] ?? -1;
    else codes[i] = codesOfB?.[b?.codes[~source] ?? -1] ?? -1;
  }
  return textColumn(values, codes);
}

/** How long each run took; for one that still runs, until `now`. */
export function durations(table: RunTable, now: number): NumberColumn {
  const values = new Float64Array(table.count).fill(Number.NaN);
  const present = new Uint8Array(table.count);
  const running = table.status.values.indexOf("RUNNING");
  for (let row = 0; row < table.count; row++) {
    if (table.started.present[row] !== 1) continue;
    const hasEnded = table.ended.present[row] === 1;
    if (!hasEnded && table.status.codes[row] !== running) continue;
    values[row] = (hasEnded ? (table.ended.values[row] as number) : now) - (table.started.values[row] as number);
    present[row] = 1;
  }
  return { kind: "number", values, present };
}
