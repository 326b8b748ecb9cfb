import { useMemo, useState } from "react";
import { formatCount, plural } from "@/lib/format";
import styles from "../artifacts.module.css";
import { readSplitTable } from "../delimited";
import { DataTable } from "./DataTable";
import type { PreviewProps } from "./previewProps";
import { CutNote, useBeginning } from "./useBeginning";

const MOST = 8_000_000;

/** Values to open and close; a table, if that is what `log_table` wrote. */
export function JsonPreview(props: PreviewProps) {
  const read = useBeginning(props, MOST);
  const text = "text" in read ? read.text : "null";
  const parsed = useMemo(() => parse(text), [text]);
  const table = useMemo(() => ("value" in parsed ? readSplitTable(parsed.value) : null), [parsed]);
  if (!("text" in read)) return read;
  if (read.cut) {
    return (
      <div className={styles.paneWord}>
        <CutNote most={MOST} size={props.size} />
      </div>
    );
  }
  if (!("value" in parsed)) return <p className={styles.paneWord}>This is not JSON: {parsed.problem}</p>;
  if (table) return <DataTable table={table} />;
  return (
    <div className={styles.json}>
      <Value value={parsed.value} depth={0} />
    </div>
  );
}

function parse(text: string): { value: unknown } | { problem: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    // Python writes NaN and Infinity, which JSON has no words for.
    try {
      return { value: JSON.parse(text.replace(BARE, '$1"$2"')) };
    } catch {
      return { problem: error instanceof Error ? error.message : String(error) };
    }
  }
}

const BARE = /([[{:,]\s*)(NaN|-?Infinity)(?=\s*[,\]}])/g;

/** Deeper values begin closed. */
const OPEN_DEPTH = 2;
/** More entries of one value are shown only when asked for. */
const PAGE = 100;

const LOOKS: Record<string, string | undefined> = {
  string: styles.jsonString,
  number: styles.jsonNumber,
  boolean: styles.jsonBoolean,
  null: styles.jsonNull,
};

function Value({ name, value, depth }: { name?: string; value: unknown; depth: number }) {
  const label = name !== undefined && <span className={styles.jsonName}>{name}: </span>;
  if (typeof value !== "object" || value === null) {
    return (
      <div className={styles.jsonLeaf}>
        {label}
        <span className={LOOKS[value === null ? "null" : typeof value]}>{JSON.stringify(value)}</span>
      </div>
    );
  }
  return <Branch label={label} value={value} depth={depth} />;
}

function Branch({ label, value, depth }: { label: React.ReactNode; value: object; depth: number }) {
  const entries = Object.entries(value);
  const [open, setOpen] = useState(depth < OPEN_DEPTH && (depth === 0 || entries.length <= PAGE));
  const [pages, setPages] = useState(1);
  const isList = Array.isArray(value);
  const said = isList ? plural(entries.length, "item") : plural(entries.length, "field");
  const rest = entries.length - pages * PAGE;
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {label}
        <span className="faint">{isList ? `[${said}]` : `{${said}}`}</span>
      </summary>
      {open &&
        entries
          .slice(0, pages * PAGE)
          .map(([key, one]) => <Value key={key} name={key} value={one} depth={depth + 1} />)}
      {open && rest > 0 && (
        <button type="button" className={styles.textButton} onClick={() => setPages(pages + 1)}>
          {formatCount(rest)} more
        </button>
      )}
    </details>
  );
}
