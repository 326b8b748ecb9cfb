// Tables as text: CSV and TSV, and the JSON that `log_table` writes.

import type { Table } from "@/components/table/table";

/**
 * Reads comma- or tab-separated values as RFC 4180 has them: fields may be quoted, quotes doubled, lines end any way.
 *
 * @param cut Whether the text is only the beginning of the file: then its last, torn row is left out.
 */
export function parseDelimited(text: string, delimiter: "," | "\t" | ";", cut = false): Table {
  const rows = [...records(text, delimiter)];
  if (cut) rows.pop();
  const columns = rows.shift() ?? [];
  return { columns, rows, cut };
}

/** The delimiter of a file: tabs by its name, else what its first line holds most of. */
export function delimiterOf(path: string, text: string): "," | "\t" | ";" {
  if (path.toLowerCase().endsWith(".tsv")) return "\t";
  const line = text.slice(0, text.search(/[\r\n]|$/));
  const count = (delimiter: string) => line.split(delimiter).length;
  if (count("\t") > count(",")) return "\t";
  return count(";") > count(",") ? ";" : ",";
}

function* records(text: string, delimiter: string): Generator<string[]> {
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let row: string[] = [];
  while (at < text.length) {
    let field: string;
    if (text[at] === '"') {
      [field, at] = quoted(text, at);
      // What follows a closing quote, against the rules, still belongs to the field.
      const end = fieldEnd(text, at, delimiter);
      field += text.slice(at, end);
      at = end;
    } else {
      const end = fieldEnd(text, at, delimiter);
      field = text.slice(at, end);
      at = end;
    }
    row.push(field);
    if (text[at] === delimiter) {
      at++;
      if (at === text.length) row.push("");
      continue;
    }
    if (text[at] === "\r" && text[at + 1] === "\n") at++;
    at++;
    if (row.length > 1 || row[0] !== "") yield row;
    row = [];
  }
  if (row.length > 0) yield row;
}

function quoted(text: string, from: number): [field: string, at: number] {
  let field = "";
  let at = from + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return [field + text.slice(at), text.length];
    field += text.slice(at, quote);
    if (text[quote + 1] !== '"') return [field, quote + 1];
    field += '"';
    at = quote + 2;
  }
}

function fieldEnd(text: string, from: number, delimiter: string): number {
  let at = from;
  while (at < text.length && text[at] !== delimiter && text[at] !== "\n" && text[at] !== "\r") at++;
  return at;
}

/** Reads a table as `log_table` writes it, `{"columns": [...], "data": [[...], ...]}`; null if the value is no such table. */
export function readSplitTable(value: unknown): Table | null {
  if (typeof value !== "object" || value === null) return null;
  const { columns, data } = value as { columns?: unknown; data?: unknown };
  if (!Array.isArray(columns) || !Array.isArray(data) || !data.every(Array.isArray)) return null;
  return {
    columns: columns.map(cellText),
    rows: (data as unknown[][]).map((row) => row.map(cellText)),
    cut: false,
  };
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
