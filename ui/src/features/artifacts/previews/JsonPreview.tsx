import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { Loading } from "@/components/Loading";
import { readPlot } from "@/components/plots/plot";
import { DataTable } from "@/components/table/DataTable";
import { formatCount, plural } from "@/lib/format";
import { parseJson } from "@/lib/json";
import { folder } from "../api";
import styles from "../artifacts.module.css";
import { readSplitTable } from "../delimited";
import { parentOf } from "../kinds";
import { filesOfPlot, stemOf } from "../plotFiles";
import type { PreviewProps } from "./previewProps";
import { CutNote, useBeginning } from "./useBeginning";

const MOST = 8_000_000;
const PlotFigure = lazy(() =>
  import("@/components/plots/PlotFigure").then(({ PlotFigure }) => ({ default: PlotFigure })),
);

/** Values to open and close; a table if `log_table` wrote it, a drawing if it holds the numbers of a plot. */
export function JsonPreview(props: PreviewProps) {
  const read = useBeginning(props, MOST);
  const text = "text" in read ? read.text : "null";
  const parsed = useMemo(() => parseJson(text), [text]);
  const table = useMemo(() => ("value" in parsed ? readSplitTable(parsed.value) : null), [parsed]);
  const plot = useMemo(() => ("value" in parsed ? readPlot(props.path, parsed.value) : null), [parsed, props.path]);
  const beside = useQuery({ ...folder(props.owner, parentOf(props.path)), enabled: plot !== null });
  const files = useMemo(
    () => filesOfPlot(props.owner, props.path, beside.data ?? []),
    [props.owner, props.path, beside.data],
  );
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
  if (plot) {
    return (
      <Suspense fallback={<Loading what="the plot" />}>
        <PlotFigure plot={plot} source={text} name={stemOf(props.path)} files={files} />
      </Suspense>
    );
  }
  return (
    <div className={styles.json}>
      <Value value={parsed.value} depth={0} />
    </div>
  );
}

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
