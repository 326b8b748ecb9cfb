// Which point of which line lies under the pointer.

import { nearestIndex } from "./lines";
import type { DrawnLine } from "./paint";

export interface Hit {
  /** Place of the line in the list. */
  line: number;
  /** Place of the point in the line. */
  point: number;
  /** Distance in pixels between the pointer's height and the point's. */
  distance: number;
}

/**
 * The point of each line nearest to `x`, those nearest to the pointer's height first. Lines that
 * end before or begin after `x`, by more than `reach`, are not under the pointer.
 */
export function hitsAt(
  drawn: readonly DrawnLine[],
  x: number,
  reach: number,
  heightOf: (value: number) => number,
  height: number,
): Hit[] {
  const hits: Hit[] = [];
  for (let i = 0; i < drawn.length; i++) {
    const { line, smoothed } = drawn[i] as DrawnLine;
    const point = nearestIndex(line.x, x);
    if (point < 0) continue;
    const first = line.x[0] as number;
    const last = line.x[line.x.length - 1] as number;
    if (x < first - reach || x > last + reach) continue;
    const at = heightOf((smoothed ?? line.last)[point] as number);
    const distance = Number.isFinite(at) ? Math.abs(at - height) : Number.MAX_VALUE;
    hits.push({ line: i, point, distance });
  }
  return hits.sort((a, b) => a.distance - b.distance);
}
