import { formatTick } from "@/components/chart/numbers";
import styles from "./plots.module.css";

/** A rectangle of the drawing, and the values that its edges stand for. */
export interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
  x: [number, number];
  y: [number, number];
}

/** Where values lie in the drawing. */
export function placeOf({ left, top, width, height, x: [x0, x1], y: [y0, y1] }: Frame, x: number, y: number) {
  return [left + ((x - x0) / (x1 - x0)) * width, top + (1 - (y - y0) / (y1 - y0)) * height] as [number, number];
}

interface AxesProps {
  frame: Frame;
  x: readonly number[];
  y: readonly number[];
  titles: readonly [string, string];
}

/** A grid of round numbers, with what they count. */
export function Axes({ frame, x, y, titles }: AxesProps) {
  const { left, top, width, height } = frame;
  const bottom = top + height;
  const step = (ticks: readonly number[]) => (ticks[1] ?? 1) - (ticks[0] ?? 0);
  return (
    <g className={styles.axes}>
      {y.map((tick) => {
        const [, level] = placeOf(frame, frame.x[0], tick);
        return (
          <g key={tick}>
            <line x1={left} x2={left + width} y1={level} y2={level} />
            <text x={left - 7} y={level + 4} textAnchor="end">
              {formatTick(tick, step(y))}
            </text>
          </g>
        );
      })}
      {x.map((tick) => {
        const [place] = placeOf(frame, tick, frame.y[0]);
        return (
          <g key={tick}>
            <line x1={place} x2={place} y1={top} y2={bottom} />
            <text x={place} y={bottom + 15} textAnchor="middle">
              {formatTick(tick, step(x))}
            </text>
          </g>
        );
      })}
      <text className={styles.axis} x={left + width / 2} y={bottom + 33} textAnchor="middle">
        {titles[0]}
      </text>
      <text className={styles.axis} textAnchor="middle" transform={`translate(11 ${top + height / 2}) rotate(-90)`}>
        {titles[1]}
      </text>
    </g>
  );
}
