// Shares and totals of a confusion matrix.

import { formatNumber } from "@/lib/format";
import type { ConfusionMatrixPlot } from "./plot";

/** How much each true class has in all. */
export function rowTotals({ counts }: ConfusionMatrixPlot): number[] {
  return counts.map((row) => row.filter(Number.isFinite).reduce((sum, count) => sum + count, 0));
}

/** What the matrix says in a line: how much there is, and how much of it is right. */
export function summary(plot: ConfusionMatrixPlot): string {
  const total = rowTotals(plot).reduce((sum, one) => sum + one, 0);
  const right = plot.counts.reduce((sum, row, i) => sum + (Number.isFinite(row[i]) ? (row[i] ?? 0) : 0), 0);
  const said = plot.normalized ? "shares of the true class" : "counts";
  return total > 0
    ? `${said} · ${formatNumber(total)} in all · ${formatShare(right / total, 1)} on the diagonal`
    : said;
}

/** A share in percent; with a decimal where it is told apart from all and nothing by it. */
export function formatShare(share: number, digits = 0): string {
  if (Number.isNaN(share)) return "";
  const text = (100 * share).toFixed(digits);
  const nearAnEnd = (text === "0" || text === "100") && share !== 0 && share !== 1;
  return `${nearAnEnd ? (100 * share).toFixed(1) : text}%`;
}
