import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useRef } from "react";
import { useChanges } from "@/lib/changes";
import { canNarrow, fetchTable, runTable, type TableRequest, tableKey } from "./api/runTable";
import { mergeTable, type RunTable } from "./table";

/** More changed runs than this are cheaper to read with all others. */
const MOST_NARROWED = 300;

/** The table, kept up to date: after a change only the changed runs are asked for, and nothing while nothing changes. */
export function useRunTable(request: TableRequest, isReady: boolean, onChanged: () => void) {
  const client = useQueryClient();
  const query = useQuery({ ...runTable(request), enabled: isReady });
  const waiting = useRef(new Set<string>());
  const isBusy = useRef(false);
  const hasSettled = query.data !== undefined && !query.isPlaceholderData;

  const catchUp = useEffectEvent(async () => {
    if (isBusy.current || query.isFetching || !hasSettled || waiting.current.size === 0) return;
    isBusy.current = true;
    const ids = [...waiting.current];
    waiting.current.clear();
    const key = tableKey(request);
    try {
      if (ids.includes("") || ids.length > MOST_NARROWED || !canNarrow(request.filter)) {
        await client.refetchQueries({ queryKey: key });
      } else {
        const fresh = await fetchTable(request, undefined, ids);
        const old = client.getQueryData<RunTable>(key);
        if (old !== undefined) {
          client.setQueryData(key, mergeTable(old, fresh, new Set(ids)));
        }
      }
      onChanged();
    } catch {
      // The next change, or the stream's return after a break, asks for these again.
      for (const id of ids) waiting.current.add(id);
      return;
    } finally {
      isBusy.current = false;
    }
    if (waiting.current.size > 0) catchUp();
  });

  useChanges(
    { experimentIds: [request.experimentId] },
    (runIds) => {
      // No ids: the stream was broken, and anything may have changed meanwhile.
      for (const id of runIds.length === 0 ? [""] : runIds) waiting.current.add(id);
      catchUp();
    },
    { enabled: query.data !== undefined, cursor: query.data?.cursor },
  );
  useEffect(() => {
    if (!query.isFetching && hasSettled) catchUp();
  }, [query.isFetching, hasSettled]);
  return query;
}
