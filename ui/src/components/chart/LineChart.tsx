import { type KeyboardEvent, type Ref, useEffect, useImperativeHandle, useRef, useSyncExternalStore } from "react";
import { isDark, subscribeTheme } from "@/lib/theme";
import type { Line } from "./lines";
import { type Hover, Plot, type View } from "./plot";
import type { Range } from "./ranges";
import { readout } from "./readout";
import { Tip } from "./tip";
import "uplot/dist/uPlot.min.css";
import styles from "./chart.module.css";

/** What a parent may ask of a chart that is on the page. */
export interface ChartHandle {
  canvas: HTMLCanvasElement;
}

/** Where and when a point was logged, as far as it is known. */
export type Describe = (line: Line, x: number, signal: AbortSignal) => Promise<{ step?: number; time?: number } | null>;

interface LineChartProps {
  /** Drawn with the first on top. */
  lines: readonly Line[];
  view: View;
  /** The part of the x axis to show; null for all of it. */
  zoom: Range | null;
  onZoom: (range: Range | null) => void;
  /** Charts of one key share their cursor. */
  syncKey?: string;
  /** Completes the readout with what the axis does not tell; asked when the pointer rests. */
  describe?: Describe;
  label: string;
  handle?: Ref<ChartHandle>;
}

/** How long the pointer rests on a point before more is asked about it. */
const REST_MS = 140;

/**
 * Curves with band, smoothing, cursor and readout, filling its element.
 *
 * Drag to zoom, double-click to see all; with the keyboard, arrows walk along the points and Escape shows all.
 */
export function LineChart({ lines, view, zoom, onZoom, syncKey, describe, label, handle }: LineChartProps) {
  const element = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const dark = useSyncExternalStore(subscribeTheme, isDark);
  const latest = useRef({ lines, view, zoom, onZoom, describe });
  latest.current = { lines, view, zoom, onZoom, describe };
  const { axis, logX, logY } = view;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `dark` is no value used here, but its change repaints the axes.
  useEffect(() => {
    const parent = element.current;
    if (!parent) return;
    const tip = new Tip(parent);
    let asked: AbortController | undefined;
    let rest: ReturnType<typeof setTimeout> | undefined;
    const onHover = (hover: Hover | null) => {
      clearTimeout(rest);
      asked?.abort();
      if (!hover) return tip.hide();
      tip.show(readout(hover, latest.current.view), hover);
      const hit = hover.hits[0];
      const line = hit && hover.drawn[hit.line]?.line;
      if (!hover.own || !line || !latest.current.describe) return;
      rest = setTimeout(() => {
        asked = new AbortController();
        const { signal } = asked;
        latest.current.describe?.(line, line.x[hit.point] as number, signal).then(
          (more) => {
            if (more && !signal.aborted) tip.show(readout(hover, latest.current.view, more), hover);
          },
          // The readout is complete without it; a failure is not worth a word.
          () => undefined,
        );
      }, REST_MS);
    };
    const size = () => ({ width: parent.clientWidth || 300, height: parent.clientHeight || 200 });
    const made = new Plot(parent, size(), {
      view: latest.current.view,
      syncKey: syncKey && `${syncKey}:${axis}`,
      onZoom: (range) => latest.current.onZoom(range),
      onHover,
    });
    made.show(latest.current.lines, latest.current.view, latest.current.zoom);
    plot.current = made;
    const resized = new ResizeObserver(() => made.resize(size().width, size().height));
    resized.observe(parent);
    return () => {
      clearTimeout(rest);
      asked?.abort();
      resized.disconnect();
      plot.current = null;
      made.destroy();
      tip.remove();
    };
  }, [axis, logX, logY, syncKey, dark]);

  useEffect(() => plot.current?.show(lines, view, zoom), [lines, view, zoom]);

  useImperativeHandle(handle, () => ({
    get canvas() {
      if (!plot.current) throw new Error("The chart is not on the page.");
      return plot.current.canvas;
    },
  }));

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      plot.current?.step(event.key === "ArrowRight" ? 1 : -1);
      event.preventDefault();
    } else if (event.key === "Escape" && zoom) {
      onZoom(null);
      event.stopPropagation();
    }
  };

  return (
    <div
      ref={element}
      className={styles.chart}
      role="img"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrows walk along the curve.
      tabIndex={0}
      onKeyDown={onKeyDown}
      onBlur={() => plot.current?.leave()}
    />
  );
}
