import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useDeferredValue, useMemo, useState } from "react";
import { formatExact } from "@/components/chart/numbers";
import { Failure } from "@/components/Failure";
import { Loading } from "@/components/Loading";
import { formatCount, formatNumber } from "@/lib/format";
import { type MetricSummary, type Run, runMetrics } from "../api";
import { Card, FIND_FROM } from "./Card";
import styles from "./overview.module.css";
import { Rows } from "./Rows";

const byName = new Intl.Collator("en", { numeric: true });

/** Each metric with its latest value and extremes; a name leads to its curve. */
export function MetricsCard({ run }: { run: Run }) {
  const answer = useQuery(runMetrics(run.info.run_id));
  const [find, setFind] = useState("");
  const text = useDeferredValue(find).trim().toLowerCase();
  const sorted = useMemo(() => answer.data?.toSorted((a, b) => byName.compare(a.key, b.key)) ?? [], [answer.data]);
  const shown = useMemo(() => sorted.filter(({ key }) => key.toLowerCase().includes(text)), [sorted, text]);
  return (
    <Card
      title="Metrics"
      {...(answer.data && { count: answer.data.length })}
      find={sorted.length >= FIND_FROM ? [find, setFind] : undefined}
    >
      {answer.isPending && <Loading what="metrics" />}
      {answer.isError && <Failure what="the metrics" error={answer.error} retry={answer.refetch} />}
      {answer.data?.length === 0 && (
        <p className={styles.cardEmpty}>
          None{run.info.status === "RUNNING" ? " yet" : ""}. <code>kipu.log_metric("loss", 0.25, step=3)</code> logs
          one.
        </p>
      )}
      {sorted.length > 0 && shown.length === 0 && (
        <p className={styles.cardEmpty}>No metric has “{find.trim()}” in its name.</p>
      )}
      {shown.length > 0 && (
        <Rows
          rows={shown}
          label="Metrics"
          className={`${styles.rowsMetrics} tabular`}
          keyOf={({ key }) => key}
          head={<Head />}
          cells={(metric) => <MetricCells metric={metric} />}
        />
      )}
    </Card>
  );
}

function Head() {
  return (
    <div className={`${styles.row} ${styles.rowsHead}`} role="row">
      {["Name", "Latest", "Min", "Max", "Last step", "Points"].map((name) => (
        <span key={name} role="columnheader">
          {name}
        </span>
      ))}
    </div>
  );
}

function MetricCells({ metric }: { metric: MetricSummary }) {
  return (
    <>
      <span role="cell" className={styles.cell}>
        <Link
          from="/runs/$runId"
          to="/runs/$runId"
          search={(before) => ({ ...before, tab: "charts", metric: metric.key })}
          title={metric.key}
        >
          {metric.key}
        </Link>
      </span>
      <NumberCell value={metric.value} strong />
      <NumberCell value={metric.min} />
      <NumberCell value={metric.max} />
      <span role="cell" className={styles.cell}>
        {metric.step.toLocaleString("en-US")}
      </span>
      <span role="cell" className={styles.cell}>
        {formatCount(metric.count)}
      </span>
    </>
  );
}

function NumberCell({ value, strong = false }: { value: number; strong?: boolean }) {
  return (
    <span
      role="cell"
      className={strong ? `${styles.cell} ${styles.cellStrong}` : styles.cell}
      title={formatExact(value)}
    >
      {formatNumber(value)}
    </span>
  );
}
