// What the axis of a chart does not tell about a point: the time of a step, the step of a time.

import type { QueryClient } from "@tanstack/react-query";
import type { XAxis } from "@/components/chart/axes";
import type { Describe } from "@/components/chart/LineChart";
import { get } from "@/lib/api";

interface Point {
  timestamp: number;
  step: number;
}

/** Longer curves are not fetched only to name the step of a point. */
const MOST_POINTS = 25_000;
/** The server takes steps of 32 bits. */
const LARGEST_STEP = 2 ** 31 - 1;

/** Looks up step and time of a point of this run's curves. */
export function describePoints(client: QueryClient, runId: string, axis: XAxis, startTime: number): Describe {
  if (axis === "step") return (line, x, signal) => timeOfStep(runId, line.id, x, signal);
  return async (line, x) => {
    const time = axis === "time" ? x : startTime + x * 1000;
    if (line.count > MOST_POINTS) return { time };
    const points = await client.fetchQuery({
      queryKey: ["run", runId, "history", line.id, line.count],
      queryFn: () => history(runId, line.id),
      staleTime: Number.POSITIVE_INFINITY,
    });
    const nearest = nearestInTime(points, time);
    return nearest ? { step: nearest.step, time: nearest.timestamp } : { time };
  };
}

async function timeOfStep(runId: string, key: string, step: number, signal: AbortSignal) {
  if (Math.abs(step) > LARGEST_STEP) return null;
  const query = { run_ids: [runId], metric_key: key, start_step: step, end_step: step, max_results: 100 };
  const answer = await get<{ metrics?: Point[] }>("/2.0/mlflow/metrics/get-history-bulk-interval", query, signal);
  const last = answer.metrics?.at(-1);
  return last ? { step: last.step, time: last.timestamp } : null;
}

async function history(runId: string, key: string): Promise<Point[]> {
  const query = { run_id: runId, metric_key: key, max_results: MOST_POINTS };
  const answer = await get<{ metrics?: Point[] }>("/2.0/mlflow/metrics/get-history", query);
  return answer.metrics ?? [];
}

function nearestInTime(points: readonly Point[], time: number): Point | undefined {
  let nearest: Point | undefined;
  for (const point of points) {
    // Of points logged in the same millisecond the last one is drawn.
    if (!nearest || Math.abs(point.timestamp - time) <= Math.abs(nearest.timestamp - time)) nearest = point;
  }
  return nearest && Math.abs(nearest.timestamp - time) < 2 ? nearest : undefined;
}
