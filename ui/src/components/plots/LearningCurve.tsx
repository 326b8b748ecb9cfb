import { type PointerEvent, useMemo, useRef, useState } from "react";
import { evenTicks } from "@/components/chart/axes";
import { formatCount, formatNumber } from "@/lib/format";
import { Axes, type Frame, placeOf } from "./Axes";
import { colorOf, placeIn, useWidth, variableOf } from "./draw";
import type { LearningCurvePlot } from "./plot";
import styles from "./plots.module.css";
import { useTip } from "./useTip";

const NAMES = ["training", "test"] as const;

/** The score by the size of the training data, with bands of a standard deviation. */
export function LearningCurve({ plot }: { plot: LearningCurvePlot }) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const tip = useTip(box);
  const [at, setAt] = useState<number | null>(null);
  const { frame, x, y } = useMemo(() => layoutOf(plot, width), [plot, width]);
  const curves = [plot.train, plot.test];

  const onPointerMove = (event: PointerEvent<Element>) => {
    const place = placeIn(event);
    const away = plot.sizes.map((size) => Math.abs(placeOf(frame, size, 0)[0] - place.left));
    const nearest = away.indexOf(Math.min(...away.filter(Number.isFinite)));
    const size = plot.sizes[nearest];
    if (size === undefined) return leave();
    setAt(nearest);
    tip.show(
      place,
      curves.map(({ mean, std }, i) => ({
        name: NAMES[i] ?? "",
        value: `${formatNumber(mean[nearest] ?? Number.NaN)}${Number.isFinite(std[nearest]) ? ` ± ${formatNumber(std[nearest] ?? 0)}` : ""}`,
        color: variableOf(i),
      })),
      [{ name: plot.unit, value: Number.isInteger(size) ? formatCount(size) : formatNumber(size) }],
    );
  };
  const leave = () => {
    setAt(null);
    tip.hide();
  };
  const cursor = at === null ? null : placeOf(frame, plot.sizes[at] ?? Number.NaN, frame.y[0])[0];
  return (
    <>
      <div ref={box} className={styles.drawing}>
        {width > 0 && (
          <svg
            role="img"
            aria-label={`${plot.title}: ${learningSummary(plot)}`}
            width={width}
            height={frame.top + frame.height + 40}
            onPointerMove={onPointerMove}
            onPointerLeave={leave}
          >
            <Axes frame={frame} x={x} y={y} titles={[plot.unit, plot.score]} />
            {cursor !== null && (
              <line className={styles.cursor} x1={cursor} x2={cursor} y1={frame.top} y2={frame.top + frame.height} />
            )}
            {curves.map((curve, i) => (
              <Curve key={NAMES[i]} sizes={plot.sizes} curve={curve} frame={frame} color={colorOf(i)} at={at} />
            ))}
          </svg>
        )}
      </div>
      <ul className={styles.legend}>
        {NAMES.map((name, i) => (
          <li key={name}>
            <i style={{ background: colorOf(i) }} />
            <span>{name}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** What the curves say in a line. */
export function learningSummary({ score, train, test }: LearningCurvePlot): string {
  const last = (mean: number[]) => formatNumber(mean.findLast(Number.isFinite) ?? Number.NaN);
  return `${score} at the end: training ${last(train.mean)}, test ${last(test.mean)}`;
}

interface CurveProps {
  sizes: number[];
  curve: { mean: number[]; std: number[] };
  frame: Frame;
  color: string;
  at: number | null;
}

function Curve({ sizes, curve, frame, color, at }: CurveProps) {
  const known = sizes.flatMap((size, i) => {
    const mean = curve.mean[i] ?? Number.NaN;
    const std = Number.isFinite(curve.std[i]) ? (curve.std[i] ?? 0) : 0;
    return Number.isFinite(size) && Number.isFinite(mean) ? [{ i, size, mean, std }] : [];
  });
  const points = (value: (point: (typeof known)[number]) => number) =>
    known.map((point) => placeOf(frame, point.size, value(point)).join(","));
  const band = [...points(({ mean, std }) => mean + std), ...points(({ mean, std }) => mean - std).reverse()];
  return (
    <g style={{ color }}>
      {known.some(({ std }) => std > 0) && <polygon points={band.join(" ")} fill="currentColor" opacity={0.14} />}
      <polyline className={styles.line} points={points(({ mean }) => mean).join(" ")} stroke="currentColor" />
      {known.map(({ i, size, mean }) => {
        const [cx, cy] = placeOf(frame, size, mean);
        return <circle key={i} cx={cx} cy={cy} r={i === at ? 4.5 : 3} fill="currentColor" />;
      })}
    </g>
  );
}

function layoutOf({ sizes, train, test }: LearningCurvePlot, width: number) {
  const levels = [train, test].flatMap(({ mean, std }) =>
    mean.flatMap((value, i) => {
      const away = Number.isFinite(std[i]) ? (std[i] ?? 0) : 0;
      return [value - away, value + away];
    }),
  );
  const [x, y] = [ticksOver(sizes, 6), ticksOver(levels, 6)];
  const [left, right] = [58, 16];
  const inner = Math.max(40, Math.min(680, width - left - right));
  const frame: Frame = {
    left,
    top: 8,
    width: inner,
    height: Math.min(300, inner * 0.62),
    x: [x[0] ?? 0, x.at(-1) ?? 1],
    y: [y[0] ?? 0, y.at(-1) ?? 1],
  };
  return { frame, x, y };
}

/** Round numbers that reach over all values. */
function ticksOver(values: readonly number[], most: number): number[] {
  const known = values.filter(Number.isFinite);
  let [low, high] = known.length > 0 ? [Math.min(...known), Math.max(...known)] : [0, 1];
  if (low === high) {
    const pad = Math.abs(low) * 0.1 || 0.5;
    [low, high] = [low - pad, high + pad];
  }
  const inside = evenTicks(low, high, most);
  const step = (inside[1] ?? high) - (inside[0] ?? low);
  const [first, last] = [inside[0] ?? low, inside.at(-1) ?? high];
  const exact = (value: number) => Number(value.toPrecision(12));
  return [...(first > low ? [exact(first - step)] : []), ...inside, ...(last < high ? [exact(last + step)] : [])];
}
