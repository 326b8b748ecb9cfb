import { expect, test } from "vitest";
import { smooth } from "./smoothing";

test("without weight the curve stays as it is", () => {
  expect([...smooth([1, 5, 2], 0)]).toEqual([1, 5, 2]);
});

test("the first point is not pulled towards zero", () => {
  expect(smooth([10, 10, 10], 0.9)[0]).toBeCloseTo(10, 12);
});

test("the average is that of TensorBoard, bias corrected", () => {
  // (0.6 · (0.4 · 1) + 0.4 · 3) / (1 - 0.6²)
  expect(smooth([1, 3], 0.6)[1]).toBeCloseTo((0.6 * 0.4 * 1 + 0.4 * 3) / (1 - 0.36), 12);
});

test("NaN and infinities pass through and leave the average alone", () => {
  const [first, gap, infinite, last] = smooth([2, Number.NaN, Number.POSITIVE_INFINITY, 2], 0.5);
  expect([first, gap, infinite, last]).toEqual([2, Number.NaN, Number.POSITIVE_INFINITY, 2]);
});

test("the highest weight flattens", () => {
  const noisy = Array.from({ length: 500 }, (_, i) => (i % 2 === 0 ? 1 : -1));
  expect(Math.abs(smooth(noisy, 0.99)[499] as number)).toBeLessThan(0.02);
});
