import { useVirtualizer } from "@tanstack/react-virtual";
import { useDeferredValue, useMemo, useRef, useState } from "react";
import { Icon } from "@/components/Icon";
import { plural } from "@/lib/format";
import styles from "./DataTable.module.css";
import { sortRows, type Table } from "./table";

const ROW_HEIGHT = 28;
/** Wider tables are cut: nobody reads a thousand columns on a screen. */
const MOST_COLUMNS = 200;
/** Rows looked at to choose how wide a column is. */
const SAMPLE = 100;

/** A table of any length: only the rows in sight are on the page. A click on a heading sorts. */
export function DataTable({ table }: { table: Table }) {
  const [find, setFind] = useState("");
  const [sort, setSort] = useState<{ column: number; descending: boolean } | null>(null);
  const text = useDeferredValue(find).trim().toLowerCase();
  const columns = table.columns.slice(0, MOST_COLUMNS);
  const rows = useMemo(() => {
    const found = text ? table.rows.filter((row) => row.some((cell) => cell.toLowerCase().includes(text))) : table.rows;
    return sort ? sortRows(found, sort.column, sort.descending) : found;
  }, [table, text, sort]);
  const layout = useMemo(() => layoutOf(table), [table]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  });

  return (
    <div className="data-table">
      <div className={styles.dataBar}>
        <input
          className="input"
          type="search"
          placeholder="Find in the table"
          aria-label="Find in the table"
          value={find}
          onChange={(event) => setFind(event.target.value)}
        />
        <span className="faint tabular">
          {text ? `${plural(rows.length, "row")} of ${table.rows.length}` : plural(rows.length, "row")},{" "}
          {plural(table.columns.length, "column")}
          {table.columns.length > MOST_COLUMNS && `, the first ${MOST_COLUMNS} shown`}
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keys scroll it. */}
      <div ref={scroller} className={styles.dataScroll} role="table" aria-rowcount={rows.length} tabIndex={0}>
        <div className={`${styles.dataRow} ${styles.dataHead}`} role="row" style={layout}>
          {columns.map((name, column) => (
            <button
              // biome-ignore lint/suspicious/noArrayIndexKey: columns may share a name, and never move.
              key={column}
              type="button"
              role="columnheader"
              title={name}
              aria-sort={sort?.column === column ? (sort.descending ? "descending" : "ascending") : "none"}
              onClick={() => setSort(nextSort(sort, column))}
            >
              <span>{name}</span>
              {sort?.column === column && <Icon name={sort.descending ? "arrowDown" : "arrowUp"} size={11} />}
            </button>
          ))}
        </div>
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {virtual.getVirtualItems().map(({ index, start }) => (
            <div
              key={index}
              role="row"
              aria-rowindex={index + 1}
              className={styles.dataRow}
              style={{ ...layout, transform: `translateY(${start}px)` }}
            >
              {columns.map((_, column) => {
                const cell = rows[index]?.[column] ?? "";
                return (
                  // biome-ignore lint/suspicious/noArrayIndexKey: columns never move.
                  <span key={column} role="cell" title={cell}>
                    {cell}
                  </span>
                );
              })}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}

/** Ascending, then descending, then as in the file. */
function nextSort(sort: { column: number; descending: boolean } | null, column: number) {
  if (sort?.column !== column) return { column, descending: false };
  return sort.descending ? null : { column, descending: true };
}

/** The same for the heading and each row, whatever is in them, so that their columns stand below each other. */
function layoutOf({ columns, rows }: Table): { gridTemplateColumns: string; minWidth: number } {
  const widths = columns.slice(0, MOST_COLUMNS).map((name, column) => {
    let longest = name.length + 2;
    for (const row of rows.slice(0, SAMPLE)) longest = Math.max(longest, row[column]?.length ?? 0);
    return Math.ceil(Math.min(Math.max(longest, 6), 40) * 7.4 + 18);
  });
  return {
    gridTemplateColumns: widths.map((width) => `minmax(${width}px, 1fr)`).join(" "),
    minWidth: widths.reduce((sum, width) => sum + width, 0),
  };
}
