import { useEffect, useRef, useState } from "react";
import { canvasAsPng, fileName, linesAsCsv, saveBlob } from "@/components/chart/exporting";
import type { ChartHandle } from "@/components/chart/LineChart";
import type { Line } from "@/components/chart/lines";
import { formatExact } from "@/components/chart/numbers";
import type { View } from "@/components/chart/plot";
import { Icon } from "@/components/Icon";
import { resolveColor } from "@/lib/colors";
import { formatCount } from "@/lib/format";
import type { MetricSummary } from "../api";
import styles from "./charts.module.css";
import { MetricCurve } from "./MetricCurve";

interface EnlargedChartProps {
  runId: string;
  startTime: number;
  metric: MetricSummary;
  view: View;
  previous: string | undefined;
  next: string | undefined;
  enlarge: (metric: string | undefined) => void;
}

/** Columns asked for: about one per pixel of a wide screen. */
const COLUMNS = 1800;

/** One chart over the whole window, to look closely and to take away. */
export function EnlargedChart({ runId, startTime, metric, view, previous, next, enlarge }: EnlargedChartProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const chart = useRef<ChartHandle>(null);
  const [line, setLine] = useState<Line | null>(null);

  useEffect(() => {
    dialog.current?.showModal();
    // Else the first button has the focus, and its ring draws the eye.
    dialog.current?.focus();
  }, []);

  const savePng = async () => {
    if (!chart.current) return;
    const colors = { background: resolveColor("--bg-raised"), text: resolveColor("--text") };
    saveBlob(await canvasAsPng(chart.current.canvas, metric.key, colors), fileName(metric.key, "png"));
  };
  const saveCsv = () => {
    if (line) saveBlob(new Blob([linesAsCsv([line], view.axis)], { type: "text/csv" }), fileName(metric.key, "csv"));
  };

  return (
    <dialog
      ref={dialog}
      className={styles.enlarged}
      tabIndex={-1}
      aria-label={metric.key}
      onClose={() => enlarge(undefined)}
      onClick={(event) => event.target === dialog.current && dialog.current.close()}
      onKeyDown={(event) => event.key === "Escape" && dialog.current?.close()}
    >
      <div className={styles.enlargedBody}>
        <header>
          <h2>{metric.key}</h2>
          <div className={styles.enlargedActions}>
            <Step label="Previous metric" className={styles.enlargedBack} to={previous} enlarge={enlarge} />
            <Step label="Next metric" to={next} enlarge={enlarge} />
            <button type="button" className="button" disabled={!line} onClick={savePng}>
              <Icon name="download" size={14} /> PNG
            </button>
            <button type="button" className="button" disabled={!line} onClick={saveCsv}>
              <Icon name="download" size={14} /> CSV
            </button>
            <button type="button" className="icon-button" aria-label="Close" onClick={() => dialog.current?.close()}>
              <Icon name="close" />
            </button>
          </div>
        </header>
        <div className={styles.enlargedPlot}>
          <MetricCurve
            runId={runId}
            metric={metric}
            view={view}
            startTime={startTime}
            columns={COLUMNS}
            handle={chart}
            onLine={setLine}
          />
        </div>
        <Legend line={line} view={view} />
        <dl className={`${styles.enlargedFacts} tabular`}>
          <Fact name="latest" value={formatExact(metric.value)} />
          <Fact name="min" value={formatExact(metric.min)} />
          <Fact name="max" value={formatExact(metric.max)} />
          <Fact name="last step" value={metric.step.toLocaleString("en-US")} />
          <Fact name="points" value={formatCount(metric.count)} />
        </dl>
      </div>
    </dialog>
  );
}

function Step(props: { label: string; className?: string; to: string | undefined; enlarge: (metric: string) => void }) {
  const { to } = props;
  return (
    <button
      type="button"
      className={`icon-button ${props.className ?? ""}`}
      title={props.label}
      aria-label={props.label}
      disabled={to === undefined}
      onClick={() => to !== undefined && props.enlarge(to)}
    >
      <Icon name="chevronRight" />
    </button>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** What the strokes of the chart mean, as far as they are there. */
function Legend({ line, view }: { line: Line | null; view: View }) {
  if (!line) return null;
  const gaps = line.last.some((value) => !Number.isFinite(value));
  const color = `var(${line.color})`;
  return (
    <ul className={styles.legend}>
      <li>
        <i style={{ background: color, opacity: view.smoothing > 0 ? 0.35 : 1 }} />
        {line.banded ? "last value of each column" : "every point"}
      </li>
      {view.smoothing > 0 && (
        <li>
          <i style={{ background: color }} />
          smoothed, {view.smoothing.toFixed(2)}
        </li>
      )}
      {line.banded && (
        <li>
          <i className={styles.legendBand} style={{ background: color }} />
          min to max of {formatCount(Math.round(line.count / line.x.length))} points a column
        </li>
      )}
      {gaps && (
        <li>
          <span style={{ color }}>×</span> NaN or infinite
        </li>
      )}
      <li className={styles.legendHint}>Drag to zoom, double-click to see all</li>
    </ul>
  );
}
