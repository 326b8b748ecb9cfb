import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type Ref, useEffect, useMemo, useState } from "react";
import { type ChartHandle, LineChart } from "@/components/chart/LineChart";
import type { Line } from "@/components/chart/lines";
import type { View } from "@/components/chart/plot";
import type { Range } from "@/components/chart/ranges";
import type { MetricSummary } from "../api";
import { curve } from "./buckets";
import styles from "./charts.module.css";
import { describePoints } from "./describe";

interface MetricCurveProps {
  runId: string;
  metric: MetricSummary;
  view: View;
  startTime: number;
  columns: number;
  handle?: Ref<ChartHandle>;
  /** Told of the curve that is shown, for those who save or describe it. */
  onLine?: (line: Line) => void;
}

/** The chart of one metric: fetched, zoomed, fetched again for the narrower range. */
export function MetricCurve({ runId, metric, view, startTime, columns, handle, onLine }: MetricCurveProps) {
  const client = useQueryClient();
  const [zoomed, setZoomed] = useState<{ axis: View["axis"]; range: Range } | null>(null);
  // A range of steps means nothing on an axis of time.
  const zoom = zoomed?.axis === view.axis ? zoomed.range : null;
  const asked = { runId, key: metric.key, axis: view.axis, buckets: columns, zoom };
  const answer = useQuery({
    ...curve(asked),
    // The wider curve stands in until the narrower one comes, but steps cannot stand in for times.
    placeholderData: (before, query) => (query?.queryKey[4] === view.axis ? before : undefined),
  });
  const lines = useMemo(() => (answer.data ? [answer.data] : []), [answer.data]);
  const describe = useMemo(
    () => describePoints(client, runId, view.axis, startTime),
    [client, runId, view.axis, startTime],
  );
  useEffect(() => {
    if (answer.data) onLine?.(answer.data);
  }, [answer.data, onLine]);

  if (answer.isPending)
    return <div className={`${styles.panelWait} loading`} role="status" aria-label={`Loading ${metric.key}`} />;
  if (answer.isError) {
    return (
      <div className={styles.panelWord} role="alert">
        <p>{answer.error.message}</p>
        <button type="button" className="button" onClick={() => answer.refetch()}>
          Try again
        </button>
      </div>
    );
  }
  const shown = answer.data;
  if (!zoom && !shown.last.some(Number.isFinite))
    return <p className={styles.panelWord}>All points are NaN or infinite.</p>;
  return (
    <>
      <LineChart
        {...(handle && { handle })}
        lines={lines}
        view={view}
        zoom={zoom}
        onZoom={(range) => setZoomed(range && { axis: view.axis, range })}
        syncKey={runId}
        describe={describe}
        label={`${metric.key} over ${view.axis}, ${metric.count} points, latest ${metric.value}`}
      />
      {zoom && (
        <button
          type="button"
          className={styles.panelReset}
          onClick={() => setZoomed(null)}
          title="Or double-click the chart"
        >
          Show all
        </button>
      )}
      {hidden(view, shown) && <p className={styles.panelNote}>No part of this curve is above zero.</p>}
    </>
  );
}

function hidden(view: View, line: Line): boolean {
  return view.logY && line.x.length > 0 && !line.max.some((value) => value > 0);
}
