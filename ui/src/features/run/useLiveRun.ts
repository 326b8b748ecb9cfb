// Keeps the page of a running run current: only what changed is asked for again.

import { useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { useChanges } from "@/lib/changes";
import { type MetricSummary, run, runMetrics } from "./api";

/** Follows a run while it is `live`. */
export function useLiveRun(runId: string, live: boolean): void {
  const client = useQueryClient();
  const refreshing = useRef<{ again: boolean } | null>(null);

  const refresh = async () => {
    if (refreshing.current) {
      refreshing.current.again = true;
      return;
    }
    refreshing.current = { again: false };
    try {
      const { queryKey } = runMetrics(runId);
      const before = client.getQueryData(queryKey) ?? [];
      const [after] = await Promise.all([
        client.fetchQuery({ ...runMetrics(runId), staleTime: 0 }),
        client.invalidateQueries({ queryKey: run(runId).queryKey }),
        client.invalidateQueries({ queryKey: ["run", runId, "artifacts"] }),
      ]);
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

/** The names of metrics that got points between two looks. */
export function changedMetrics(before: readonly MetricSummary[], after: readonly MetricSummary[]): Set<string> {
  const known = new Map(before.map((metric) => [metric.key, metric]));
  const changed = after.filter((metric) => {
    const old = known.get(metric.key);
    return old?.count !== metric.count || old.timestamp !== metric.timestamp || old.step !== metric.step;
  });
  return new Set(changed.map(({ key }) => key));
}
