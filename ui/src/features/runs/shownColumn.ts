// A column as the table draws it: what it is called, how wide it begins, what its cells say, and how it sorts.

import type { Column, NumberColumn, TextColumn } from "@/lib/columns";
import { bestValue, numberAt, textAt } from "@/lib/columns";
import { formatAgo, formatDuration, formatInColumn, formatTime } from "@/lib/format";
import { type Builtin, type ColumnId, type ColumnKind, goalOf } from "./columnChoice";
import type { RunTable } from "./table";

export type ShownColumn = {
  id: string;
  kind: ColumnKind;
  name: string;
  /** What the cells are made of, for sorting and export. */
  data: Column;
  isNumeric: boolean;
  width: number;
  /** Whether a first click on the header puts the greatest on top. */
  firstDescending: boolean;
  best: number | undefined;
  cell: (row: number, now: number) => Cell | undefined;
};

/** What a cell says, and exactly. */
export type Cell = { text: string; title: string; isBest?: boolean };

/** The columns of a choice over a table; those that the table does not hold yet are left out. */
export function shownColumns(table: RunTable, choice: readonly ColumnId[], duration: NumberColumn): ShownColumn[] {
  return choice.map((column) => shownColumn(table, column, duration)).filter((column) => column !== undefined);
}

function shownColumn(table: RunTable, column: ColumnId, duration: NumberColumn): ShownColumn | undefined {
  if (column.kind === "builtin") return builtin(table, column.id as Builtin, column.name, duration);
  if (column.kind === "metric") {
    const data = table.metrics.get(column.name);
    return data && metric(column, data);
  }
  const data = (column.kind === "param" ? table.params : table.tags).get(column.name);
  return data && text(column, data);
}

function metric(column: ColumnId, data: NumberColumn): ShownColumn {
  const goal = goalOf(column.name);
  const best = goal === undefined ? undefined : bestValue(data, goal);
  return {
    ...column,
    data,
    isNumeric: true,
    best,
    width: clamp(headerWidth(column.name), 84, 180),
    firstDescending: goal === "max",
    cell: (row) => {
      const value = numberAt(data, row);
      return value === undefined
        ? undefined
        : { text: formatInColumn(value), title: String(value), isBest: value === best };
    },
  };
}

function text(column: ColumnId, data: TextColumn): ShownColumn {
  const longest = data.values.slice(0, 200).reduce((most, value) => Math.max(most, value.length), 0);
  return {
    ...column,
    data,
    isNumeric: data.isNumeric,
    best: undefined,
    width: clamp(Math.max(headerWidth(column.name), longest * 7 + 26), 76, 220),
    firstDescending: false,
    cell: (row) => {
      const value = textAt(data, row);
      return value === undefined ? undefined : { text: value, title: value };
    },
  };
}

function builtin(table: RunTable, id: Builtin, name: string, duration: NumberColumn): ShownColumn {
  const common = { id, kind: "builtin" as const, name, best: undefined };
  switch (id) {
    case "started":
    case "ended": {
      const data = id === "started" ? table.started : table.ended;
      return {
        ...common,
        data,
        isNumeric: false,
        width: 104,
        firstDescending: true,
        cell: (row, now) => {
          const time = numberAt(data, row);
          return time === undefined ? undefined : { text: formatAgo(time, now), title: formatTime(time) };
        },
      };
    }
    case "duration":
      return {
        ...common,
        data: duration,
        isNumeric: true,
        width: 104,
        firstDescending: true,
        cell: (row, now) => {
          const started = numberAt(table.started, row);
          if (started === undefined || numberAt(duration, row) === undefined) return undefined;
          const span = (numberAt(table.ended, row) ?? now) - started;
          return { text: formatDuration(span), title: `${span / 1000} s` };
        },
      };
    case "user":
      return { ...text({ id, kind: "builtin", name }, table.user), ...common };
    case "status":
      return { ...text({ id, kind: "builtin", name }, table.status), ...common, width: 92 };
    case "run_id": {
      const data: TextColumn = {
        kind: "text",
        values: table.ids,
        codes: Int32Array.from(table.ids.keys()),
        isNumeric: false,
      };
      return { ...text({ id, kind: "builtin", name }, data), ...common, width: 150 };
    }
  }
}

function headerWidth(name: string): number {
  return name.length * 7.2 + 34;
}

function clamp(value: number, least: number, most: number): number {
  return Math.round(Math.min(most, Math.max(least, value)));
}
