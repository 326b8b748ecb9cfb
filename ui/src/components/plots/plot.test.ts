import { expect, test } from "vitest";
import { fitted, textWidth } from "./draw";
import { numbersOf, tableAsCsv } from "./numbers";
import { type Plot, readPlot } from "./plot";
import { formatShare, summary } from "./shares";

const MATRIX = {
  kind: "confusion_matrix",
  version: 1,
  title: "Normalized confusion matrix",
  normalized: true,
  labels: ["a", "b"],
  counts: [
    [8, 2],
    [0, null],
  ],
};

function read(value: unknown, path = "training.json"): Plot {
  const plot = readPlot(path, value);
  if (!plot) throw new Error("no plot was read");
  return plot;
}

test("a confusion matrix is read, null being no number", () => {
  const plot = read(MATRIX);
  expect(plot).toMatchObject({ kind: "confusion_matrix", labels: ["a", "b"], normalized: true });
  expect(plot.kind === "confusion_matrix" && plot.counts[1]).toEqual([0, Number.NaN]);
  expect(plot.kind === "confusion_matrix" && summary(plot)).toBe(
    "shares of the true class · 10 in all · 80.0% on the diagonal",
  );
});

test.each([
  ["a later version", { ...MATRIX, version: 2 }],
  ["another kind", { ...MATRIX, kind: "violin" }],
  ["a row that is too short", { ...MATRIX, counts: [[1, 2], [3]] }],
  [
    "counts that are words",
    {
      ...MATRIX,
      counts: [
        ["x", 1],
        [1, 2],
      ],
    },
  ],
  ["no counts", { ...MATRIX, counts: undefined }],
  ["a list", [1, 2]],
  ["nothing", null],
  ["a number", 3],
  ["curves of different lengths", { kind: "roc_curve", version: 1, curves: [{ fpr: [0, 1], tpr: [0] }] }],
  ["no curves", { kind: "roc_curve", version: 1, curves: [] }],
  ["sizes without scores", { kind: "learning_curve", version: 1, sizes: [1, 2], train: {}, test: {} }],
  ["a map by another name", { f0: 1, f1: 2 }],
])("%s is no plot", (_, value) => {
  expect(readPlot("training.json", value)).toBeNull();
});

test("importances are told by their name, sorted, and by class where they are lists", () => {
  const plot = read({ f0: 1, f1: -3, f2: "NaN" }, "feature_importance_gain.json");
  expect(plot.title).toBe("Feature importance (gain)");
  expect(plot.kind === "importance" && plot.features.map(({ name }) => name)).toEqual(["f1", "f0", "f2"]);
  const byClass = read({ f0: [1, 2], f1: [3, 4] }, "deep/feature_importance_weight.json");
  expect(byClass.kind === "importance" && byClass.features[0]).toEqual({ name: "f1", values: [3, 4] });
  expect(readPlot("feature_importance_weight.json", { f0: "high" })).toBeNull();
  expect(readPlot("feature_importance_weight.json", {})).toBeNull();
});

test("numbers become tables, and these CSV", () => {
  expect(numbersOf(read(MATRIX))).toEqual({
    columns: ["true \\ predicted", "a", "b"],
    rows: [
      ["a", "8", "2"],
      ["b", "0", ""],
    ],
    cut: false,
  });
  const roc = { name: "x, y", auc: 0.5, fpr: [0, 1], tpr: [0, 1], thresholds: [null, 0.25] };
  expect(tableAsCsv(numbersOf(read({ kind: "roc_curve", version: 1, curves: [roc] })))).toBe(
    'class,fpr,tpr,threshold\n"x, y",0,0,\n"x, y",1,1,0.25\n',
  );
  const learned = {
    kind: "learning_curve",
    version: 1,
    sizes: [10, 20],
    train: { mean: [1, 0.9], std: [] },
    test: { mean: [0.5, 0.6], std: [0.1, 0.2] },
  };
  expect(numbersOf(read(learned)).rows[1]).toEqual(["20", "0.9", "", "0.6", "0.2"]);
});

test("shares keep a decimal beside nothing and all", () => {
  expect([0, 0.001, 0.5, 0.999, 1].map((share) => formatShare(share))).toEqual(["0%", "0.1%", "50%", "99.9%", "100%"]);
  expect(formatShare(Number.NaN)).toBe("");
});

test("long names lose their middle and fit", () => {
  const words = "a very long name of a class, number 17";
  expect(fitted(words, 1000)).toBe(words);
  const short = fitted(words, 100);
  expect(short).toMatch(/^a very.*….*17$/);
  expect(textWidth(short)).toBeLessThanOrEqual(100);
});
