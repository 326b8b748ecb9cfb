import { useMemo, useState } from "react";
import { CopyButton } from "@/components/CopyButton";
import { fileName, saveBlob } from "@/components/chart/exporting";
import { Icon } from "@/components/Icon";
import { Segments } from "@/components/Segments";
import { DataTable } from "@/components/table/DataTable";
import { ConfusionMatrix } from "./ConfusionMatrix";
import { Curves, curvesSummary } from "./Curves";
import { Importance, importanceSummary } from "./Importance";
import { LearningCurve, learningSummary } from "./LearningCurve";
import { numbersOf, tableAsCsv } from "./numbers";
import type { Plot } from "./plot";
import styles from "./plots.module.css";
import { summary } from "./shares";

export interface PlotFile {
  /** Such as SVG. */
  label: string;
  href: string;
  name: string;
}

interface PlotFigureProps {
  plot: Plot;
  /** The JSON that it was read from. */
  source: string;
  /** Of the files that are saved, without an extension. */
  name: string;
  /** The files that the run has of it. */
  files: readonly PlotFile[];
}

/** A plot with its numbers one click away, and the way to its files. */
export function PlotFigure({ plot, source, name, files }: PlotFigureProps) {
  const [view, setView] = useState<"plot" | "numbers">("plot");
  return (
    <figure className={styles.plot}>
      <header>
        <figcaption>
          <h3>{plot.title || name}</h3>
          <p className="faint tabular">{summaryOf(plot)}</p>
        </figcaption>
        <Segments label="Show" options={{ plot: "Plot", numbers: "Numbers" }} value={view} onChange={setView} />
      </header>
      {view === "plot" ? (
        <Drawing plot={plot} onMore={() => setView("numbers")} />
      ) : (
        <Numbers plot={plot} source={source} name={name} />
      )}
      {files.length > 0 && (
        <footer className={styles.files}>
          <Icon name="download" size={13} />
          {files.map(({ label, href, name: file }) => (
            <a key={label} href={href} download={file} title={file}>
              {label}
            </a>
          ))}
          <span title={name}>{name}</span>
        </footer>
      )}
    </figure>
  );
}

function Drawing({ plot, onMore }: { plot: Plot; onMore: () => void }) {
  switch (plot.kind) {
    case "confusion_matrix":
      return <ConfusionMatrix plot={plot} />;
    case "roc_curve":
    case "precision_recall_curve":
      return <Curves plot={plot} />;
    case "importance":
      return <Importance plot={plot} onMore={onMore} />;
    case "learning_curve":
      return <LearningCurve plot={plot} />;
  }
}

function summaryOf(plot: Plot): string {
  switch (plot.kind) {
    case "confusion_matrix":
      return sentence(summary(plot));
    case "roc_curve":
    case "precision_recall_curve":
      return sentence(curvesSummary(plot));
    case "importance":
      return importanceSummary(plot);
    case "learning_curve":
      return sentence(learningSummary(plot));
  }
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function Numbers({ plot, source, name }: { plot: Plot; source: string; name: string }) {
  const table = useMemo(() => numbersOf(plot), [plot]);
  const csv = useMemo(() => tableAsCsv(table), [table]);
  const save = (text: string, type: string, extension: string) =>
    saveBlob(new Blob([text], { type }), fileName(name, extension));
  return (
    <div className={styles.numbers}>
      <DataTable table={table} />
      <div className={styles.actions}>
        <CopyButton text={csv} label="Copy the numbers as CSV">
          CSV
        </CopyButton>
        <CopyButton text={source} label="Copy the numbers as JSON">
          JSON
        </CopyButton>
        <button type="button" className="button" title="Save the numbers" onClick={() => save(csv, "text/csv", "csv")}>
          <Icon name="download" size={14} /> CSV
        </button>
        <button
          type="button"
          className="button"
          title="Save the numbers"
          onClick={() => save(source, "application/json", "json")}
        >
          <Icon name="download" size={14} /> JSON
        </button>
      </div>
    </div>
  );
}
