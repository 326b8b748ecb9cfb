import { expect, test, vi } from "vitest";
import type { MetricSummary } from "./api";
import { nameFilter, sectionsOf } from "./charts/sections";
import { commitAddress } from "./commit";
import { runSearch } from "./search";
import { changedMetrics, Pace } from "./useLiveRun";

function metric(key: string, changes: Partial<MetricSummary> = {}): MetricSummary {
  return { key, value: 1, step: 1, timestamp: 1, count: 2, min: 0, max: 1, ...changes };
}

test("metrics are sectioned by what precedes the last slash, those of the system last", () => {
  const keys = ["system/gpu_0", "train/a/loss", "loss", "train/loss", "train/layer10", "train/layer9", "zeta/x"];
  expect(
    sectionsOf(keys.map((key) => metric(key))).map(({ prefix, metrics }) => [prefix, metrics.map(({ key }) => key)]),
  ).toEqual([
    ["", ["loss"]],
    ["train", ["train/layer9", "train/layer10", "train/loss"]],
    ["train/a", ["train/a/loss"]],
    ["zeta", ["zeta/x"]],
    ["system", ["system/gpu_0"]],
  ]);
});

test("with very many prefixes the first part of a name makes the section", () => {
  const metrics = Array.from({ length: 300 }, (_, i) => metric(`layers/${i}/norm`));
  expect(sectionsOf(metrics).map(({ prefix }) => prefix)).toEqual(["layers"]);
  expect(sectionsOf(metrics.slice(0, 50))).toHaveLength(50);
});

test.each([
  ["", "anything", true],
  ["LOSS", "train/loss", true],
  ["val loss", "loss/of/val", true],
  ["val loss", "val/acc", false],
  ["/^train.*s$/", "train/loss", true],
  ["/^train.*s$/", "my/train/loss", false],
  ["/acc|f1", "val/F1", true],
  ["/", "a/b", true],
])("the search %s shows %s: %s", (search, name, shown) => {
  const filter = nameFilter(search);
  expect(filter.problem === undefined && filter.matches(name)).toBe(shown);
});

test("a broken expression is a problem, not a crash", () => {
  expect(nameFilter("/(/").problem).toContain("group");
});

test("the address is read leniently and holds no defaults", () => {
  expect(runSearch({ tab: "overview", smooth: "0", x: "step", logx: "no", find: "" })).toEqual({});
  expect(runSearch({ tab: "charts", smooth: "7", x: "time", logy: "true", find: 12, metric: "a/b" })).toEqual({
    tab: "charts",
    smooth: 0.99,
    x: "time",
    logy: true,
    find: "12",
    metric: "a/b",
  });
});

test("only metrics that got points are asked for again", () => {
  const before = [metric("a"), metric("b"), metric("c")];
  const after = [metric("a"), metric("b", { count: 3 }), metric("c", { step: 2 }), metric("new")];
  expect([...changedMetrics(before, after)]).toEqual(["b", "c", "new"]);
});

test.each([
  ["git@github.com:ada/vision.git", "https://github.com/ada/vision/commit/abc"],
  ["https://user:token@gitlab.example.com/a/b/c.git", "https://gitlab.example.com/a/b/c/commit/abc"],
  ["ssh://git@host.example/a/b", "https://host.example/a/b/commit/abc"],
  ["/home/ada/repo", undefined],
  ["javascript:alert(1)", undefined],
  [undefined, undefined],
])("a commit of %s is read at %s", (repository, address) => {
  expect(commitAddress(repository, "abc")).toBe(address);
});

test("a pace acts at once, then gathers what is asked until its time has come", () => {
  vi.useFakeTimers();
  try {
    const act = vi.fn();
    const pace = new Pace(1000, act);
    pace.ask();
    pace.ask();
    pace.ask();
    expect(act).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1000);
    expect(act).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(5000);
    expect(act).toHaveBeenCalledTimes(2);
    pace.ask();
    pace.ask();
    pace.stop();
    vi.advanceTimersByTime(5000);
    expect(act).toHaveBeenCalledTimes(3);
  } finally {
    vi.useRealTimers();
  }
});
