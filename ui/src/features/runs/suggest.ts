// Suggestions of column names while a filter is typed.

import type { KnownColumns } from "./columnChoice";

export type Suggestion = { name: string; insert: string; detail: string };

/** The part of the text that a suggestion would replace, or undefined where no name is expected. */
export type NamePlace = { start: number; end: number; typed: string };

const ATTRIBUTES = ["run_name", "run_id", "status", "start_time", "end_time", "user_id", "artifact_uri"];
const MOST = 8;

/** Find the name being typed before the caret: at the start, after AND, OR, NOT or an opening parenthesis. */
export function namePlace(text: string, caret: number): NamePlace | undefined {
  const before = text.slice(0, caret);
  // A quote that is still open belongs to a value, unless it follows a dot: metrics.`val/lo
  const found =
    /(?:^|[\s(])([A-Za-z_]\w*(?:\.(?:`[^`]*|"[^"]*|[^\s`"'=<>!(),]*))?)$/.exec(before) ?? /(?:^|[\s(])()$/.exec(before);
  if (found === null) return undefined;
  const typed = found[1] ?? "";
  const start = caret - typed.length;
  const ahead = before.slice(0, start).replace(/`[^`]*`|"[^"]*"|'[^']*'/g, "x");
  if (/["'`]/.test(ahead)) return undefined;
  if (!/(^|\(|\b(and|or|not))\s*$/i.test(ahead)) return undefined;
  return { start, end: caret, typed };
}

/** The columns whose name contains what was typed, those that begin with it first. */
export function suggest(typed: string, columns: KnownColumns): Suggestion[] {
  const all: Suggestion[] = [
    ...columns.metrics.map(({ name, runs }) => entry("metrics", name, `${runs} ${runs === 1 ? "run" : "runs"}`)),
    ...columns.params.map(({ name, distinct }) =>
      entry("params", name, `${distinct} ${distinct === 1 ? "value" : "values"}`),
    ),
    ...ATTRIBUTES.map((name) => ({ name, insert: name, detail: "attribute" })),
    ...columns.tags.map(({ name, distinct }) =>
      entry("tags", name, `${distinct} ${distinct === 1 ? "value" : "values"}`),
    ),
  ];
  const wanted = typed.toLowerCase().replace(/[`"]/g, "");
  const rank = ({ name }: Suggestion) => {
    const full = name.toLowerCase();
    if (full.startsWith(wanted)) return 0;
    return full.slice(full.indexOf(".") + 1).startsWith(wanted) ? 1 : 2;
  };
  return all
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .map((item, place) => ({ item, place, rank: rank(item) }))
    .sort((a, b) => a.rank - b.rank || a.place - b.place)
    .slice(0, MOST)
    .map(({ item }) => item);
}

function entry(kind: string, name: string, detail: string): Suggestion {
  const quoted = /^[\w.]+$/.test(name) ? name : name.includes("`") ? `"${name}"` : `\`${name}\``;
  return { name: `${kind}.${name}`, insert: `${kind}.${quoted}`, detail };
}
