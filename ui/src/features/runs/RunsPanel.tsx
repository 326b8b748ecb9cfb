import { useEffect, useMemo, useState } from "react";
import { Icon } from "@/components/Icon";
import { prepareOrder } from "@/lib/columns";
import { readStored, writeStored } from "@/lib/stored";
import { parentRows } from "@/lib/tree";
import { useNow } from "@/lib/useNow";
import type { TableRequest } from "./api/runTable";
import { arrangeRows, findRows, newestFirst, orderRows } from "./arrange";
import type { KnownColumns } from "./columnChoice";
import { RunGrid } from "./RunGrid";
import styles from "./RunsPage.module.css";
import type { SortOrder } from "./search";
import { clickSort, type RunsSearch, readSort, writeSort } from "./search";
import { type ShownColumn, shownColumns } from "./shownColumn";
import { Toolbar } from "./Toolbar";
import { durations, type RunTable } from "./table";

type Props = {
  experimentName: string;
  table: RunTable;
  request: TableRequest;
  columns: KnownColumns | undefined;
  search: RunsSearch;
  isStale: boolean;
  /** Why these are not the newest rows. */
  error: Error | null;
  onRetry: () => void;
  onChange: (changed: { [K in keyof RunsSearch]?: RunsSearch[K] | undefined }) => void;
  onChoose: (ids: readonly string[] | undefined) => void;
};

/** From so many names on, their order is worked out while nothing else is to do. */
const MANY = 5000;
/** A page narrower than this shows one or two columns, and what was measured matters more than when. */
const PHONE = 640;

type Widths = Record<string, number>;

/** The table and the bar above it: what is worked out from the rows, and what is selected in them. */
export function RunsPanel(props: Props) {
  const { experimentName, table, request, columns, search, isStale, onChange, onChoose } = props;
  const now = useNow(15_000);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const widthsKey = `widths.${request.experimentId}`;
  const [widths, setWidths] = useState<Widths>(() => readStored<Widths>(widthsKey) ?? {});

  // biome-ignore lint/correctness/useExhaustiveDependencies: the order of running runs need not follow every tick
  const duration = useMemo(() => durations(table, now), [table]);
  const choiceKey = request.columns.map((column) => column.id).join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says whether the columns are others
  const shown = useMemo(() => {
    const all = shownColumns(table, request.columns, duration);
    const isBuiltin = (column: ShownColumn) => column.kind === "builtin";
    return window.innerWidth < PHONE ? [...all.filter((column) => !isBuiltin(column)), ...all.filter(isBuiltin)] : all;
  }, [table, choiceKey, duration]);
  const order: SortOrder[] = useMemo(() => readSort(search.sort), [search.sort]);
  const newest = useMemo(() => newestFirst(table), [table]);
  const ordered = useMemo(
    () => orderRows(newest, table, order, shown, duration),
    [newest, table, order, shown, duration],
  );
  const parents = useMemo(() => parentRows(table.ids, table.parentIds), [table]);
  const matches = useMemo(() => findRows(table, search.find ?? ""), [table, search.find]);
  const isFlat = search.flat === true;
  const arranged = useMemo(
    () => arrangeRows(ordered, parents, matches, isFlat, (row) => collapsed.has(table.ids[row] as string)),
    [ordered, parents, matches, isFlat, collapsed, table],
  );
  useEffect(() => {
    if (table.names.values.length < MANY || !("requestIdleCallback" in window)) return;
    const handle = requestIdleCallback(() => prepareOrder(table.names));
    return () => cancelIdleCallback(handle);
  }, [table]);
  const hasFamilies = useMemo(() => parents.some((parent) => parent >= 0), [parents]);

  function resize(id: string, width: number | undefined) {
    const { [id]: _, ...others } = widths;
    const next = width === undefined ? others : { ...others, [id]: width };
    setWidths(next);
    writeStored(widthsKey, next);
  }
  function toggle(runId: string) {
    const next = new Set(collapsed);
    if (!next.delete(runId)) next.add(runId);
    setCollapsed(next);
  }
  const isFound = matches !== undefined;
  return (
    <>
      <Toolbar
        experimentName={experimentName}
        experimentId={request.experimentId}
        table={table}
        rows={arranged.nested.rows}
        found={isFound ? arranged.found : undefined}
        shown={shown}
        columns={columns}
        chosen={new Set(request.columns.map((column) => column.id))}
        view={request.view}
        isFlat={isFlat}
        hasFamilies={hasFamilies}
        selected={selected}
        onSelect={setSelected}
        onView={(view) => {
          setSelected(new Set());
          onChange({ view: view === "deleted" ? "deleted" : undefined });
        }}
        onFlat={(flat) => onChange({ flat: flat ? true : undefined })}
        onChoose={onChoose}
      />
      {props.error && (
        <div className={styles.banner} role="alert">
          <Icon name="warning" />
          {props.error.message}
          <button type="button" className="button" onClick={props.onRetry}>
            Try again
          </button>
        </div>
      )}
      {arranged.nested.rows.length === 0 ? (
        <Nothing find={search.find} filter={request.filter} view={request.view} />
      ) : (
        <RunGrid
          table={table}
          nested={arranged.nested}
          isNested={arranged.isNested}
          columns={shown}
          order={order}
          widths={widths}
          selected={selected}
          collapsed={collapsed}
          now={now}
          isStale={isStale}
          onSort={(id, firstDescending, isFurther) =>
            onChange({ sort: writeSort(clickSort(order, id, firstDescending, isFurther)) })
          }
          onResize={resize}
          onSelect={setSelected}
          onToggle={toggle}
        />
      )}
    </>
  );
}

/** Why there is nothing to see. */
function Nothing({ find, filter, view }: { find: string | undefined; filter: string; view: string }) {
  return (
    <div className="notice">
      <h2>{find ? `No run is called “${find}”` : filter ? "No run matches the filter" : "Nothing is deleted"}</h2>
      <p>
        {find
          ? "Names were looked through as they are written, in any case."
          : filter
            ? `Kipu looked at all ${view} runs of the experiment.`
            : "Runs that you delete wait here until they are restored or removed for good."}
      </p>
    </div>
  );
}
