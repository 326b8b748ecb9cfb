// Which metrics are shown, and in which sections.

import type { MetricSummary } from "../api";

export interface Section {
  /** What precedes the last `/` of the names within; empty for names without one. */
  prefix: string;
  metrics: MetricSummary[];
}

const byName = new Intl.Collator("en", { numeric: true });

/** More sections than this and names are cut at their first `/` instead: else each layer of a network is one. */
const MOST_SECTIONS = 100;

/** Metrics in sections by prefix: those without a prefix first, system metrics last, `layer10` after `layer9`. */
export function sectionsOf(metrics: readonly MetricSummary[]): Section[] {
  const fine = groupBy(metrics, (key) => key.slice(0, Math.max(0, key.lastIndexOf("/"))));
  const groups =
    fine.size <= MOST_SECTIONS ? fine : groupBy(metrics, (key) => key.slice(0, Math.max(0, key.indexOf("/"))));
  return [...groups]
    .map(([prefix, within]) => ({ prefix, metrics: within.sort((a, b) => byName.compare(a.key, b.key)) }))
    .sort((a, b) => rank(a.prefix) - rank(b.prefix) || byName.compare(a.prefix, b.prefix));
}

function groupBy(metrics: readonly MetricSummary[], prefixOf: (key: string) => string): Map<string, MetricSummary[]> {
  const groups = new Map<string, MetricSummary[]>();
  for (const metric of metrics) {
    const prefix = prefixOf(metric.key);
    const group = groups.get(prefix);
    if (group) group.push(metric);
    else groups.set(prefix, [metric]);
  }
  return groups;
}

function rank(prefix: string): number {
  if (prefix === "") return 0;
  return prefix === "system" || prefix.startsWith("system/") ? 2 : 1;
}

/** Which names a search shows, or what is wrong with it. */
export type NameFilter = { matches: (name: string) => boolean; problem?: undefined } | { problem: string };

/** Reads a search: `/…/` is a regular expression, any other text is part of the name, in any case; words all must occur. */
export function nameFilter(search: string): NameFilter {
  const expression = /^\/(.+?)\/?$/.exec(search.trim())?.[1];
  if (expression !== undefined) {
    try {
      const pattern = new RegExp(expression, "i");
      return { matches: (name) => pattern.test(name) };
    } catch (error) {
      return { problem: error instanceof Error ? error.message : String(error) };
    }
  }
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return {
    matches: (name) => {
      const lower = name.toLowerCase();
      return words.every((word) => lower.includes(word));
    },
  };
}
