import { screen, waitFor } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, expect, test, vi } from "vitest";
import { app } from "@/testing/render";
import { server } from "@/testing/server";
import { filesOfPlot, plotGroups } from "./plotFiles";

const SITE = "http://kipu.test";
const LONG = { timeout: 10_000 };

const MATRIX = {
  kind: "confusion_matrix",
  version: 1,
  title: "Confusion matrix",
  labels: ["cat", "dog"],
  counts: [
    [7, 1],
    [2, 5],
  ],
};

let files: Record<string, string>;

beforeEach(() => {
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      constructor(private readonly tell: (entries: { isIntersecting: boolean }[]) => void) {}
      observe() {
        this.tell([{ isIntersecting: true }]);
      }
      disconnect() {}
    },
  );
  files = {
    "training_confusion_matrix.json": JSON.stringify(MATRIX),
    "training_confusion_matrix.png": "",
    "training_confusion_matrix.svg": "",
    "feature_importance_weight.json": '{"width": 2.5, "height": NaN}',
    "estimator.html": "<p>",
    "config.json": '{"depth": 3}',
    "mine.png": "",
  };
  server.use(
    http.get(`${SITE}/api/2.0/mlflow/runs/get`, () =>
      HttpResponse.json({
        run: {
          info: { run_id: "r", run_name: "owl", experiment_id: "1", status: "FINISHED", lifecycle_stage: "active" },
        },
      }),
    ),
    http.post(`${SITE}/api/2.0/mlflow/logged-models/search`, () => HttpResponse.json({ models: [] })),
    http.get(`${SITE}/api/2.0/mlflow/experiments/get`, () => HttpResponse.json({ experiment: { name: "digits" } })),
    http.post(`${SITE}/api/kipu/1/runs/table`, () =>
      HttpResponse.json({ total: 0, run_id: [], run_name: [], status: [] }),
    ),
    http.get(`${SITE}/api/2.0/mlflow/artifacts/list`, () =>
      HttpResponse.json({
        root_uri: "x",
        files: Object.entries(files).map(([path, text]) => ({ path, is_dir: false, file_size: text.length })),
      }),
    ),
    http.get(`${SITE}/get-artifact`, ({ request }) =>
      HttpResponse.text(files[new URL(request.url).searchParams.get("path") ?? ""] ?? ""),
    ),
  );
});

test("plots are drawn from their numbers, and other pictures stand behind them", async () => {
  app("/runs/r?tab=plots");
  expect(await screen.findByRole("heading", { name: "Confusion matrix" }, LONG)).toBeTruthy();
  expect(await screen.findByRole("heading", { name: "Feature importance (weight)" }, LONG)).toBeTruthy();
  expect(screen.getByText("width")).toBeTruthy();
  expect(screen.getByRole("img", { name: "mine.png" }).getAttribute("src")).toContain("path=mine.png");
  expect(screen.getAllByRole("article").map((panel) => panel.getAttribute("aria-label"))).toEqual([
    "training_confusion_matrix",
    "feature_importance_weight",
    "mine",
  ]);
});

test("broken numbers leave the picture", async () => {
  files["training_confusion_matrix.json"] = '{"kind": "confusion_matrix", "version": 1, "labels": ["a"]';
  app("/runs/r?tab=plots");
  const picture = await screen.findByRole("img", { name: "training_confusion_matrix.svg" }, LONG);
  expect(picture.tagName).toBe("IMG");
});

test("a run without plots is told how to make some", async () => {
  files = { "config.json": "{}" };
  app("/runs/r?tab=plots");
  expect(await screen.findByRole("heading", { name: "No plots" }, LONG)).toBeTruthy();
});

test("the preview of the numbers is the plot, beside its files", async () => {
  const { user } = app("/runs/r?tab=artifacts&path=training_confusion_matrix.json");
  expect(await screen.findByRole("heading", { name: "Confusion matrix" }, LONG)).toBeTruthy();
  await waitFor(() => expect(screen.getByRole("link", { name: "PNG" })).toBeTruthy());
  expect(screen.getByRole("link", { name: "SVG" }).getAttribute("href")).toContain("training_confusion_matrix.svg");
  await user.click(screen.getByRole("tab", { name: "Source" }));
  await waitFor(() => expect(document.querySelector("[class*=numbered]")?.textContent).toContain('"labels"'));
});

test("JSON of another kind is shown as values", async () => {
  files["training_confusion_matrix.json"] = JSON.stringify({ ...MATRIX, version: 2 });
  app("/runs/r?tab=artifacts&path=training_confusion_matrix.json");
  expect(await screen.findByText("labels:", { exact: false }, LONG)).toBeTruthy();
  expect(screen.queryByRole("heading", { name: "Confusion matrix" })).toBeNull();
});

test("files of one name are one plot", () => {
  const paths = ["a.png", "a.json", "a.svg", "config.json", "b.jpg", "feature_importance_gain.json", "notes.txt"];
  const listed = paths.map((path) => ({ path, is_dir: false }));
  const groups = plotGroups([...listed, { path: "model", is_dir: true }]);
  expect(groups.map(({ stem }) => stem)).toEqual(["a", "feature_importance_gain", "b"]);
  expect(groups[0]?.pictures.map(({ path }) => path)).toEqual(["a.svg", "a.png"]);
  const links = filesOfPlot({ runId: "r" }, "deep/a.json", [{ path: "deep/a.svg", is_dir: false }]);
  expect(links.map(({ label, name }) => [label, name])).toEqual([
    ["SVG", "a.svg"],
    ["JSON", "a.json"],
  ]);
});
