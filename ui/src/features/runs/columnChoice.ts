// Which columns a run table shows: their names, and the choice to begin with.

import { joinNames, splitNames } from "./search";

export type ColumnKind = "builtin" | "metric" | "param" | "tag";

/** The columns that every run has beside its name. */
export const BUILTINS = {
  started: "Started",
  duration: "Duration",
  ended: "Ended",
  user: "User",
  status: "Status",
  run_id: "Run ID",
} as const;

export type Builtin = keyof typeof BUILTINS;
export type ColumnId = { id: string; kind: ColumnKind; name: string };
export type KnownColumns = {
  metrics: readonly { name: string; runs: number }[];
  params: readonly { name: string; runs: number; distinct: number }[];
  tags: readonly { name: string; runs: number; distinct: number }[];
};

const PREFIXES = { metric: "metrics.", param: "params.", tag: "tags." } as const;
const ORDER: readonly ColumnKind[] = ["builtin", "metric", "param", "tag"];

export function columnId(kind: Exclude<ColumnKind, "builtin">, name: string): string {
  return PREFIXES[kind] + name;
}

/** Read `metrics.loss`, `params.lr`, `tags.owner` or the name of a builtin; undefined when it is none of these. */
export function readColumnId(id: string): ColumnId | undefined {
  for (const kind of ["metric", "param", "tag"] as const) {
    const prefix = PREFIXES[kind];
    if (id.startsWith(prefix) && id.length > prefix.length) return { id, kind, name: id.slice(prefix.length) };
  }
  return id in BUILTINS ? { id, kind: "builtin", name: BUILTINS[id as Builtin] } : undefined;
}

/** The columns of a choice, once each, builtins first, then metrics, params and tags. */
export function readChoice(text: string): ColumnId[] {
  const known = new Map<string, ColumnId>();
  for (const id of splitNames(text)) {
    const column = readColumnId(id);
    if (column !== undefined) known.set(id, column);
  }
  const columns = [...known.values()];
  return ORDER.flatMap((kind) => columns.filter((column) => column.kind === kind));
}

export function writeChoice(ids: Iterable<string>): string {
  return joinNames([...ids]);
}

const FIRST = 8;

/**
 * What to show before anything is chosen: when and how long, the metrics most runs have, and the params that differ.
 *
 * Where no param differs, a few are shown all the same; system metrics wait until they are asked for.
 */
export function defaultChoice(columns: KnownColumns): string {
  const byRuns = (a: { name: string; runs: number }, b: { name: string; runs: number }) => b.runs - a.runs;
  const metrics = columns.metrics.filter((metric) => !metric.name.startsWith("system/")).sort(byRuns);
  const differing = columns.params.filter((param) => param.distinct > 1).sort(byRuns);
  const params = differing.length > 0 ? differing.slice(0, FIRST) : [...columns.params].sort(byRuns).slice(0, 4);
  return writeChoice([
    "started",
    "duration",
    ...metrics.slice(0, FIRST).map((metric) => columnId("metric", metric.name)),
    ...params.map((param) => columnId("param", param.name)),
  ]);
}

/** The choice with what new runs brought: columns join where a kind has room, and none goes. */
export function growChoice(choice: string, columns: KnownColumns): string {
  const shown = readChoice(choice);
  const ids = new Set(shown.map((column) => column.id));
  for (const column of readChoice(defaultChoice(columns))) {
    if (shown.filter((other) => other.kind === column.kind).length >= FIRST || ids.has(column.id)) continue;
    ids.add(column.id);
    shown.push(column);
  }
  return writeChoice(ids);
}

const LESS = new Set(
  "err rmse mse mae mape smape nll bpc bpb wer cer fid kl perplexity ppl latency duration regret divergence".split(" "),
);
const MORE = new Set(
  "acc auc auroc auprc f1 score precision recall r2 map bleu rouge iou miou dice reward return ndcg psnr ssim throughput".split(
    " ",
  ),
);

// What scikit-learn's searches tell of a candidate beside its mean scores: here `score` is not what is counted.
const RANK = /^rank_test_/;
const SPREAD_OR_TIME = /^std_(test|train)_|_(fit|score)_time$/;

/** Whether less or more of a metric is better, judged by its name; undefined when the name does not say. */
export function goalOf(metric: string): "min" | "max" | undefined {
  const name = metric.toLowerCase();
  const words = name.split(/[^a-z0-9]+/);
  if (RANK.test(name)) return "min";
  if (SPREAD_OR_TIME.test(name)) return undefined;
  if (/loss|error/.test(name) || words.some((word) => LESS.has(word))) return "min";
  if (/accuracy|(^|_)r2(_|$)/.test(name) || words.some((word) => MORE.has(word))) return "max";
  return undefined;
}
