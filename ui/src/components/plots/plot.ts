// The plots that autologging makes, read from their JSON (docs/design/plots.md).

export interface ConfusionMatrixPlot {
  kind: "confusion_matrix";
  title: string;
  /** Whether shares of the true class are told before counts. */
  normalized: boolean;
  labels: string[];
  /** A row for each true class, a column for each predicted one. */
  counts: number[][];
}

export interface NamedCurve {
  name: string;
  /** The area below it, or its average precision. */
  area: number;
  x: number[];
  y: number[];
  /** As many as points; NaN where there is none. */
  thresholds: number[];
}

export interface CurvesPlot {
  kind: "roc_curve" | "precision_recall_curve";
  title: string;
  curves: NamedCurve[];
}

export interface ImportancePlot {
  kind: "importance";
  title: string;
  /** By size, the largest first; a value each, or one for each class. */
  features: { name: string; values: number[] }[];
}

interface Scores {
  mean: number[];
  /** As many as means; NaN where it is not known. */
  std: number[];
}

export interface LearningCurvePlot {
  kind: "learning_curve";
  title: string;
  score: string;
  unit: string;
  sizes: number[];
  train: Scores;
  test: Scores;
}

export type Plot = ConfusionMatrixPlot | CurvesPlot | ImportancePlot | LearningCurvePlot;

const IMPORTANCE = /(?:^|\/)feature_importance_([^/]+)\.json$/;
/** Larger matrices are shown as values: nobody reads them as a picture. */
const MOST_CLASSES = 400;

/** The plot in the value of a JSON file, or null if it holds none, or one of a later version. */
export function readPlot(path: string, value: unknown): Plot | null {
  if (!isObject(value)) return null;
  const importance = IMPORTANCE.exec(path)?.[1];
  if (importance !== undefined) return readImportance(importance, value);
  if (value.version !== 1) return null;
  const title = typeof value.title === "string" ? value.title : "";
  switch (value.kind) {
    case "confusion_matrix":
      return readConfusionMatrix(title, value);
    case "roc_curve":
      return readCurves(value.kind, title, value, ["fpr", "tpr", "auc"]);
    case "precision_recall_curve":
      return readCurves(value.kind, title, value, ["recall", "precision", "average_precision"]);
    case "learning_curve":
      return readLearningCurve(title, value);
    default:
      return null;
  }
}

/** Whether a file may hold importances, which are told by their name. */
export function isImportance(path: string): boolean {
  return IMPORTANCE.test(path);
}

function readConfusionMatrix(title: string, value: Fields): ConfusionMatrixPlot | null {
  const labels = texts(value.labels);
  const counts = Array.isArray(value.counts) ? value.counts.map(numbers) : [];
  const size = labels?.length ?? 0;
  if (!labels || size === 0 || size > MOST_CLASSES || counts.length !== size) return null;
  const rows = counts.filter((row) => row?.length === size) as number[][];
  if (rows.length !== size) return null;
  return { kind: "confusion_matrix", title, normalized: value.normalized !== false, labels, counts: rows };
}

function readCurves(
  kind: CurvesPlot["kind"],
  title: string,
  value: Fields,
  [x, y, area]: [string, string, string],
): CurvesPlot | null {
  if (!Array.isArray(value.curves) || value.curves.length === 0) return null;
  const curves: NamedCurve[] = [];
  for (const one of value.curves as unknown[]) {
    const fields = isObject(one) ? one : {};
    const [across, up] = [numbers(fields[x]), numbers(fields[y])];
    if (!across || !up || across.length !== up.length) return null;
    const thresholds = numbers(fields.thresholds ?? []) ?? [];
    curves.push({ name: String(fields.name ?? ""), area: number(fields[area]), x: across, y: up, thresholds });
  }
  return { kind, title, curves };
}

function readImportance(measure: string, value: Fields): ImportancePlot | null {
  const features = Object.entries(value).map(([name, one]) => ({
    name,
    values: (Array.isArray(one) ? numbers(one) : numbers([one])) ?? [],
  }));
  if (features.length === 0 || features.some(({ values }) => values.length === 0)) return null;
  features.sort((a, b) => sizeOf(b.values) - sizeOf(a.values));
  return { kind: "importance", title: `Feature importance (${measure})`, features };
}

/** How large the values of a feature are together; −1 where none is a number. */
function sizeOf(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length > 0 ? known.reduce((sum, value) => sum + Math.abs(value), 0) : -1;
}

function readLearningCurve(title: string, value: Fields): LearningCurvePlot | null {
  const sizes = numbers(value.sizes);
  if (!sizes || sizes.length === 0) return null;
  const [train, test] = [scores(value.train, sizes.length), scores(value.test, sizes.length)];
  if (!train || !test) return null;
  const [score, unit] = [String(value.score ?? "score"), String(value.unit ?? "training samples")];
  return { kind: "learning_curve", title, score, unit, sizes, train, test };
}

function scores(value: unknown, count: number): Scores | null {
  if (!isObject(value)) return null;
  const [mean, std] = [numbers(value.mean), numbers(value.std ?? [])];
  if (mean?.length !== count || !std) return null;
  return { mean, std: mean.map((_, i) => std[i] ?? Number.NaN) };
}

type Fields = Record<string, unknown>;

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function texts(value: unknown): string[] | null {
  return Array.isArray(value) ? value.map(String) : null;
}

function numbers(value: unknown): number[] | null {
  return Array.isArray(value) && value.every(isNumber) ? value.map(number) : null;
}

/** JSON has no words for NaN and the infinities: they come as null, or as texts. */
const WORDS: readonly unknown[] = [null, "NaN", "Infinity", "-Infinity"];

function isNumber(value: unknown): boolean {
  return typeof value === "number" || WORDS.includes(value);
}

function number(value: unknown): number {
  return value === null || value === undefined ? Number.NaN : Number(value);
}
