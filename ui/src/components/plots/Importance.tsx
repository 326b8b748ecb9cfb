import { type PointerEvent, useMemo, useRef, useState } from "react";
import { formatExact } from "@/components/chart/numbers";
import { formatCount, formatNumber } from "@/lib/format";
import { colorOf, fitted, placeIn, textWidth, useWidth, variableOf } from "./draw";
import type { ImportancePlot } from "./plot";
import styles from "./plots.module.css";
import { useTip } from "./useTip";

const SHOWN = 30;
/** With more classes than colours, a feature has one bar: the mean size over the classes. */
const MOST_BARS = 6;
const TOP = 4;

/** Bars, the longest on top. */
export function Importance({ plot, onMore }: { plot: ImportancePlot; onMore: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const tip = useTip(box);
  const [over, setOver] = useState<number | null>(null);
  const shown = useMemo(
    () => plot.features.slice(0, SHOWN).map((one) => ({ ...one, bars: barsOf(one.values) })),
    [plot],
  );
  const depth = Math.max(...shown.map(({ bars }) => bars.length));
  const step = depth === 1 ? 22 : 9 + 7 * depth;
  const rest = plot.features.length - shown.length;
  const scale = useMemo(() => scaleOf(shown, width), [shown, width]);
  const height = TOP * 2 + step * shown.length;

  const onPointerMove = (event: PointerEvent<Element>) => {
    const place = placeIn(event);
    const row = Math.floor((place.top - TOP) / step);
    const feature = shown[row];
    if (!feature) return leave();
    setOver(row);
    const { name, values, bars } = feature;
    const told = values.slice(0, 12).map((value, i) => ({
      name: `class ${i}`,
      value: formatExact(value),
      ...(bars.length > 1 && { color: variableOf(i) }),
    }));
    const rank = { name: "rank", value: `${row + 1} of ${formatCount(plot.features.length)}` };
    tip.show(
      place,
      values.length === 1 ? [{ name: fitted(name, 320), value: formatExact(values[0] ?? Number.NaN) }] : told,
      values.length === 1 ? [rank] : [{ name: fitted(name, 320), value: "" }, rank],
      values.length - told.length,
    );
  };
  const leave = () => {
    setOver(null);
    tip.hide();
  };

  return (
    <>
      <div ref={box} className={styles.drawing}>
        {width > 0 && (
          <svg
            role="img"
            aria-label={`${plot.title}: ${importanceSummary(plot)}`}
            width={width}
            height={height}
            onPointerMove={onPointerMove}
            onPointerLeave={leave}
          >
            {over !== null && (
              <rect className={styles.rowOver} x={0} y={TOP + over * step} width={width} height={step} rx={4} />
            )}
            {shown.map(({ name, bars }, row) => (
              <g key={name}>
                <text className={styles.label} x={scale.left - 10} y={TOP + (row + 0.5) * step + 4} textAnchor="end">
                  {fitted(name, scale.left - 11, 11.5)}
                </text>
                <Bars bars={bars} scale={scale} y={TOP + row * step} step={step} />
              </g>
            ))}
            <line className={styles.zero} x1={scale.place(0)} x2={scale.place(0)} y1={0} y2={height} />
          </svg>
        )}
      </div>
      {depth > 1 && (
        <ul className={styles.legend}>
          {Array.from({ length: depth }, (_, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: classes never move.
            <li key={i}>
              <i style={{ background: colorOf(i) }} />
              <span>class {i}</span>
            </li>
          ))}
        </ul>
      )}
      {rest > 0 && (
        <button type="button" className={styles.more} onClick={onMore}>
          and {formatCount(rest)} more
        </button>
      )}
    </>
  );
}

/** What the importances say in a line. */
export function importanceSummary({ features }: ImportancePlot): string {
  const classes = Math.max(...features.map(({ values }) => values.length));
  const said = features.length === 1 ? "1 feature" : `${formatCount(features.length)} features`;
  return classes > MOST_BARS ? `${said} · mean size over ${classes} classes` : said;
}

function barsOf(values: number[]): number[] {
  if (values.length <= MOST_BARS) return values;
  return [values.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : Math.abs(value)), 0) / values.length];
}

interface Scale {
  left: number;
  place: (value: number) => number;
}

function scaleOf(shown: readonly { name: string; bars: number[] }[], width: number): Scale {
  const longest = Math.min(240, width * 0.36);
  const left = 12 + Math.max(...shown.map(({ name }) => Math.min(longest, textWidth(name, 11.5))));
  const known = shown.flatMap(({ bars }) => bars).filter(Number.isFinite);
  const [low, high] = [Math.min(0, ...known), Math.max(0, ...known)];
  const number = 12 + Math.max(0, ...known.map((value) => textWidth(formatNumber(value), 11)));
  const start = left + (low < 0 ? number : 0);
  const end = Math.max(start + 10, width - (high > 0 || low === 0 ? number : 4));
  const span = high - low || 1;
  return { left, place: (value) => start + ((value - low) / span) * (end - start) };
}

function Bars({ bars, scale, y, step }: { bars: number[]; scale: Scale; y: number; step: number }) {
  const thick = bars.length === 1 ? 14 : 6;
  const top = y + (step - thick - 7 * (bars.length - 1)) / 2;
  const zero = scale.place(0);
  return bars.map((value, i) => {
    const end = Number.isFinite(value) ? scale.place(value) : zero;
    const long = Math.abs(end - zero);
    const color = bars.length > 1 ? colorOf(i) : colorOf(value < 0 ? 1 : 0);
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: classes never move.
      <g key={i}>
        {value !== 0 && Number.isFinite(value) && (
          <rect
            x={Math.min(zero, end)}
            y={top + 7 * i}
            width={Math.max(1, long)}
            height={thick}
            rx={Math.min(2.5, long / 2)}
            style={{ fill: color }}
          />
        )}
        {bars.length === 1 && (
          <text
            className={styles.value}
            x={value < 0 ? end - 6 : end + 6}
            y={y + step / 2 + 4}
            textAnchor={value < 0 ? "end" : "start"}
          >
            {formatNumber(value)}
          </text>
        )}
      </g>
    );
  });
}
