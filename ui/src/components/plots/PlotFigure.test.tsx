import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { PlotFigure } from "./PlotFigure";
import { readPlot } from "./plot";

function show(value: unknown, path = "training_plot.json") {
  const plot = readPlot(path, value);
  if (!plot) throw new Error("no plot was read");
  const files = ["SVG", "PNG"].map((label) => ({ label, href: `/x.${label}`, name: `x.${label.toLowerCase()}` }));
  const source = JSON.stringify(value);
  return render(<PlotFigure plot={plot} source={source} name="training_plot" files={files} />);
}

const box = (element: Element | undefined) => {
  const at = (name: string) => Number(element?.getAttribute(name));
  return { clientX: at("x") + at("width") / 2, clientY: at("y") + at("height") / 2 };
};
const drawing = () => screen.getByRole("img");
const said = () => document.querySelector("[role=status]")?.textContent ?? "";

test("a cell tells its classes, count and share of the true class", () => {
  show({
    kind: "confusion_matrix",
    version: 1,
    title: "Normalized confusion matrix",
    labels: ["cat", "dog"],
    counts: [
      [30, 10],
      [0, 5],
    ],
  });
  expect(screen.getByRole("heading", { name: "Normalized confusion matrix" })).toBeTruthy();
  const cells = [...document.querySelectorAll("rect[class*=cell]")];
  expect(cells).toHaveLength(3);
  fireEvent.pointerMove(drawing(), box(cells[1]));
  expect(said()).toBe("true classcatpredicteddogcount10share of cat25.0%");
  expect(document.querySelector("[class*=cellOver]")).toBeTruthy();
  fireEvent.pointerLeave(drawing());
  expect(document.querySelector("[class*=cellOver]")).toBeNull();
});

test("the point of a curve nearest to the pointer tells its rates and threshold", () => {
  show({
    kind: "roc_curve",
    version: 1,
    title: "ROC curve",
    curves: [
      { name: "yes", auc: 0.875, fpr: [0, 0.25, 1], tpr: [0, 1, 1], thresholds: [null, 0.5, 0.1] },
      { name: "no", auc: 0.5, fpr: [0, 1], tpr: [0, 1] },
    ],
  });
  expect(screen.getByText("2 classes · mean area below it: 0.6875", { exact: false })).toBeTruthy();
  expect(screen.getByText("0.8750")).toBeTruthy();
  // The drawing is as wide as a wide panel: the plot begins at 46 and is 460 by 400 pixels large.
  fireEvent.pointerMove(drawing(), { clientX: 46 + 0.25 * 460 + 5, clientY: 8 + 5 });
  expect(said()).toBe("yesAUC 0.8750false positive rate0.25true positive rate1threshold0.5");
  fireEvent.pointerMove(drawing(), { clientX: 46 + 0.6 * 460, clientY: 8 + 395 });
  expect(document.querySelector("circle")).toBeNull();
});

test("a bar tells the exact importance and the rank", async () => {
  const values = Object.fromEntries(Array.from({ length: 35 }, (_, i) => [`f${i}`, i + 0.123456789]));
  show(values, "feature_importance_gain.json");
  expect(screen.getByText("f34")).toBeTruthy();
  expect(screen.queryByText("f4")).toBeNull();
  fireEvent.pointerMove(drawing(), { clientX: 300, clientY: 4 + 22 * 1.5 });
  expect(said()).toBe("f3333.123456789rank2 of 35");
  await userEvent.click(screen.getByRole("button", { name: "and 5 more" }));
  expect(screen.getByText("35 rows, 2 columns")).toBeTruthy();
});

test("a size tells both scores with their deviations", () => {
  show({
    kind: "learning_curve",
    version: 1,
    title: "Learning curve",
    score: "accuracy",
    unit: "training samples",
    sizes: [100, 200],
    train: { mean: [1, 0.9], std: [] },
    test: { mean: [0.5, 0.75], std: [0.1, 0.05] },
  });
  fireEvent.pointerMove(drawing(), { clientX: 1300, clientY: 100 });
  expect(said()).toBe("training0.9test0.75 ± 0.05training samples200");
  expect(screen.getByText("Accuracy at the end: training 0.9, test 0.75")).toBeTruthy();
});

test("the numbers are one click away, to copy and to save", async () => {
  const user = userEvent.setup();
  show({
    kind: "confusion_matrix",
    version: 1,
    title: "",
    labels: ["cat", "dog"],
    counts: [
      [1, 2],
      [3, 4],
    ],
  });
  await user.click(screen.getByRole("button", { name: "Numbers" }));
  expect(screen.getByRole("columnheader", { name: "true \\ predicted" })).toBeTruthy();
  expect(screen.getAllByRole("cell").map((cell) => cell.textContent)).toEqual(["cat", "1", "2", "dog", "3", "4"]);
  await user.click(screen.getByRole("button", { name: "Copy the numbers as CSV" }));
  expect(await navigator.clipboard.readText()).toBe("true \\ predicted,cat,dog\ncat,1,2\ndog,3,4\n");
  await user.click(screen.getByRole("button", { name: "Copy the numbers as JSON" }));
  expect(JSON.parse(await navigator.clipboard.readText())).toMatchObject({ labels: ["cat", "dog"] });
});

test("links lead to the pictures that the run has", () => {
  show({ kind: "confusion_matrix", version: 1, title: "", labels: ["a"], counts: [[1]] });
  const link = screen.getByRole("link", { name: "SVG" });
  expect(link.getAttribute("href")).toBe("/x.SVG");
  expect(link.getAttribute("download")).toBe("x.svg");
});
