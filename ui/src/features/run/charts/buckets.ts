// Curves from the server: what panels ask for at the same moment travels in one request.

import { queryOptions } from "@tanstack/react-query";
import type { XAxis } from "@/components/chart/axes";
import { type BucketSeries, type Line, lineFrom } from "@/components/chart/lines";
import type { Range } from "@/components/chart/ranges";
import { post } from "@/lib/api";
import { runColorIndex } from "@/lib/colors";

/** What one chart asks for. */
export interface Asked {
  runId: string;
  key: string;
  axis: XAxis;
  buckets: number;
  zoom: Range | null;
}

/** The server takes so many series in one request. */
const MOST_SERIES = 200;

interface Waiting {
  asked: Asked;
  resolve: (series: BucketSeries) => void;
  reject: (error: unknown) => void;
}

let waiting: Waiting[] = [];

/** One curve, bucketed. Calls within one turn of the event loop that agree on axis and range share a request. */
export function loadBuckets(asked: Asked): Promise<BucketSeries> {
  return new Promise((resolve, reject) => {
    if (waiting.length === 0) setTimeout(sendAll, 0);
    waiting.push({ asked, resolve, reject });
  });
}

function sendAll(): void {
  const batches = new Map<string, Waiting[]>();
  for (const one of waiting) {
    const { axis, buckets, zoom } = one.asked;
    const name = JSON.stringify([axis, buckets, zoom]);
    const batch = batches.get(name);
    if (batch) batch.push(one);
    else batches.set(name, [one]);
  }
  waiting = [];
  for (const batch of batches.values()) {
    for (let from = 0; from < batch.length; from += MOST_SERIES) void send(batch.slice(from, from + MOST_SERIES));
  }
}

async function send(batch: Waiting[]): Promise<void> {
  const [{ asked } = { asked: undefined }] = batch;
  if (!asked) return;
  const [lower, upper] = asked.zoom ? widened(asked.zoom) : [null, null];
  try {
    const answer = await post<{ series: BucketSeries[] }>("/kipu/1/metrics/buckets", {
      series: batch.map(({ asked: { runId, key } }) => ({ run_id: runId, key })),
      buckets: asked.buckets,
      axis: asked.axis,
      lower,
      upper,
    });
    batch.forEach((one, i) => {
      const series = answer.series[i];
      if (series) one.resolve(series);
      else one.reject(new Error(`The server sent no curve for ${one.asked.key}.`));
    });
  } catch (error) {
    for (const one of batch) one.reject(error);
  }
}

/** A little more than what is shown, so that curves run to the edges of the plot. */
function widened([lower, upper]: Range): Range {
  const margin = (upper - lower) * 0.05;
  return [lower - margin, upper + margin];
}

/** The curve of a metric, ready to draw. */
export function curve(asked: Asked) {
  const { runId, key, axis, buckets, zoom } = asked;
  return queryOptions({
    queryKey: ["run", runId, "curve", key, axis, buckets, zoom],
    queryFn: async (): Promise<Line> => {
      const color = `--series-${runColorIndex(runId)}`;
      return lineFrom(await loadBuckets(asked), { id: key, label: key, color });
    },
    // Points arrive only at running runs, and of these the stream of changes tells.
    staleTime: 60_000,
    gcTime: 120_000,
    structuralSharing: false,
  });
}
