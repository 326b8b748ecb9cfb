import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { type ComponentType, lazy, Suspense } from "react";
import { Failure } from "@/components/Failure";
import { Loading } from "@/components/Loading";
import { ApiError } from "@/lib/api";
import { type Run, run } from "./api";
import { Overview } from "./overview/Overview";
import { RunHeader } from "./RunHeader";
import styles from "./run.module.css";
import { TABS } from "./search";
import { useLiveRun } from "./useLiveRun";

const route = getRouteApi("/runs/$runId");
const ChartsTab = lazy(() => import("./charts/ChartsTab").then(({ ChartsTab }) => ({ default: ChartsTab })));

const LABELS = { overview: "Overview", charts: "Charts", plots: "Plots", artifacts: "Artifacts" };

interface RunPageProps {
  runId: string;
  /** What fills the tab of artifacts. */
  Artifacts: ComponentType<{ runId: string; experimentId: string }>;
  /** What fills the tab of plots. */
  Plots: ComponentType<{ runId: string }>;
}

/** One run: its params, metrics, charts, plots and artifacts. */
export function RunPage({ runId, Artifacts, Plots }: RunPageProps) {
  const answer = useQuery(run(runId));
  const status = answer.data?.info.status;
  useLiveRun(runId, status === "RUNNING" || status === "SCHEDULED");
  if (answer.isPending) return <Loading what="the run" />;
  if (answer.isError) return <RunFailure runId={runId} error={answer.error} retry={answer.refetch} />;
  return (
    <main className={styles.run}>
      <RunHeader run={answer.data} />
      <Tabs />
      <Suspense fallback={<Loading what="this part of the page" />}>
        <TabContent run={answer.data} Artifacts={Artifacts} Plots={Plots} />
      </Suspense>
    </main>
  );
}

function RunFailure({ runId, error, retry }: { runId: string; error: Error; retry: () => void }) {
  if (!(error instanceof ApiError) || error.status !== 404)
    return <Failure what="the run" error={error} retry={retry} />;
  return (
    <main className="notice">
      <h1>There is no such run</h1>
      <p>
        No run has the id <code>{runId}</code>. It may have been removed for good, or live in another store.
      </p>
      <Link to="/" className="button">
        All experiments
      </Link>
    </main>
  );
}

function Tabs() {
  const { tab = "overview" } = route.useSearch();
  return (
    <nav className={styles.tabs} aria-label="Parts of the run">
      {TABS.map((name) => (
        <Link
          key={name}
          from="/runs/$runId"
          to="/runs/$runId"
          search={(before) => ({ ...before, tab: name === "overview" ? undefined : name, metric: undefined })}
          aria-current={name === tab ? "page" : undefined}
          // A tab stays itself whatever else the address says, which the router's own comparison does not know.
          activeOptions={{ exact: true, explicitUndefined: true }}
          resetScroll={false}
        >
          {LABELS[name]}
        </Link>
      ))}
    </nav>
  );
}

function TabContent({ run, Artifacts, Plots }: { run: Run } & Omit<RunPageProps, "runId">) {
  const { tab } = route.useSearch();
  const { run_id: runId, experiment_id: experimentId, start_time: startTime = 0, status } = run.info;
  if (tab === "charts") return <ChartsTab runId={runId} startTime={startTime} running={status === "RUNNING"} />;
  if (tab === "plots") return <Plots runId={runId} />;
  if (tab === "artifacts") return <Artifacts runId={runId} experimentId={experimentId} />;
  return <Overview run={run} />;
}
