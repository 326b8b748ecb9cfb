import { formatExact } from "@/components/chart/numbers";
import { formatNumber, formatTime } from "@/lib/format";
import type { MetricSummary } from "../api";
import styles from "./charts.module.css";

/** A metric with one point is a number: a chart of it would be empty. */
export function SinglePoint({ metric }: { metric: MetricSummary }) {
  const isShare = metric.value >= 0 && metric.value <= 1;
  return (
    <div className={styles.singlePoint}>
      <strong className="tabular" title={formatExact(metric.value)}>
        {Number.isSafeInteger(metric.value) ? metric.value.toLocaleString("en-US") : formatNumber(metric.value)}
      </strong>
      {isShare && (
        <div className={styles.singleBar} aria-hidden="true">
          <div style={{ width: `${metric.value * 100}%` }} />
        </div>
      )}
      <span className="faint tabular">
        one point, step {metric.step.toLocaleString("en-US")}, {formatTime(metric.timestamp)}
      </span>
    </div>
  );
}
