import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { runColumns } from "./api/runColumns";

const LEAST_QUIET_MS = 3000;

/**
 * A function that asks again which columns there are, since a change may have brought new ones.
 *
 * It answers many calls with one question, and rests ten times as long as the question took: counting the columns of
 * 100,000 runs is no small thing.
 */
export function useColumnRefresh(experimentId: string): () => void {
  const client = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const earliest = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  return () => {
    if (timer.current !== undefined) return;
    timer.current = setTimeout(
      async () => {
        const start = performance.now();
        await client.refetchQueries({ queryKey: runColumns(experimentId).queryKey });
        const end = performance.now();
        earliest.current = end + Math.max(LEAST_QUIET_MS, 10 * (end - start));
        timer.current = undefined;
      },
      Math.max(0, earliest.current - performance.now()),
    );
  };
}
