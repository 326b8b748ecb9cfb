import { memo, type PointerEvent, useMemo, useRef, useState } from "react";
import { formatNumber } from "@/lib/format";
import { fitted, placeIn, textWidth, useWidth } from "./draw";
import type { ConfusionMatrixPlot } from "./plot";
import styles from "./plots.module.css";
import { formatShare, rowTotals, summary } from "./shares";
import { useTip } from "./useTip";

const LARGEST_CELL = 120;
const LONGEST_LABEL = 150;
const LABEL = 11;
/** From this strength of the accent on, text on it is written in the colour for text on the accent. */
const OVER_FROM = 0.8;

/** How often each class was taken for each: the stronger a cell's colour, the larger its share. */
export function ConfusionMatrix({ plot }: { plot: ConfusionMatrixPlot }) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const tip = useTip(box);
  const [over, setOver] = useState<{ row: number; column: number } | null>(null);
  const layout = useMemo(() => layoutOf(plot.labels, width), [plot.labels, width]);
  const totals = useMemo(() => rowTotals(plot), [plot]);
  const { left, cell, side } = layout;

  const onPointerMove = (event: PointerEvent<Element>) => {
    const place = placeIn(event);
    const [row, column] = [Math.floor((place.top - TOP) / cell), Math.floor((place.left - left) / cell)];
    const count = plot.counts[row]?.[column];
    if (count === undefined) return leave();
    if (over?.row !== row || over.column !== column) setOver({ row, column });
    const truth = plot.labels[row] ?? "";
    tip.show(
      place,
      [
        { name: "true class", value: truth },
        { name: "predicted", value: plot.labels[column] ?? "" },
      ],
      [
        { name: "count", value: formatNumber(count) },
        { name: `share of ${fitted(truth, 130)}`, value: formatShare(count / (totals[row] ?? Number.NaN), 1) || "–" },
      ],
    );
  };
  const leave = () => {
    setOver(null);
    tip.hide();
  };

  return (
    <div ref={box} className={styles.drawing}>
      {width > 0 && (
        <svg
          role="img"
          aria-label={`${plot.title}: ${summary(plot)}`}
          width={width}
          height={TOP + side + layout.below}
          onPointerMove={onPointerMove}
          onPointerLeave={leave}
        >
          <Cells plot={plot} left={left} cell={cell} totals={totals} />
          <Labels labels={plot.labels} layout={layout} over={over} />
          {over && (
            <rect
              className={styles.cellOver}
              x={left + over.column * cell}
              y={TOP + over.row * cell}
              width={cell}
              height={cell}
              rx={cell > 20 ? 3 : 1}
            />
          )}
        </svg>
      )}
    </div>
  );
}

const TOP = 4;

interface Layout {
  left: number;
  cell: number;
  side: number;
  below: number;
  across: boolean;
  longest: number;
}

function layoutOf(labels: readonly string[], width: number): Layout {
  const longest = Math.min(LONGEST_LABEL, width * 0.28);
  const beside = Math.max(...labels.map((label) => textWidth(fitted(label, longest), LABEL)));
  const left = 24 + beside + 8;
  const cell = Math.max(2, Math.min(LARGEST_CELL, (width - left - 4) / labels.length, 560 / labels.length));
  const across = labels.some((label) => textWidth(label, LABEL) + 6 > cell);
  return { left, cell, side: cell * labels.length, below: (across ? beside + 10 : 20) + 24, across, longest };
}

interface CellsProps {
  plot: ConfusionMatrixPlot;
  left: number;
  cell: number;
  totals: readonly number[];
}

const Cells = memo(function Cells({ plot, left, cell, totals }: CellsProps) {
  const gap = cell > 20 ? 1 : cell > 8 ? 0.5 : 0;
  const most = Math.max(0, ...plot.counts.flat().filter(Number.isFinite));
  const side = cell * plot.labels.length;
  return (
    <g>
      <rect className={styles.ground} x={left} y={TOP} width={side} height={side} rx={3} />
      {plot.counts.map((row, i) =>
        row.map((count, j) => {
          const share = count / (totals[i] ?? Number.NaN);
          const strength = plot.normalized ? share : count / most;
          const [x, y] = [left + j * cell, TOP + i * cell];
          const key = `${i},${j}`;
          if (!count || !Number.isFinite(strength)) {
            return cell >= 30 ? (
              <text key={key} className={styles.faint} x={x + cell / 2} y={y + cell / 2 + 4} textAnchor="middle">
                {count === 0 ? "0" : "–"}
              </text>
            ) : null;
          }
          // What is there at all is told apart from what is not.
          const painted = 0.1 + 0.9 * Math.min(1, Math.max(0, strength));
          const told: [string, string] = [formatShare(share), formatNumber(count)];
          if (!plot.normalized) told.reverse();
          return (
            <g key={key} className={painted >= OVER_FROM ? styles.onAccent : styles.strong}>
              <rect
                className={styles.cell}
                x={x + gap / 2}
                y={y + gap / 2}
                width={cell - gap}
                height={cell - gap}
                rx={cell > 20 ? 2.5 : 1}
                fillOpacity={painted}
              />
              <CellText x={x + cell / 2} y={y + cell / 2} cell={cell} told={told} />
            </g>
          );
        }),
      )}
    </g>
  );
});

function CellText({ x, y, cell, told }: { x: number; y: number; cell: number; told: [string, string] }) {
  const size = Math.min(13, cell * 0.36);
  if (size < 6.5 || textWidth(told[0], size) > cell * 1.1) return null;
  const both = cell >= 44 && textWidth(told[1], 10) <= cell;
  return (
    <>
      <text x={x} y={both ? y + 1 : y + size * 0.36} fontSize={size} textAnchor="middle">
        {told[0]}
      </text>
      {both && (
        <text x={x} y={y + 15} fontSize={10} opacity={0.8} textAnchor="middle">
          {told[1]}
        </text>
      )}
    </>
  );
}

interface LabelsProps {
  labels: readonly string[];
  layout: Layout;
  over: { row: number; column: number } | null;
}

function Labels({ labels, layout, over }: LabelsProps) {
  const { left, cell, side, below, across, longest } = layout;
  const size = Math.min(LABEL, Math.max(9, cell * 0.85));
  const bottom = TOP + side;
  const look = (on: boolean) => (on ? styles.labelOver : styles.label);
  // Where cells are low, only some classes are named, and the one under the pointer.
  const stride = Math.ceil((size * 1.1) / cell);
  const isShown = (at: number, chosen: number | undefined) =>
    at === chosen || (at % stride === 0 && (chosen === undefined || Math.abs(at - chosen) >= stride));
  return (
    <g fontSize={size}>
      {labels.map((label, at) => {
        const middle = (at + 0.5) * cell + size * 0.36;
        const words = fitted(label, longest, LABEL);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: classes never move, and may share a name.
          <g key={at}>
            {isShown(at, over?.row) && (
              <text className={look(over?.row === at)} x={left - 7} y={TOP + middle} textAnchor="end">
                {words}
              </text>
            )}
            {isShown(at, over?.column) && (
              <text
                className={look(over?.column === at)}
                textAnchor={across ? "end" : "middle"}
                {...(across
                  ? { transform: `translate(${left + middle} ${bottom + 7}) rotate(-90)` }
                  : { x: left + (at + 0.5) * cell, y: bottom + 15 })}
              >
                {words}
              </text>
            )}
          </g>
        );
      })}
      <text className={styles.axis} textAnchor="middle" transform={`translate(12 ${TOP + side / 2}) rotate(-90)`}>
        True class
      </text>
      <text className={styles.axis} textAnchor="middle" x={left + side / 2} y={bottom + below - 6}>
        Predicted class
      </text>
    </g>
  );
}
