// Keeps the page of a running run current: only what changed is asked for again.

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useChanges } from "@/lib/changes";
import { type MetricSummary, run, runMetrics } from "./api";

/** A run's info carries all its metrics, so it is not asked for with each point. */
const INFO_MS = 2000;
/** Lists of files may come from a slow store. */
const FILES_MS = 15_000;

/** Follows a run while it is `live`. */
export function useLiveRun(runId: string, live: boolean): void {
  const client = useQueryClient();
  const refreshing = useRef<{ again: boolean } | null>(null);
  const paces = useRef<[info: Pace, files: Pace] | null>(null);

  useEffect(() => {
    const info = new Pace(INFO_MS, () => void client.invalidateQueries({ queryKey: run(runId).queryKey }));
    const files = new Pace(FILES_MS, () => {
      for (const part of ["artifacts", "models"]) void client.invalidateQueries({ queryKey: ["run", runId, part] });
    });
    paces.current = [info, files];
    return () => {
      info.stop();
      files.stop();
    };
  }, [client, runId]);

  const refresh = async () => {
    if (refreshing.current) {
      refreshing.current.again = true;
      return;
    }
    refreshing.current = { again: false };
    for (const pace of paces.current ?? []) pace.ask();
    try {
      const before = client.getQueryData(runMetrics(runId).queryKey) ?? [];
      const after = await client.fetchQuery({ ...runMetrics(runId), staleTime: 0 });
      const changed = changedMetrics(before, after);
      // Curves on screen are fetched again at once, others when they come into sight.
      await client.invalidateQueries({
        queryKey: ["run", runId, "curve"],
        predicate: ({ queryKey: [, , , key] }) => changed.has(key as string),
      });
    } catch {
      // The server is away for the moment: the next change, or the stream coming back, asks again.
    } finally {
      const { again } = refreshing.current;
      refreshing.current = null;
      if (again) void refresh();
    }
  };
  useChanges({ runIds: [runId] }, () => void refresh(), { enabled: live });
}

/** Does something at once when asked, but again only after a while; what is asked meanwhile is done once, then. */
export class Pace {
  #last = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly every: number,
    private readonly act: () => void,
  ) {}

  ask(): void {
    if (this.#timer !== undefined) return;
    const wait = this.#last + this.every - performance.now();
    if (wait <= 0) this.#now();
    else this.#timer = setTimeout(() => this.#now(), wait);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #now(): void {
    this.#timer = undefined;
    this.#last = performance.now();
    this.act();
  }
}

/** The names of metrics that got points between two looks. */
export function changedMetrics(before: readonly MetricSummary[], after: readonly MetricSummary[]): Set<string> {
  const known = new Map(before.map((metric) => [metric.key, metric]));
  const changed = after.filter((metric) => {
    const old = known.get(metric.key);
    return old?.count !== metric.count || old.timestamp !== metric.timestamp || old.step !== metric.step;
  });
  return new Set(changed.map(({ key }) => key));
}
