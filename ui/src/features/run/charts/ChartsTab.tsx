import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useDeferredValue, useMemo } from "react";
import { Failure } from "@/components/Failure";
import { Loading } from "@/components/Loading";
import { type MetricSummary, runMetrics } from "../api";
import { ChartSection } from "./ChartSection";
import { ChartsBar } from "./ChartsBar";
import styles from "./charts.module.css";
import { EnlargedChart } from "./EnlargedChart";
import { nameFilter, sectionsOf } from "./sections";
import { useChartView } from "./useChartView";

const route = getRouteApi("/runs/$runId");

/** Open sections hold at most about so many panels when the page opens. */
const OPEN_PANELS = 48;

/** One chart for each metric of the run. */
export function ChartsTab({ runId, startTime, running }: { runId: string; startTime: number; running: boolean }) {
  const metrics = useQuery(runMetrics(runId));
  if (metrics.isPending) return <Loading what="metrics" />;
  if (metrics.isError) return <Failure what="the metrics" error={metrics.error} retry={metrics.refetch} />;
  if (metrics.data.length === 0) return <NoMetrics running={running} />;
  return <Charts runId={runId} startTime={startTime} metrics={metrics.data} />;
}

function NoMetrics({ running }: { running: boolean }) {
  return (
    <div className="notice">
      <h2>No metrics yet</h2>
      <p>
        {running
          ? "Curves appear here as soon as the run logs a point:"
          : "This run logged none. A point is logged with"}{" "}
        <code>kipu.log_metric("loss", 0.25, step=3)</code>
      </p>
    </div>
  );
}

function Charts({ runId, startTime, metrics }: { runId: string; startTime: number; metrics: MetricSummary[] }) {
  const [settings, change] = useChartView();
  const { metric: enlarged } = route.useSearch();
  const navigate = route.useNavigate();
  const find = useDeferredValue(settings.find);
  const filter = useMemo(() => nameFilter(find), [find]);
  const shown = useMemo(
    () => (filter.problem === undefined ? metrics.filter(({ key }) => filter.matches(key)) : metrics),
    [metrics, filter],
  );
  // What was searched for stands together, under full names.
  const isSearch = find.trim() !== "" && filter.problem === undefined;
  const sections = useMemo(() => {
    const byPrefix = sectionsOf(shown);
    return isSearch ? [{ prefix: "", metrics: byPrefix.flatMap(({ metrics }) => metrics) }] : byPrefix;
  }, [shown, isSearch]);
  const { axis, logX, logY, smoothing, ignoreOutliers } = settings;
  const view = useMemo(
    () => ({ axis, logX: logX && axis !== "time", logY, smoothing, ignoreOutliers }),
    [axis, logX, logY, smoothing, ignoreOutliers],
  );
  const enlarge = (metric: string | undefined) =>
    void navigate({ search: (before) => ({ ...before, metric }), replace: true, resetScroll: false });
  const order = sections.flatMap((section) => section.metrics);
  const place = order.findIndex(({ key }) => key === enlarged);
  const current = metrics.find(({ key }) => key === enlarged);

  let panels = 0;
  return (
    <div className={styles.charts}>
      <ChartsBar
        settings={settings}
        change={change}
        shown={shown.length}
        total={metrics.length}
        problem={filter.problem}
      />
      {shown.length === 0 && (
        <div className="notice">
          <h2>No metric has this in its name</h2>
          <button type="button" className="button" onClick={() => change({ find: "" })}>
            Show all {metrics.length}
          </button>
        </div>
      )}
      {sections.map((section) => {
        const open = panels < OPEN_PANELS;
        panels += section.metrics.length;
        return (
          <ChartSection
            key={isSearch ? "/search" : section.prefix}
            section={section}
            open={open}
            alone={sections.length === 1 && section.prefix === ""}
            runId={runId}
            startTime={startTime}
            view={view}
            enlarge={enlarge}
          />
        );
      })}
      {current && (
        <EnlargedChart
          key={current.key}
          runId={runId}
          startTime={startTime}
          metric={current}
          view={view}
          previous={order[place - 1]?.key}
          next={order[place + 1]?.key}
          enlarge={enlarge}
        />
      )}
    </div>
  );
}
