import { memo, useState } from "react";
import type { View } from "@/components/chart/plot";
import { Icon } from "@/components/Icon";
import { formatCount, plural } from "@/lib/format";
import { ChartPanel } from "./ChartPanel";
import styles from "./charts.module.css";
import type { Section } from "./sections";

interface ChartSectionProps {
  section: Section;
  /** Whether it is open until the reader decides. */
  open: boolean;
  /** Whether it is the only one, which then needs no heading. */
  alone: boolean;
  runId: string;
  startTime: number;
  view: View;
  enlarge: (metric: string) => void;
}

/** More panels than this at a time would be felt in the page, even if only those in sight are drawn. */
const PAGE = 120;

/** The charts whose metrics share a prefix. */
export const ChartSection = memo(function ChartSection(props: ChartSectionProps) {
  const { section, alone } = props;
  const [chosen, setChosen] = useState<boolean | null>(null);
  const [pages, setPages] = useState(1);
  const open = alone || (chosen ?? props.open);
  const metrics = open ? section.metrics.slice(0, pages * PAGE) : [];
  const rest = open ? section.metrics.length - metrics.length : 0;
  const title = section.prefix || "Metrics";
  return (
    <section className={styles.chartsSection} aria-label={title}>
      {!alone && (
        <h2>
          <button type="button" aria-expanded={open} onClick={() => setChosen(!open)}>
            <Icon name={open ? "chevronDown" : "chevronRight"} size={14} />
            {title}
            <span className="faint tabular">{formatCount(section.metrics.length)}</span>
          </button>
        </h2>
      )}
      {open && (
        <div className={styles.chartsGrid}>
          {metrics.map((metric) => (
            <ChartPanel
              key={metric.key}
              runId={props.runId}
              startTime={props.startTime}
              metric={metric}
              title={alone ? metric.key : metric.key.slice(section.prefix ? section.prefix.length + 1 : 0)}
              view={props.view}
              enlarge={props.enlarge}
            />
          ))}
        </div>
      )}
      {rest > 0 && (
        <button type="button" className="button quiet" onClick={() => setPages(pages + 1)}>
          Show {plural(Math.min(rest, PAGE), "more chart")} of {formatCount(rest)}
        </button>
      )}
    </section>
  );
});
