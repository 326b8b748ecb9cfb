import { memo, type PointerEvent, useMemo, useRef, useState } from "react";
import { formatExact } from "@/components/chart/numbers";
import { formatNumber } from "@/lib/format";
import { Axes, type Frame, placeOf } from "./Axes";
import { placeIn, strokeOf, useWidth, variableOf } from "./draw";
import type { CurvesPlot, NamedCurve } from "./plot";
import styles from "./plots.module.css";
import { useTip } from "./useTip";

const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1];

/** What the axes and the measure of each kind of curves are called. */
const WORDS = {
  roc_curve: { x: "False positive rate", y: "True positive rate", area: "AUC", fit: "area below it" },
  precision_recall_curve: { x: "Recall", y: "Precision", area: "AP", fit: "average precision" },
};

/** What the curves say in a line. */
export function curvesSummary({ kind, curves }: CurvesPlot): string {
  const known = curves.map(({ area }) => area).filter(Number.isFinite);
  const { fit } = WORDS[kind];
  if (curves.length === 1) return known[0] === undefined ? "" : `${fit}: ${known[0].toFixed(4)}`;
  if (known.length === 0) return `${curves.length} classes`;
  const mean = known.reduce((sum, area) => sum + area, 0) / known.length;
  return `${curves.length} classes · mean ${fit}: ${mean.toFixed(4)}`;
}

interface Hit {
  curve: number;
  point: number;
}

/** The curves of a classifier as its threshold moves; the point nearest to the pointer tells its numbers. */
export function Curves({ plot }: { plot: CurvesPlot }) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const tip = useTip(box);
  const [hit, setHit] = useState<Hit | null>(null);
  const [chosen, setChosen] = useState<number | null>(null);
  const words = WORDS[plot.kind];
  const frame = useMemo(() => frameOf(width), [width]);
  const { curves } = plot;

  const onPointerMove = (event: PointerEvent<Element>) => {
    const place = placeIn(event);
    const found = nearest(curves, frame, place);
    setHit(found);
    const curve = found && curves[found.curve];
    if (!found || !curve) return tip.hide();
    const [x, y] = [curve.x[found.point] ?? Number.NaN, curve.y[found.point] ?? Number.NaN];
    const threshold = curve.thresholds[found.point] ?? Number.NaN;
    tip.show(
      place,
      [{ name: curve.name, value: `${words.area} ${fixed(curve.area)}`, color: variableOf(found.curve) }],
      [
        { name: words.x.toLowerCase(), value: formatNumber(x) },
        { name: words.y.toLowerCase(), value: formatNumber(y) },
        ...(Number.isNaN(threshold) ? [] : [{ name: "threshold", value: formatExact(threshold) }]),
      ],
    );
  };
  const leave = () => {
    setHit(null);
    tip.hide();
  };
  const dot = hit && curves[hit.curve];
  return (
    <div className={styles.curves}>
      <div ref={box} className={styles.drawing}>
        {width > 0 && (
          <svg
            role="img"
            aria-label={`${plot.title}: ${curvesSummary(plot)}`}
            width={width}
            height={frame.top + frame.height + 40}
            onPointerMove={onPointerMove}
            onPointerLeave={leave}
          >
            <Axes frame={frame} x={TICKS} y={TICKS} titles={[words.x, words.y]} />
            {plot.kind === "roc_curve" && <Chance frame={frame} />}
            <Lines plot={plot} frame={frame} chosen={chosen ?? (curves.length > 1 ? (hit?.curve ?? null) : null)} />
            {dot && (
              <Dot
                frame={frame}
                x={dot.x[hit.point] ?? 0}
                y={dot.y[hit.point] ?? 0}
                color={strokeOf(hit.curve).stroke}
              />
            )}
          </svg>
        )}
      </div>
      {(curves.length > 1 || curves[0]?.name) && (
        <ul className={styles.legend} onPointerLeave={() => setChosen(null)}>
          {curves.map(({ name, area }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: curves never move.
            <li key={i} onPointerEnter={() => setChosen(i)}>
              <svg width="20" height="8" aria-hidden="true">
                <line x1="0" y1="4" x2="20" y2="4" strokeWidth="2" {...strokeOf(i)} />
              </svg>
              <span title={name}>{name}</span>
              <b className="tabular" title={`${words.area}: ${area}`}>
                {fixed(area)}
              </b>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function fixed(value: number): string {
  return Number.isFinite(value) ? value.toFixed(4) : "–";
}

function frameOf(width: number): Frame {
  const [left, right] = [46, 12];
  const inner = Math.max(40, Math.min(460, width - left - right));
  return { left, top: 8, width: inner, height: Math.min(inner, 400), x: [0, 1], y: [0, 1] };
}

function Chance({ frame }: { frame: Frame }) {
  const [x1, y1] = placeOf(frame, 0, 0);
  const [x2, y2] = placeOf(frame, 1, 1);
  return <line className={styles.chance} x1={x1} y1={y1} x2={x2} y2={y2} />;
}

function Dot({ frame, x, y, color }: { frame: Frame; x: number; y: number; color: string }) {
  const [cx, cy] = placeOf(frame, x, y);
  return <circle className={styles.dot} cx={cx} cy={cy} r={4.5} style={{ fill: color }} />;
}

const Lines = memo(function Lines({ plot, frame, chosen }: { plot: CurvesPlot; frame: Frame; chosen: number | null }) {
  const { curves, kind } = plot;
  const paths = useMemo(() => curves.map((curve) => pathOf(curve, frame, kind)), [curves, frame, kind]);
  const alone = curves.length === 1 ? paths[0] : undefined;
  const bottom = frame.top + frame.height;
  const ends = [curves[0]?.x.at(-1) ?? 0, curves[0]?.x[0] ?? 0].map((x) => placeOf(frame, x, 0)[0]);
  return (
    <g>
      {alone && (
        <path d={`${alone}L${ends[0]},${bottom}L${ends[1]},${bottom}Z`} fill={strokeOf(0).stroke} opacity={0.1} />
      )}
      {paths
        .map((path, i) => (
          <path
            // biome-ignore lint/suspicious/noArrayIndexKey: curves never move.
            key={i}
            d={path}
            className={styles.line}
            {...strokeOf(i)}
            strokeWidth={i === chosen ? 2.5 : curves.length < 10 ? 2 : 1.25}
            opacity={chosen === null || i === chosen ? 1 : 0.25}
          />
        ))
        // The first on top.
        .reverse()}
    </g>
  );
});

function pathOf({ x, y }: NamedCurve, frame: Frame, kind: CurvesPlot["kind"]): string {
  let path = "";
  let before = "";
  for (let i = 0; i < x.length; i++) {
    const [left, top] = placeOf(frame, x[i] ?? 0, y[i] ?? 0).map((value) => value.toFixed(1));
    // Precision holds until recall changes: a straight line would flatter.
    if (path && kind === "precision_recall_curve") path += `L${left},${before}`;
    path += `${path ? "L" : "M"}${left},${top}`;
    before = top ?? "";
  }
  return path;
}

/** The point of any curve that is nearest to a place, if one is near. */
function nearest(curves: readonly NamedCurve[], frame: Frame, place: { left: number; top: number }): Hit | null {
  let best: Hit | null = null;
  let distance = 60 ** 2;
  curves.forEach(({ x, y }, curve) => {
    for (let point = 0; point < x.length; point++) {
      const [left, top] = placeOf(frame, x[point] ?? Number.NaN, y[point] ?? Number.NaN);
      const away = (left - place.left) ** 2 + (top - place.top) ** 2;
      if (away < distance) [best, distance] = [{ curve, point }, away];
    }
  });
  return best;
}
