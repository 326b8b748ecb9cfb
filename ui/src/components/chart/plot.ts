// A chart of many curves: uPlot keeps axes, cursor and selection; the curves are painted here.
//
// uPlot's own series want one x column for all curves. Ours differ, and joining a hundred of them would make a table of
// ten million cells; so uPlot is given two invisible points, and its draw hook paints every curve from its own columns.

import uPlot from "uplot";
import { resolveColor } from "@/lib/colors";
import { axesOf, type XAxis } from "./axes";
import styles from "./chart.module.css";
import { type Hit, hitsAt } from "./hover";
import type { Line } from "./lines";
import { type DrawnLine, type Plane, paintLines, strokeHairlines } from "./paint";
import { type Axis, projection } from "./projection";
import { type Range, rangeOfX, rangeOfY } from "./ranges";
import { smooth } from "./smoothing";

/** How the curves are shown. */
export interface View {
  axis: XAxis;
  logX: boolean;
  logY: boolean;
  /** 0 to 0.99. */
  smoothing: number;
  ignoreOutliers: boolean;
}

/** What lies under the pointer, and where, in CSS pixels of the chart's element. */
export interface Hover {
  drawn: readonly DrawnLine[];
  hits: Hit[];
  left: number;
  top: number;
  /** Whether the pointer is on this chart, not on another that shares its cursor. */
  own: boolean;
}

export interface PlotOptions {
  view: View;
  syncKey: string | undefined;
  onZoom: (range: Range | null) => void;
  onHover: (hover: Hover | null) => void;
}

const NO_RANGE: Range = [0, 1];

/** One chart in one element. Make a new one when the view's axes or the theme change; the rest can be set. */
export class Plot {
  readonly #plot: uPlot;
  readonly #focus: HTMLCanvasElement;
  #drawn: DrawnLine[] = [];
  #x: Range = NO_RANGE;
  #y: Range = NO_RANGE;
  #own = false;
  readonly #colors = new Map<string, string>();

  constructor(
    element: HTMLElement,
    size: { width: number; height: number },
    private readonly options: PlotOptions,
  ) {
    const { view } = options;
    this.#plot = new uPlot(
      {
        ...size,
        ms: 1,
        padding: [10, 14, 0, 0],
        legend: { show: false },
        focus: { alpha: 1 },
        cursor: this.#cursor(),
        scales: {
          x: { time: view.axis === "time", distr: view.logX ? 3 : 1, range: () => [...this.#x] },
          y: { distr: view.logY ? 3 : 1, range: () => [...this.#y] },
        },
        axes: axesOf(view.axis, view.logX, view.logY),
        series: [{}, { paths: () => null, points: { show: false } }],
        hooks: {
          draw: [() => this.#paint()],
          setCursor: [() => this.#hover()],
          setSelect: [() => this.#zoom()],
        },
      },
      [
        [0, 1],
        [0, 1],
      ],
      element,
    );
    this.#focus = document.createElement("canvas");
    this.#focus.className = styles.chartFocus ?? "";
    this.#plot.over.before(this.#focus);
    this.#plot.over.addEventListener("mouseenter", this.#enter);
    this.#plot.over.addEventListener("mouseleave", this.#leave);
  }

  get canvas(): HTMLCanvasElement {
    return this.#plot.ctx.canvas;
  }

  /** Show these lines, all of them or the part of the x axis that was zoomed to. */
  show(lines: readonly Line[], view: View, zoom: Range | null): void {
    this.#drawn = lines.map((line) => ({
      line,
      smoothed: view.smoothing > 0 ? smooth(line.banded ? line.mean : line.last, view.smoothing) : null,
    }));
    this.#x = zoom ?? rangeOfX(lines, view.logX) ?? NO_RANGE;
    const y = rangeOfY(lines, this.#x, { log: view.logY, ignoreOutliers: view.ignoreOutliers });
    this.#y = y ?? (view.logY ? [0.1, 1] : NO_RANGE);
    this.#plot.setData([[...this.#x], [...this.#y]]);
  }

  resize(width: number, height: number): void {
    if (width !== this.#plot.width || height !== this.#plot.height) this.#plot.setSize({ width, height });
  }

  /** Move the cursor to the next or previous point of the first line, for the keyboard. */
  step(by: number): void {
    const line = this.#drawn[0]?.line;
    if (!line || line.x.length === 0) return;
    const { left } = this.#plot.cursor;
    const { toX } = this.#plane();
    const pixels = Array.from(line.x, (x) => (toX(x) - this.#plot.bbox.left) / uPlot.pxRatio);
    const width = this.#plot.over.clientWidth;
    const inSight = pixels.filter((at) => at >= 0 && at <= width + 0.5);
    const from = left === undefined || left < 0 ? (by > 0 ? -1 : width + 1) : left;
    const next = by > 0 ? inSight.find((at) => at > from + 0.5) : inSight.findLast((at) => at < from - 0.5);
    if (next === undefined) return;
    this.#own = true;
    this.#plot.setCursor({ left: next, top: 8 }, true);
  }

  /** Take the cursor away. */
  leave(): void {
    this.#own = false;
    this.#plot.setCursor({ left: -10, top: -10 });
  }

  destroy(): void {
    this.#plot.destroy();
  }

  readonly #enter = () => {
    this.#own = true;
  };

  readonly #leave = () => {
    this.#own = false;
  };

  #cursor(): uPlot.Cursor {
    const { syncKey } = this.options;
    const isMove = (type: string) => type === "mousemove" || type === "mouseleave";
    return {
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false, dist: 4 },
      // The axis shows what was zoomed to; a double click shows all again.
      bind: {
        dblclick: () => () => {
          this.options.onZoom(null);
          return null;
        },
      },
      ...(syncKey !== undefined && { sync: { key: syncKey, setSeries: false, filters: { pub: isMove, sub: isMove } } }),
    };
  }

  #axes(): { x: Axis; y: Axis } {
    const { left, top, width, height } = this.#plot.bbox;
    const { view } = this.options;
    return {
      x: { range: this.#x, from: left, to: left + width, log: view.logX },
      y: { range: this.#y, from: top + height, to: top, log: view.logY },
    };
  }

  #plane(): Plane {
    const { x, y } = this.#axes();
    const { left, top, width, height } = this.#plot.bbox;
    return { toX: projection(x), toY: projection(y), left, top, width, height, pixelRatio: uPlot.pxRatio };
  }

  #paint(): void {
    paintLines(this.#plot.ctx, this.#drawn, this.#plane(), (variable) => this.#color(variable));
  }

  /** Looked up once: asking the document for each line at each movement would be felt. */
  #color(variable: string): string {
    let color = this.#colors.get(variable);
    if (color === undefined) {
      color = resolveColor(variable);
      this.#colors.set(variable, color);
    }
    return color;
  }

  #zoom(): void {
    const { left, width } = this.#plot.select;
    if (width < 2) return;
    const range: Range = [this.#plot.posToVal(left, "x"), this.#plot.posToVal(left + width, "x")];
    this.#plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.options.onZoom(range);
  }

  #hover(): void {
    const { left = -1, top = -1 } = this.#plot.cursor;
    const context = this.#clearFocus();
    if (left < 0 || this.#drawn.length === 0) {
      this.options.onHover(null);
      return;
    }
    const plane = this.#plane();
    const ratio = plane.pixelRatio;
    const at = this.#plot.posToVal(left, "x");
    const reach = Math.abs(this.#plot.posToVal(left + 12, "x") - at);
    const hits = hitsAt(this.#drawn, at, reach, (value) => (plane.toY(value) - plane.top) / ratio, top);
    if (hits.length === 0) {
      this.options.onHover(null);
      return;
    }
    if (context) this.#paintFocus(context, hits, plane);
    const { offsetLeft, offsetTop } = this.#plot.over;
    this.options.onHover({ drawn: this.#drawn, hits, left: left + offsetLeft, top: top + offsetTop, own: this.#own });
  }

  #clearFocus(): CanvasRenderingContext2D | null {
    const { width, height } = this.canvas;
    if (this.#focus.width !== width || this.#focus.height !== height) {
      this.#focus.width = width;
      this.#focus.height = height;
      this.#focus.style.width = `${width / uPlot.pxRatio}px`;
      this.#focus.style.height = `${height / uPlot.pxRatio}px`;
    }
    const context = this.#focus.getContext("2d");
    context?.clearRect(0, 0, width, height);
    return context;
  }

  #paintFocus(context: CanvasRenderingContext2D, hits: readonly Hit[], plane: Plane): void {
    const ground = this.#color("--bg-raised");
    const nearest = hits[0] && this.#drawn[hits[0].line];
    context.save();
    context.beginPath();
    context.rect(plane.left, plane.top, plane.width, plane.height);
    context.clip();
    if (nearest && this.#drawn.length > 1) {
      const { line, smoothed } = nearest;
      context.strokeStyle = ground;
      strokeHairlines(context, line.x, smoothed ?? line.last, plane, 9);
      context.strokeStyle = this.#color(line.color);
      strokeHairlines(context, line.x, smoothed ?? line.last, plane, 4);
    }
    context.restore();
    context.lineWidth = 1.5 * plane.pixelRatio;
    context.strokeStyle = ground;
    for (const hit of hits.slice(0, 12).reverse()) {
      const { line, smoothed } = this.#drawn[hit.line] as DrawnLine;
      const x = plane.toX(line.x[hit.point] as number);
      const y = plane.toY((smoothed ?? line.last)[hit.point] as number);
      if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
      context.fillStyle = this.#color(line.color);
      context.beginPath();
      context.arc(x, y, 4 * plane.pixelRatio, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
  }
}
