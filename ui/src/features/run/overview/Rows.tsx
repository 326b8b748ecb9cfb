import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useRef } from "react";
import styles from "./overview.module.css";

interface RowsProps<Row> {
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  /** The cells of a row; the grid of columns comes from the class. */
  cells: (row: Row) => ReactNode;
  head?: ReactNode;
  label: string;
  className: string | undefined;
}

const ROW_HEIGHT = 30;
/** Up to so many rows all are on the page, so that the browser's own search finds them. */
const VIRTUAL_FROM = 200;

/** Rows of a table; of a long one only those in sight are on the page. */
export function Rows<Row>(props: RowsProps<Row>) {
  return props.rows.length < VIRTUAL_FROM ? <AllRows {...props} /> : <RowsInSight {...props} />;
}

function AllRows<Row>({ rows, keyOf, cells, head, label, className }: RowsProps<Row>) {
  return (
    <div className={`${styles.rows} ${className}`} role="table" aria-label={label} aria-rowcount={rows.length}>
      {head}
      {rows.map((row) => (
        <div key={keyOf(row)} className={styles.row} role="row">
          {cells(row)}
        </div>
      ))}
    </div>
  );
}

function RowsInSight<Row>({ rows, keyOf, cells, head, label, className }: RowsProps<Row>) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  });
  return (
    <div
      ref={scroller}
      className={`${styles.rows} ${styles.rowsLong} ${className}`}
      role="table"
      aria-label={label}
      aria-rowcount={rows.length}
    >
      {head}
      <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index] as Row;
          return (
            <div
              key={keyOf(row)}
              className={styles.row}
              role="row"
              aria-rowindex={index + 1}
              style={{ position: "absolute", inset: "0 0 auto", transform: `translateY(${start}px)` }}
            >
              {cells(row)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
