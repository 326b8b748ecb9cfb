// Suggestions while a filter is typed: names, comparators, and what joins comparisons.

import type { KnownColumns } from "./columnChoice";

export type Suggestion = { name: string; insert: string; detail: string };

/** The part of the text that a suggestion would replace, and what is expected there. */
export type Place = { start: number; end: number; typed: string; expected: Expected };

type Expected =
  | { what: "name" }
  // Of a field with such values.
  | { what: "comparator"; of: Values }
  | { what: "word"; words: string[] };

type Values = "metric" | "param" | "time" | "text";

const ATTRIBUTES = [
  "run_name",
  "run_id",
  "status",
  "start_time",
  "end_time",
  "user_id",
  "artifact_uri",
  "dataset.name",
  "dataset.digest",
  "dataset.context",
];
const MOST = 8;

const NUMBERS: Suggestion[] = [word("<", "less"), word(">", "greater"), word("<=", "at most"), word(">=", "at least")];
const EQUAL: Suggestion[] = [
  word("=", "equal"),
  word("!=", "there, and not equal"),
  { name: "IN", insert: "IN (", detail: "one of a list" },
  { name: "NOT IN", insert: "NOT IN (", detail: "there, and none of a list" },
];
const RANGE: Suggestion[] = [word("BETWEEN", "1 AND 2, both included"), word("NOT BETWEEN", "outside of 1 AND 2")];
const PATTERNS: Suggestion[] = [
  word("LIKE", "% any characters, _ one"),
  word("ILIKE", "like, in any case"),
  word("RLIKE", "regular expression"),
  word("NOT LIKE", "there, and not like"),
];
const PRESENT: Suggestion[] = [word("IS NULL", "missing"), word("IS NOT NULL", "there")];

const COMPARATORS: Record<Values, Suggestion[]> = {
  metric: [...NUMBERS, ...EQUAL, ...RANGE, ...PRESENT],
  param: [...EQUAL, ...PATTERNS, ...NUMBERS, ...RANGE, ...PRESENT],
  time: [...NUMBERS, ...RANGE, ...EQUAL, ...PRESENT],
  text: [...EQUAL, ...PATTERNS, ...PRESENT],
};

/** Find what is being typed before the caret, or undefined where nothing can be suggested. */
export function placeAt(text: string, caret: number): Place | undefined {
  const before = text.slice(0, caret);
  // A quote that is still open belongs to a value, unless it follows a dot: metrics.`val/lo
  const found =
    /(?:^|[\s(])([A-Za-z_]\w*(?:\.(?:`[^`]*|"[^"]*|[^\s`"'=<>!(),]*))?)$/.exec(before) ?? /(?:^|[\s(])()$/.exec(before);
  if (found === null) return undefined;
  const typed = found[1] ?? "";
  const start = caret - typed.length;
  const expected = expectedAfter(before.slice(0, start));
  return expected && { start, end: caret, typed, expected };
}

const TOKEN =
  /\s*(?:((?:`[^`]*`|[A-Za-z_]\w*)(?:\.(?:`[^`]+`|"[^"]+"|'[^']+'|[\w.]+))?)|('[^']*'|"[^"]*")|(-?[\d.]+(?:[eE][+-]?\d+)?)|([=!<>]+)|([(),]))/y;

/** Follow the grammar through the text; the words stand for the states between two tokens. */
function expectedAfter(text: string): Expected | undefined {
  let state = "operand";
  let field = "";
  let isTurned = false;
  TOKEN.lastIndex = 0;
  while (text.slice(TOKEN.lastIndex).trim() !== "") {
    const token = TOKEN.exec(text);
    if (token === null) return undefined;
    const [, name, quoted, number, comparator, sign] = token;
    const keyword = name?.toUpperCase() ?? "";
    const isValue = quoted !== undefined || number !== undefined;
    if (state === "operand") {
      if (keyword === "AND" || keyword === "NOT" || sign === "(") continue;
      if (name !== undefined) {
        field = name;
        state = isTurned ? "joint" : "comparator";
        isTurned = false;
      } else if (number !== undefined && !isTurned) state = "turned";
      else return undefined;
    } else if (state === "turned" && comparator !== undefined) {
      isTurned = true;
      state = "operand";
    } else if (state === "comparator") {
      if (keyword === "NOT") continue;
      if (comparator !== undefined || ["LIKE", "ILIKE", "RLIKE"].includes(keyword)) state = "value";
      else if (keyword === "IN") state = "list";
      else if (keyword === "BETWEEN") state = "low";
      else if (keyword === "IS") state = "null";
      else return undefined;
    } else if (state === "value" && isValue) state = "joint";
    else if (state === "low" && isValue) state = "and";
    else if (state === "and" && keyword === "AND") state = "value";
    else if (state === "list") {
      if (sign === ")") state = "joint";
    } else if (state === "null") {
      if (keyword === "NULL") state = "joint";
      else if (keyword !== "NOT") return undefined;
    } else if (state === "joint") {
      if (keyword === "AND" || keyword === "OR") state = "operand";
      else if (comparator !== undefined) state = "value";
      else if (sign !== ")") return undefined;
    } else return undefined;
  }
  if (state === "operand") return { what: "name" };
  if (state === "comparator") return { what: "comparator", of: valuesOf(field) };
  if (state === "joint") return { what: "word", words: ["AND", "OR"] };
  return state === "and" ? { what: "word", words: ["AND"] } : undefined;
}

function valuesOf(field: string): Values {
  const [entity = "", key] = field.replace(/`/g, "").split(".", 2);
  if (key !== undefined && /^metrics?$/.test(entity)) return "metric";
  if (key !== undefined && /^param(s|eters?)?$/.test(entity)) return "param";
  return /(_time|^created)$/i.test(key ?? entity) && !/^tags?$/.test(entity) ? "time" : "text";
}

/** What may stand at the place, those that begin with what was typed first. */
export function suggest({ typed, expected }: Place, columns: KnownColumns): Suggestion[] {
  // A word that joins is not worth a list while nothing was typed of it.
  if (expected.what === "word" && typed === "") return [];
  const wanted = typed.toLowerCase().replace(/[`"]/g, "");
  const rank = ({ name }: Suggestion) => {
    const full = name.toLowerCase();
    if (full.startsWith(wanted)) return 0;
    return full.slice(full.indexOf(".") + 1).startsWith(wanted) ? 1 : 2;
  };
  return candidates(expected, columns)
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .map((item, place) => ({ item, place, rank: rank(item) }))
    .filter(({ rank }) => expected.what === "name" || rank === 0)
    .sort((a, b) => a.rank - b.rank || a.place - b.place)
    .slice(0, MOST)
    .map(({ item }) => item);
}

function candidates(expected: Expected, columns: KnownColumns): Suggestion[] {
  if (expected.what === "comparator") return COMPARATORS[expected.of];
  if (expected.what === "word") return expected.words.map((one) => word(one, one === "AND" ? "both" : "either"));
  return [
    ...columns.metrics.map(({ name, runs }) => entry("metrics", name, `${runs} ${runs === 1 ? "run" : "runs"}`)),
    ...columns.params.map(({ name, distinct }) =>
      entry("params", name, `${distinct} ${distinct === 1 ? "value" : "values"}`),
    ),
    ...ATTRIBUTES.map((name) => word(name, "attribute")),
    ...columns.tags.map(({ name, distinct }) =>
      entry("tags", name, `${distinct} ${distinct === 1 ? "value" : "values"}`),
    ),
    word("NOT", "what does not meet the next condition"),
  ];
}

function word(name: string, detail: string): Suggestion {
  return { name, insert: name, detail };
}

function entry(kind: string, name: string, detail: string): Suggestion {
  const quoted = /^[\w.]+$/.test(name) ? name : name.includes("`") ? `"${name}"` : `\`${name}\``;
  return { name: `${kind}.${name}`, insert: `${kind}.${quoted}`, detail };
}
