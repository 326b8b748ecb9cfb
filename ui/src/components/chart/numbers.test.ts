import { expect, test } from "vitest";
import { evenTicks, logClockTicks, logTicks } from "./axes";
import { formatElapsed, formatExact, formatTick } from "./numbers";

test.each([
  [0, 10, "0"],
  [20, 10, "20"],
  [0.25, 0.25, "0.25"],
  [0.5, 0.25, "0.50"],
  [2.5, 2.5, "2.5"],
  [200_000, 200_000, "200k"],
  [12_500, 2500, "12.5k"],
  [1_500_000, 500_000, "1.5M"],
  [-3000, 1000, "-3000"],
  [0.0002, 0.0002, "0.0002"],
  [2e-7, 1e-7, "2e-7"],
  [1e20, 1e20, "1e20"],
])("the tick %d, %d apart from the next, is written %s", (value, step, text) => {
  expect(formatTick(value, step)).toBe(text);
});

test.each([
  [0.5, "0.5s"],
  [42, "42s"],
  [245, "4m 05s"],
  [7620, "2h 07m"],
  [273_600, "3d 4h"],
  [-60, "−1m 00s"],
])("%d seconds are written %s", (seconds, text) => {
  expect(formatElapsed(seconds)).toBe(text);
});

test("exact values keep every digit", () => {
  expect(formatExact(0.1 + 0.2)).toBe("0.30000000000000004");
  expect(formatExact(Number.NaN)).toBe("NaN");
  expect(formatExact(Number.NEGATIVE_INFINITY)).toBe("−∞");
});

test("logarithmic ticks are powers of ten, with 2 and 5 where there is room", () => {
  expect(logTicks(1, 1000, 4)).toEqual([1, 10, 100, 1000]);
  expect(logTicks(0.1, 10, 8)).toEqual([0.1, 0.2, 0.5, 1, 2, 5, 10]);
  expect(logTicks(1e-10, 1e10, 5).length).toBeLessThanOrEqual(6);
});

test("within one decade logarithmic ticks are evenly spaced", () => {
  expect(logTicks(0.22, 0.31, 5)).toEqual(evenTicks(0.22, 0.31, 5));
  expect(evenTicks(0.22, 0.31, 5)).toEqual([0.22, 0.24, 0.26, 0.28, 0.3]);
});

test("logarithmic ticks of a clock have names", () => {
  expect(logClockTicks(5, 4000, 5)).toEqual([10, 60, 600, 3600]);
  expect(logClockTicks(70, 400, 5).length).toBeGreaterThan(1);
});
