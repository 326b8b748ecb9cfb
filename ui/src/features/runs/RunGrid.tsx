import { useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type CSSProperties,
  type KeyboardEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import type { NestedRows } from "@/lib/tree";
import { HeaderCell } from "./HeaderCell";
import styles from "./RunGrid.module.css";
import { RunRow } from "./RunRow";
import type { SortOrder } from "./search";
import type { ShownColumn } from "./shownColumn";
import type { RunTable } from "./table";

export const ROW_HEIGHT = 34;

type Props = {
  table: RunTable;
  nested: NestedRows;
  isNested: boolean;
  columns: readonly ShownColumn[];
  order: readonly SortOrder[];
  widths: Readonly<Record<string, number>>;
  selected: ReadonlySet<string>;
  collapsed: ReadonlySet<string>;
  now: number;
  isStale: boolean;
  onSort: (id: string, firstDescending: boolean, isFurther: boolean) => void;
  onResize: (id: string, width: number | undefined) => void;
  onSelect: (next: Set<string>) => void;
  onToggle: (runId: string) => void;
};

const GROUPS = { builtin: "", metric: "Metrics", param: "Params", tag: "Tags" } as const;

/** The rows and columns in sight, and no others, as DOM elements. */
export function RunGrid(props: Props) {
  const { table, nested, columns, widths, order, selected, collapsed, now } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const navigate = useNavigate();
  const [active, setActive] = useState(-1);
  const anchor = useRef(-1);
  const nameWidth = useNameWidth(widths.name);
  const widthOf = (index: number) => widths[columns[index]?.id ?? ""] ?? columns[index]?.width ?? 100;

  const rowVirtualizer = useVirtualizer({
    count: nested.rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 10,
    scrollPaddingStart: 64,
  });
  const columnVirtualizer = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: widthOf,
    getItemKey: (index) => columns[index]?.id ?? index,
    paddingStart: nameWidth,
    overscan: 3,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured anew whenever a width may differ
  useEffect(() => columnVirtualizer.measure(), [columnVirtualizer, columns, widths, nameWidth]);

  const cells = columnVirtualizer.getVirtualItems();
  const width = columnVirtualizer.getTotalSize();
  const groups = useMemo(() => groupSpans(columns, widths), [columns, widths]);
  const idAt = (index: number) => table.ids[nested.rows[index] ?? -1];
  const isAllSelected =
    nested.rows.length > 0 && selected.size >= nested.rows.length && allSelected(nested, table, selected);

  function select(index: number, isRange: boolean) {
    const id = idAt(index);
    if (id === undefined) return;
    const next = new Set(selected);
    const isOn = !selected.has(id);
    const from = isRange && anchor.current >= 0 ? anchor.current : index;
    for (let i = Math.min(from, index); i <= Math.max(from, index); i++) {
      const one = idAt(i);
      if (one === undefined) continue;
      if (isOn) next.add(one);
      else next.delete(one);
    }
    anchor.current = index;
    props.onSelect(next);
  }
  // Rows keep the same functions, so that a scrolled grid draws only the rows that are new.
  const latest = useRef({ select, toggle: props.onToggle });
  useLayoutEffect(() => {
    latest.current = { select, toggle: props.onToggle };
  });
  const onSelect = useCallback((index: number, isRange: boolean) => latest.current.select(index, isRange), []);
  const onToggle = useCallback((runId: string) => latest.current.toggle(runId), []);
  function selectAll() {
    props.onSelect(isAllSelected ? new Set() : new Set(Array.from(nested.rows, (row) => table.ids[row] as string)));
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.target !== scroller.current) return;
    const last = nested.rows.length - 1;
    const page = Math.max(1, Math.floor((scroller.current.clientHeight - 64) / ROW_HEIGHT) - 1);
    const steps: Record<string, number> = {
      ArrowDown: active + 1,
      j: active + 1,
      ArrowUp: active - 1,
      k: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: last,
    };
    const target = steps[event.key];
    const id = idAt(active);
    if (target !== undefined) {
      const next = Math.min(last, Math.max(0, target));
      setActive(next);
      rowVirtualizer.scrollToIndex(next);
    } else if (event.key === "Enter" && id !== undefined) {
      navigate({ to: "/runs/$runId", params: { runId: id } });
    } else if ((event.key === " " || event.key === "x") && id !== undefined) {
      select(active, event.shiftKey);
    } else if ((event.key === "ArrowLeft" || event.key === "ArrowRight") && id !== undefined && isParent(active)) {
      if (collapsed.has(id) === (event.key === "ArrowRight")) props.onToggle(id);
    } else {
      return;
    }
    event.preventDefault();
  }
  const isParent = (index: number) => nested.hasChildren[nested.rows[index] ?? -1] === 1;

  return (
    <div
      ref={scroller}
      className={`${styles.scroller} ${props.isStale ? styles.stale : ""}`}
      role="grid"
      aria-label="Runs"
      aria-rowcount={nested.rows.length + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable
      aria-busy={props.isStale}
      aria-activedescendant={active >= 0 ? `run-${active}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onFocus={(event) => event.target === scroller.current && active < 0 && setActive(0)}
      style={{ "--name": `${nameWidth}px` } as CSSProperties}
    >
      <div className={styles.header} style={{ width }} role="row" aria-rowindex={1}>
        <div className={styles.corner} role="columnheader" aria-colindex={1}>
          <label className={styles.check}>
            <input type="checkbox" aria-label="Select all runs" checked={isAllSelected} onChange={selectAll} />
          </label>
          <HeaderCell
            column={{ id: "name", name: "Run", firstDescending: false, isNumeric: false }}
            order={order}
            width={nameWidth}
            onSort={props.onSort}
            onResize={props.onResize}
          />
        </div>
        {groups.map((group) => (
          <div key={group.kind} className={styles.group} style={{ left: nameWidth + group.start, width: group.width }}>
            <span>{GROUPS[group.kind]}</span>
          </div>
        ))}
        {cells.map((item) => {
          const column = columns[item.index];
          if (column === undefined) return null;
          const style = { left: item.start, width: item.size };
          return (
            <div
              key={item.key}
              className={styles.head}
              style={style}
              role="columnheader"
              aria-colindex={item.index + 2}
              aria-sort={ariaSort(order, column.id)}
            >
              <HeaderCell
                column={column}
                order={order}
                width={item.size}
                onSort={props.onSort}
                onResize={props.onResize}
              />
            </div>
          );
        })}
      </div>
      <div className={styles.body} style={{ height: rowVirtualizer.getTotalSize(), width }}>
        {rowVirtualizer.getVirtualItems().map(({ index, start }) => {
          const row = nested.rows[index];
          const id = row === undefined ? undefined : table.ids[row];
          if (row === undefined || id === undefined) return null;
          return (
            <RunRow
              key={id}
              table={table}
              row={row}
              index={index}
              top={start}
              depth={nested.depths[index] ?? 0}
              isNested={props.isNested}
              hasChildren={nested.hasChildren[row] === 1}
              isCollapsed={collapsed.has(id)}
              isSelected={selected.has(id)}
              isActive={index === active}
              columns={columns}
              cells={cells}
              now={now}
              onSelect={onSelect}
              onToggle={onToggle}
            />
          );
        })}
      </div>
    </div>
  );
}

function ariaSort(order: readonly SortOrder[], id: string): "ascending" | "descending" | undefined {
  if (order[0]?.id !== id) return undefined;
  return order[0].descending ? "descending" : "ascending";
}

function allSelected(nested: NestedRows, table: RunTable, selected: ReadonlySet<string>): boolean {
  for (const row of nested.rows) if (!selected.has(table.ids[row] as string)) return false;
  return true;
}

/** Where the band of each kind of column begins, and how wide it is. */
function groupSpans(columns: readonly ShownColumn[], widths: Readonly<Record<string, number>>) {
  const spans: { kind: ShownColumn["kind"]; start: number; width: number }[] = [];
  let start = 0;
  for (const { id, kind, width: natural } of columns) {
    const width = widths[id] ?? natural;
    const last = spans.at(-1);
    if (last?.kind === kind) last.width += width;
    else spans.push({ kind, start, width });
    start += width;
  }
  return spans;
}

/** The width of the first column: as dragged, but never so wide that a phone shows nothing else. */
function useNameWidth(chosen: number | undefined): number {
  const [room, setRoom] = useState(() => window.innerWidth);
  useEffect(() => {
    const listen = () => setRoom(window.innerWidth);
    window.addEventListener("resize", listen);
    return () => window.removeEventListener("resize", listen);
  }, []);
  return room < 640 ? Math.min(chosen ?? 190, Math.round(room * 0.52)) : (chosen ?? 270);
}
