import { expect, test } from "vitest";
import { formatAgo, formatBytes, formatDuration, formatInColumn, formatNumber, plural } from "./format";

test("numbers have four significant digits", () => {
  expect(formatNumber(0.123456)).toBe("0.1235");
  expect(formatNumber(12.5)).toBe("12.5");
  expect(formatNumber(-3.14259)).toBe("−3.143");
  expect(formatNumber(0)).toBe("0");
});

test("whole numbers are written in full", () => {
  expect(formatNumber(2024)).toBe("2024");
  expect(formatNumber(123456)).toBe("123,456");
});

test("thousands are rounded to whole numbers, not to hundreds", () => {
  expect(formatNumber(820_754.3)).toBe("820,754");
});

test("fractions in a column keep their zeros", () => {
  expect(formatInColumn(0.5)).toBe("0.5000");
  expect(formatInColumn(12.5)).toBe("12.50");
  expect(formatInColumn(3)).toBe("3");
  expect(formatInColumn(-1.2e-7)).toBe("−1.200e−7");
  expect(formatInColumn(Number.NaN)).toBe("NaN");
});

test("the very small and large are written with an exponent", () => {
  expect(formatNumber(0.00001234)).toBe("1.234e−5");
  expect(formatNumber(12_340_000_000)).toBe("1.234e10");
  expect(formatNumber(1e-5)).toBe("1e−5");
});

test("numbers that JSON lacks are named", () => {
  expect(formatNumber(Number.NaN)).toBe("NaN");
  expect(formatNumber(Number.NEGATIVE_INFINITY)).toBe("−∞");
});

test("durations use the two largest units", () => {
  expect(formatDuration(850)).toBe("850 ms");
  expect(formatDuration(4200)).toBe("4.2 s");
  expect(formatDuration(59_990)).toBe("1 min 00 s");
  expect(formatDuration(3_725_000)).toBe("1 h 02 min");
  expect(formatDuration(90_000_000)).toBe("1 d 1 h");
});

test("times are told from now", () => {
  const now = 1_700_000_000_000;
  expect(formatAgo(now - 10_000, now)).toBe("just now");
  expect(formatAgo(now - 300_000, now)).toBe("5 min ago");
  expect(formatAgo(now - 26 * 3_600_000, now)).toBe("yesterday");
});

test("sizes use decimal units", () => {
  expect(formatBytes(812)).toBe("812 B");
  expect(formatBytes(1234)).toBe("1.2 kB");
  expect(formatBytes(34_000_000)).toBe("34 MB");
});

test("counts agree with their noun", () => {
  expect(plural(1, "run")).toBe("1 run");
  expect(plural(12345, "run")).toBe("12,345 runs");
});
