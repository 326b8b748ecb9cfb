import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { CrumbSeparator, Crumbs } from "@/components/Crumbs";
import { Failure } from "@/components/Failure";
import { Loading } from "@/components/Loading";
import { ApiError } from "@/lib/api";
import { readStored, writeStored } from "@/lib/stored";
import { useFocusKey } from "@/lib/useFocusKey";
import { experimentOf } from "./api/experiment";
import { runColumns } from "./api/runColumns";
import {
  type ColumnId,
  defaultChoice,
  growChoice,
  type KnownColumns,
  readChoice,
  readColumnId,
  writeChoice,
} from "./columnChoice";
import { EmptyRuns } from "./EmptyRuns";
import { FilterField } from "./FilterField";
import { FindField } from "./FindField";
import styles from "./RunsPage.module.css";
import { RunsPanel } from "./RunsPanel";
import { type RunsSearch, readSort, splitNames, writeSort } from "./search";
import { useColumnRefresh } from "./useColumnRefresh";
import { useRunTable } from "./useRunTable";

/** A choice longer than this stays in the browser: servers and mail programs cut long addresses. */
const LONGEST = 4000;

const route = getRouteApi("/experiments/$experimentId");

/** The runs of an experiment as a table. The address holds filter, order, columns and view. */
export function RunsPage({ experimentId }: { experimentId: string }) {
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/experiments/$experimentId" });
  const experiment = useQuery(experimentOf(experimentId));
  const columns = useQuery(runColumns(experimentId));
  const storageKey = `columns.${experimentId}`;
  const beginning = useBeginning(columns.data);
  const choiceText = search.cols ?? readStored<string>(storageKey) ?? beginning;
  const request = {
    experimentId,
    filter: search.filter ?? "",
    view: search.view ?? ("active" as const),
    columns: withSorted(choiceText ?? "", search.sort),
  };
  const isReady = choiceText !== undefined || columns.isError;
  const query = useRunTable(request, isReady, useColumnRefresh(experimentId));
  const table = useLast(query.data);
  const name = experiment.data?.name ?? "";

  const change = (changed: { [K in keyof RunsSearch]?: RunsSearch[K] | undefined }) =>
    navigate({ search: (old) => clean({ ...old, ...changed }), replace: true });
  function choose(ids: readonly string[] | undefined) {
    const text = ids && writeChoice(ids);
    writeStored(storageKey, text);
    change({
      cols: text !== undefined && text.length > LONGEST ? undefined : text,
      // A column that goes takes its part in the order with it.
      sort:
        ids && writeSort(readSort(search.sort).filter(({ id }) => readColumnId(id) === undefined || ids.includes(id))),
    });
  }

  const isRefused = query.error instanceof ApiError && query.error.status === 400 && request.filter !== "";
  const isEmpty = table?.total === 0 && request.filter === "" && request.view === "active" && !query.isPlaceholderData;
  const filter = useFocusKey("/");

  let content: ReactNode;
  if (experiment.isError) {
    content = <Failure what="the experiment" error={experiment.error} retry={experiment.refetch} />;
  } else if (table === undefined) {
    if (isRefused) content = <Refused onClear={() => change({ filter: undefined })} />;
    else if (query.isError) content = <Failure what="the runs" error={query.error} retry={query.refetch} />;
    else content = <Loading what="runs" />;
  } else if (isEmpty) {
    content = <EmptyRuns experimentName={name} />;
  } else {
    content = (
      <RunsPanel
        experimentName={name}
        table={table}
        request={request}
        columns={columns.data}
        search={search}
        isStale={query.isPlaceholderData || query.isError}
        error={isRefused ? null : query.error}
        onRetry={query.refetch}
        onChange={change}
        onChoose={choose}
      />
    );
  }
  return (
    <main className={styles.page}>
      <Crumbs title={name || "Runs"}>
        <Link to="/">Experiments</Link>
        <CrumbSeparator />
        <span aria-current="page" title={name}>
          {name}
        </span>
      </Crumbs>
      <h1 className="visually-hidden">Runs of {name}</h1>
      {!isEmpty && (
        <div className={styles.filters}>
          <FilterField
            inputRef={filter}
            applied={request.filter}
            columns={columns.data}
            error={isRefused ? query.error : null}
            onApply={(filter) => change({ filter: filter || undefined })}
          />
          <FindField value={search.find ?? ""} onChange={(find) => change({ find: find || undefined })} />
        </div>
      )}
      {content}
    </main>
  );
}

/** The address came with a filter that the server refuses; the field above says why. */
function Refused({ onClear }: { onClear: () => void }) {
  return (
    <div className="notice">
      <h2>The filter cannot be read</h2>
      <p>Correct it above, or see all runs.</p>
      <button type="button" className="button" onClick={onClear}>
        Clear the filter
      </button>
    </div>
  );
}

function clean(search: { [K in keyof RunsSearch]?: RunsSearch[K] | undefined }): RunsSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as RunsSearch;
}

/** The columns of a choice, and those that the order needs. */
function withSorted(choice: string, sort: string | undefined): ColumnId[] {
  return readChoice(writeChoice([...splitNames(choice), ...readSort(sort).map(({ id }) => id)]));
}

/** The columns to begin with; while runs arrive, columns join them but none goes. */
function useBeginning(columns: KnownColumns | undefined): string | undefined {
  const [seen, setSeen] = useState<KnownColumns>();
  const [beginning, setBeginning] = useState<string>();
  if (columns === undefined || columns === seen) return beginning;
  const grown = beginning === undefined ? defaultChoice(columns) : growChoice(beginning, columns);
  setSeen(columns);
  setBeginning(grown);
  return grown;
}

/** The last value there was: a refused filter leaves the table as it is. */
function useLast<T>(value: T | undefined): T | undefined {
  const [last, setLast] = useState(value);
  if (value !== undefined && value !== last) setLast(value);
  return value ?? last;
}
