// The settings that all charts of the page share: held here while a slider moves, then written to the address.

import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useState } from "react";
import type { View } from "@/components/chart/plot";
import type { RunSearch } from "../search";

const route = getRouteApi("/runs/$runId");

export interface ChartSettings extends View {
  find: string;
}

/** Browsers refuse to rewrite the address more than some times a second. */
const WRITE_MS = 250;

export function useChartView(): [settings: ChartSettings, change: (changed: Partial<ChartSettings>) => void] {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [moving, setMoving] = useState<Partial<ChartSettings>>({});

  useEffect(() => {
    if (Object.keys(moving).length === 0) return;
    const timer = setTimeout(() => {
      void navigate({ search: (before) => ({ ...before, ...toSearch(moving) }), replace: true, resetScroll: false });
      setMoving({});
    }, WRITE_MS);
    return () => clearTimeout(timer);
  }, [moving, navigate]);

  const settings = useMemo(() => ({ ...fromSearch(search), ...moving }), [search, moving]);
  const change = useCallback(
    (changed: Partial<ChartSettings>) => setMoving((before) => ({ ...before, ...changed })),
    [],
  );
  return [settings, change];
}

function fromSearch(search: RunSearch): ChartSettings {
  return {
    axis: search.x ?? "step",
    logX: search.logx ?? false,
    logY: search.logy ?? false,
    smoothing: search.smooth ?? 0,
    ignoreOutliers: search.trim ?? false,
    find: search.find ?? "",
  };
}

function toSearch(changed: Partial<ChartSettings>): RunSearch {
  const search: Record<string, unknown> = {};
  if (changed.axis !== undefined) search.x = changed.axis === "step" ? undefined : changed.axis;
  if (changed.logX !== undefined) search.logx = changed.logX || undefined;
  if (changed.logY !== undefined) search.logy = changed.logY || undefined;
  if (changed.smoothing !== undefined) search.smooth = changed.smoothing || undefined;
  if (changed.ignoreOutliers !== undefined) search.trim = changed.ignoreOutliers || undefined;
  if (changed.find !== undefined) search.find = changed.find || undefined;
  return search as RunSearch;
}
