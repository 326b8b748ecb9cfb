// The numbers of a plot as a table, in full.

import { csvField } from "@/components/chart/exporting";
import type { Table } from "@/components/table/table";
import type { Plot } from "./plot";

/** The numbers behind a plot; a matrix stays one, the points of curves stand below each other. */
export function numbersOf(plot: Plot): Table {
  switch (plot.kind) {
    case "confusion_matrix":
      return table(
        ["true \\ predicted", ...plot.labels],
        plot.labels.map((label, i) => [label, ...(plot.counts[i] ?? [])]),
      );
    case "roc_curve":
    case "precision_recall_curve": {
      const axes = plot.kind === "roc_curve" ? ["fpr", "tpr"] : ["recall", "precision"];
      return table(
        ["class", ...axes, "threshold"],
        plot.curves.flatMap(({ name, x, y, thresholds }) =>
          x.map((value, i) => [name, value, y[i] ?? Number.NaN, thresholds[i] ?? Number.NaN]),
        ),
      );
    }
    case "importance": {
      const classes = Math.max(...plot.features.map(({ values }) => values.length));
      const heads = classes === 1 ? ["importance"] : Array.from({ length: classes }, (_, i) => `class ${i}`);
      return table(
        ["feature", ...heads],
        plot.features.map(({ name, values }) => [name, ...values]),
      );
    }
    case "learning_curve": {
      const { sizes, train, test, unit } = plot;
      return table(
        [unit, "training", "training std", "test", "test std"],
        sizes.map((size, i) => [size, ...[train.mean, train.std, test.mean, test.std].map((one) => one[i] ?? NaN)]),
      );
    }
  }
}

/** A table as CSV. */
export function tableAsCsv({ columns, rows }: Table): string {
  return `${[columns, ...rows].map((row) => row.map(csvField).join(",")).join("\n")}\n`;
}

function table(columns: string[], rows: (string | number)[][]): Table {
  return { columns, rows: rows.map((row) => row.map(text)), cut: false };
}

function text(value: string | number): string {
  return typeof value === "number" && Number.isNaN(value) ? "" : String(value);
}
