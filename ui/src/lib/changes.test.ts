import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeEventSource } from "@/testing/eventSource";
import { subscribe } from "./changes";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("changes are gathered, so that a page hears of many at once and of none when nothing changes", () => {
  const heard: string[][] = [];
  const stop = subscribe({ experimentIds: ["1"] }, (ids) => heard.push(ids), 42);
  expect(FakeEventSource.open[0]?.url).toMatch(/api\/kipu\/1\/changes\?experiment_id=1&cursor=42$/);
  FakeEventSource.changed("a", "b");
  FakeEventSource.changed("a");
  expect(heard).toEqual([]);
  vi.advanceTimersByTime(1000);
  expect(heard).toEqual([["a", "b"]]);
  FakeEventSource.changed("c");
  vi.advanceTimersByTime(100);
  for (let i = 0; i < 10; i++) FakeEventSource.changed("d");
  vi.advanceTimersByTime(500);
  expect(heard).toEqual([["a", "b"], ["c"]]);
  vi.advanceTimersByTime(60_000);
  expect(heard).toEqual([["a", "b"], ["c"], ["d"]]);
  stop();
  expect(FakeEventSource.open).toEqual([]);
});

test("after a break the page is told that anything may have changed", () => {
  const heard: string[][] = [];
  const stop = subscribe({}, (ids) => heard.push(ids));
  const source = FakeEventSource.open[0];
  source?.dispatchEvent(new Event("open"));
  vi.advanceTimersByTime(1000);
  expect(heard).toEqual([]);
  source?.dispatchEvent(new Event("error"));
  source?.dispatchEvent(new Event("open"));
  vi.advanceTimersByTime(1000);
  expect(heard).toEqual([[]]);
  stop();
});
