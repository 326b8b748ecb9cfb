import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, expect, test } from "vitest";
import { versionsOf } from "@/lib/loggedModels";
import { app } from "@/testing/render";
import { server } from "@/testing/server";

const SITE = "http://kipu.test";
const API = `${SITE}/api/2.0/mlflow`;
const LONG = { timeout: 10_000 };
const FILES: Record<string, string> = { MLmodel: "flavors:\n  sklearn: {}\n", "code/it.py": "x = 1\n" };

let models: unknown[];
let outputs: unknown[];
let asked: unknown[];
let listed: string[];

function model(id: string, name: string, rest: { info?: object; data?: object } = {}) {
  const info = { model_id: id, experiment_id: "7", name, status: "LOGGED_MODEL_READY", source_run_id: "r" };
  return { info: { ...info, ...rest.info }, data: rest.data ?? {} };
}

beforeEach(() => {
  models = [];
  outputs = [];
  asked = [];
  listed = [];
  const info = { run_id: "r", run_name: "owl", experiment_id: "7", status: "FINISHED", lifecycle_stage: "active" };
  server.use(
    http.get(`${API}/runs/get`, () => HttpResponse.json({ run: { info, outputs: { model_outputs: outputs } } })),
    http.get(`${API}/experiments/get`, () => HttpResponse.json({ experiment: { name: "digits" } })),
    http.get(`${SITE}/api/kipu/1/runs/r/metrics`, () => HttpResponse.json({ metrics: [] })),
    http.post(`${SITE}/api/kipu/1/runs/table`, () =>
      HttpResponse.json({ total: 0, run_id: [], run_name: [], status: [] }),
    ),
    http.get(`${API}/artifacts/list`, () =>
      HttpResponse.json({ files: [{ path: "of-the-run.txt", is_dir: false, file_size: 1 }] }),
    ),
    http.post(`${API}/logged-models/search`, async ({ request }) => {
      asked.push(await request.json());
      return HttpResponse.json({ models });
    }),
    http.get(`${API}/logged-models/m-1/artifacts/directories`, ({ request }) => {
      const folder = new URL(request.url).searchParams.get("artifact_directory_path") ?? "";
      listed.push(folder);
      const files =
        folder === "code"
          ? [{ path: "code/it.py", is_dir: false, file_size: 6 }]
          : [
              { path: "code", is_dir: true },
              { path: "MLmodel", is_dir: false, file_size: 24 },
            ];
      return HttpResponse.json({ files });
    }),
    http.get(`${SITE}/ajax-api/2.0/mlflow/logged-models/m-1/artifacts/files`, ({ request }) =>
      HttpResponse.text(FILES[new URL(request.url).searchParams.get("artifact_file_path") ?? ""] ?? ""),
    ),
  );
});

test("the overview tells the run's models with their status, versions, steps and latest metrics", async () => {
  const point = (step: number, value: number | string) => ({ key: "loss", value, step, timestamp: 1 });
  models = [
    model("m-1", "forest", {
      info: {
        model_type: "Classifier",
        tags: [{ key: "mlflow.modelVersions", value: '[{"name": "shop", "version": 3}]' }],
      },
      data: { metrics: [point(20, 0.125), point(10, 0.75), { ...point(20, "NaN"), dataset_name: "test" }] },
    }),
    model("m-2", "late", { info: { status: "LOGGED_MODEL_PENDING" } }),
    model("m-3", "lost", { info: { status: "LOGGED_MODEL_UPLOAD_FAILED" } }),
  ];
  outputs = [{ model_id: "m-1", step: 1200 }];
  app("/runs/r");
  const forest = within(await screen.findByRole("article", { name: "forest" }, LONG));
  for (const text of ["Ready", "Classifier", "shop v3", "step 1,200", "m-1", "0.125", "NaN"])
    expect(forest.getByText(text)).toBeTruthy();
  expect(forest.queryByText("0.75")).toBeNull();
  expect(within(screen.getByRole("article", { name: "late" })).getByText("Pending")).toBeTruthy();
  expect(within(screen.getByRole("article", { name: "lost" })).getByText("Failed")).toBeTruthy();
  expect(asked[0]).toMatchObject({ experiment_ids: ["7"], filter: "source_run_id = 'r'" });
});

test("a run without models has no card of them", async () => {
  app("/runs/r");
  await screen.findByText("Params", {}, LONG);
  await waitFor(() => expect(asked).toHaveLength(1));
  expect(screen.queryByRole("region", { name: "Models" })).toBeNull();
});

test("of many metrics of a model the first are shown, and the others when asked for", async () => {
  const metrics = Array.from({ length: 10 }, (_, i) => ({ key: `metric ${i}`, value: i, dataset_name: "test" }));
  models = [model("m-1", "forest", { data: { metrics } })];
  const { user } = app("/runs/r");
  await user.click(await screen.findByRole("button", { name: "and 2 more metrics" }, LONG));
  expect(screen.getByText("metric 9").textContent).toBe("metric 9");
});

test("the data set of a metric is named where there are several", async () => {
  const point = { key: "loss", value: 1 };
  models = [model("m-1", "forest", { data: { metrics: [point, { ...point, dataset_name: "test" }] } })];
  app("/runs/r");
  const names = await screen.findAllByText("loss", {}, LONG);
  expect(names.map((name) => name.textContent)).toEqual(["loss", "loss on test"]);
});

test("of many models the first are shown, and the others when asked for", async () => {
  models = Array.from({ length: 5 }, (_, i) => model(`m-${i}`, `checkpoint ${i}`));
  const { user } = app("/runs/r");
  await user.click(await screen.findByRole("button", { name: "and 2 more models" }, LONG));
  expect(screen.getByRole("article", { name: "checkpoint 4" })).toBeTruthy();
});

test("a model's name leads to its files, and the address says so", async () => {
  models = [model("m-1", "forest")];
  const { user, router } = app("/runs/r");
  await user.click(await screen.findByRole("link", { name: "forest" }, LONG));
  await waitFor(() => expect(document.querySelector("[class*=numbered]")?.textContent).toContain("sklearn"), LONG);
  expect(router.state.location.search).toEqual({ tab: "artifacts", model: "m-1" });
  expect(screen.getByRole("link", { name: "Download" }).getAttribute("href")).toBe(
    `${SITE}/ajax-api/2.0/mlflow/logged-models/m-1/artifacts/files?artifact_file_path=MLmodel`,
  );
  await user.click(screen.getByRole("button", { name: /MLmodel/ }));
  await waitFor(() =>
    expect(router.state.location.search).toEqual({ tab: "artifacts", model: "m-1", path: "MLmodel" }),
  );
  await user.selectOptions(screen.getByRole("combobox", { name: "Files of" }), "the run");
  expect(await screen.findByRole("button", { name: /of-the-run/ })).toBeTruthy();
  expect(router.state.location.search).toEqual({ tab: "artifacts" });
});

test("a folder of a model is asked of that model", async () => {
  models = [model("m-1", "forest")];
  app("/runs/r?tab=artifacts&model=m-1&path=code/it.py");
  expect(await screen.findByText("x = 1", { exact: false }, LONG)).toBeTruthy();
  expect(listed).toContain("code");
});

test("the address of a model leads to its run", async () => {
  models = [model("m-1", "forest")];
  server.use(http.get(`${API}/logged-models/m-1`, () => HttpResponse.json({ model: models[0] })));
  const { router } = app("/models/m-1?path=MLmodel");
  expect(await screen.findByRole("button", { name: /MLmodel/ }, LONG)).toBeTruthy();
  expect(router.state.location.pathname).toBe("/runs/r");
  expect(router.state.location.search).toEqual({ tab: "artifacts", model: "m-1", path: "MLmodel" });
});

test("a model that is not there, or that no run logged, is said to be so", async () => {
  const refused = { error_code: "RESOURCE_DOES_NOT_EXIST", message: "no" };
  server.use(
    http.get(`${API}/logged-models/m-9`, () => HttpResponse.json(refused, { status: 404 })),
    http.get(`${API}/logged-models/m-8`, () =>
      HttpResponse.json({ model: model("m-8", "foundling", { info: { source_run_id: "" } }) }),
    ),
  );
  app("/models/m-9");
  expect(await screen.findByRole("heading", { name: "There is no such model" }, LONG)).toBeTruthy();
  app("/models/m-8");
  expect(await screen.findByText("models:/m-8", {}, LONG)).toBeTruthy();
});

test("a tag of versions that someone else wrote breaks nothing", () => {
  expect(versionsOf('[{"name": "shop", "version": 3}, null, {"name": 1}]')).toEqual([{ name: "shop", version: "3" }]);
  for (const tag of [undefined, "", "none", "{}", "null"]) expect(versionsOf(tag)).toEqual([]);
});
