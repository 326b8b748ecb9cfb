// The table as a file: the rows and columns in sight, in their order, numbers in full.

import { numberAt, textAt } from "@/lib/columns";
import type { ShownColumn } from "./shownColumn";
import type { RunTable } from "./table";

type Value = string | number | null;

function header(columns: readonly ShownColumn[]): string[] {
  const rest = columns.filter((column) => column.kind !== "builtin" || column.id === "user");
  return ["run_id", "run_name", "status", "start_time", "end_time", "duration_s", ...rest.map((column) => column.id)];
}

function record(table: RunTable, columns: readonly ShownColumn[], row: number): Value[] {
  const start = numberAt(table.started, row);
  const end = numberAt(table.ended, row);
  const rest = columns.filter((column) => column.kind !== "builtin" || column.id === "user");
  return [
    table.ids[row] ?? null,
    textAt(table.names, row) ?? null,
    textAt(table.status, row) ?? null,
    start === undefined ? null : new Date(start).toISOString(),
    end === undefined ? null : new Date(end).toISOString(),
    start === undefined || end === undefined ? null : (end - start) / 1000,
    ...rest.map(({ data }) => (data.kind === "number" ? numberAt(data, row) : textAt(data, row)) ?? null),
  ];
}

/** Comma-separated values after RFC 4180; missing values are empty. */
export function toCsv(table: RunTable, columns: readonly ShownColumn[], rows: Iterable<number>): string {
  const lines = [header(columns).map(csvField).join(",")];
  for (const row of rows) lines.push(record(table, columns, row).map(csvField).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

function csvField(value: Value): string {
  if (value === null) return "";
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

/** A list of objects; missing values are left out, NaN and infinities are strings as in the server's answers. */
export function toJson(table: RunTable, columns: readonly ShownColumn[], rows: Iterable<number>): string {
  const names = header(columns);
  const records = Array.from(rows, (row) => {
    const values = record(table, columns, row);
    const entries = names.map((name, i) => [name, values[i] ?? null] as const).filter(([, value]) => value !== null);
    return Object.fromEntries(
      entries.map(([name, value]) => [
        name,
        typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
      ]),
    );
  });
  return `${JSON.stringify(records, null, 1)}\n`;
}

/** Hand a text to the browser as a file. */
export function saveFile(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
