import { memo, useRef } from "react";
import type { View } from "@/components/chart/plot";
import { Icon } from "@/components/Icon";
import { formatNumber } from "@/lib/format";
import { useOnScreen } from "@/lib/useOnScreen";
import type { MetricSummary } from "../api";
import styles from "./charts.module.css";
import { MetricCurve } from "./MetricCurve";
import { SinglePoint } from "./SinglePoint";

interface ChartPanelProps {
  runId: string;
  startTime: number;
  metric: MetricSummary;
  title: string;
  view: View;
  enlarge: (metric: string) => void;
}

/** Columns asked for: about one per pixel of a panel. */
const COLUMNS = 600;

/** One metric in the wall of charts; nothing is asked or drawn before it comes into sight. */
export const ChartPanel = memo(function ChartPanel(props: ChartPanelProps) {
  const { runId, metric, title, view, startTime, enlarge } = props;
  const element = useRef<HTMLElement>(null);
  const visible = useOnScreen(element);
  return (
    <article ref={element} className={styles.panel} aria-label={metric.key}>
      <header>
        <h3 title={metric.key}>{title}</h3>
        {metric.count > 1 && (
          <>
            <span className={`${styles.panelValue} tabular`} title={`latest: ${metric.value}`}>
              {formatNumber(metric.value)}
            </span>
            <button
              type="button"
              className="icon-button"
              aria-label={`Enlarge ${metric.key}`}
              title="Enlarge"
              onClick={() => enlarge(metric.key)}
            >
              <Icon name="external" size={14} />
            </button>
          </>
        )}
      </header>
      <div className={styles.panelPlot}>
        {metric.count <= 1 ? (
          <SinglePoint metric={metric} />
        ) : (
          visible && <MetricCurve runId={runId} metric={metric} view={view} startTime={startTime} columns={COLUMNS} />
        )}
      </div>
    </article>
  );
});
