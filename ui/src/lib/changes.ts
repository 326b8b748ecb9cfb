// Live update: the server's stream of changed runs, gathered so that a page asks again at most twice a second.

import { useEffect, useEffectEvent } from "react";
import { apiUrl } from "./api";

export type ChangeScope = { experimentIds?: readonly string[]; runIds?: readonly string[] };

/** How long a page rests between two changes that it hears of. */
const REST_MS = 600;
/** How long the first change waits for others that come with it. */
const GATHER_MS = 50;

/**
 * Call `onChange` with the ids of the runs that changed, at most every 0.6 s and never while nothing changes.
 *
 * The browser itself reconnects after a break; then the page is told with an empty list, since changes may have been missed.
 */
export function subscribe(scope: ChangeScope, onChange: (runIds: string[]) => void, cursor?: number): () => void {
  const url = apiUrl("/kipu/1/changes", { experiment_id: scope.experimentIds, run_id: scope.runIds, cursor });
  const source = new EventSource(url);
  const waiting = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wasBroken = false;
  let lastHeard = 0;

  const schedule = () => {
    timer ??= setTimeout(
      () => {
        timer = undefined;
        lastHeard = Date.now();
        const ids = [...waiting];
        waiting.clear();
        onChange(ids);
      },
      Math.max(GATHER_MS, lastHeard + REST_MS - Date.now()),
    );
  };
  source.addEventListener("changed", (event) => {
    const data = JSON.parse((event as MessageEvent<string>).data) as { run_ids: string[] };
    for (const id of data.run_ids) waiting.add(id);
    schedule();
  });
  source.addEventListener("error", () => {
    wasBroken = true;
  });
  source.addEventListener("open", () => {
    if (wasBroken) schedule();
    wasBroken = false;
  });
  return () => {
    source.close();
    clearTimeout(timer);
  };
}

/** Subscribe for as long as the component is shown and `enabled`; `cursor` is where the first answer ended. */
export function useChanges(
  scope: ChangeScope,
  onChange: (runIds: string[]) => void,
  { enabled = true, cursor }: { enabled?: boolean; cursor?: number | undefined } = {},
): void {
  const changed = useEffectEvent(onChange);
  const startOf = useEffectEvent(() => cursor);
  const key = JSON.stringify([scope.experimentIds ?? null, scope.runIds ?? null]);
  useEffect(() => {
    if (!enabled) return;
    const [experimentIds, runIds] = JSON.parse(key) as [string[] | null, string[] | null];
    const ids = { ...(experimentIds && { experimentIds }), ...(runIds && { runIds }) };
    return subscribe(ids, (changedIds) => changed(changedIds), startOf());
  }, [key, enabled]);
}
