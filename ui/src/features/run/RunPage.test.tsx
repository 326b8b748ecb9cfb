import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, expect, test, vi } from "vitest";
import type { Line } from "@/components/chart/lines";
import { app } from "@/testing/render";
import { server } from "@/testing/server";

// Curves are painted on a canvas, which the test's document lacks.
vi.mock("@/components/chart/LineChart", () => ({
  LineChart: ({ lines, label }: { lines: Line[]; label: string }) => (
    <div role="img" aria-label={label}>
      {lines.map((line) => line.last.join(" "))}
    </div>
  ),
}));

const API = "http://kipu.test/api";
const RUN = "r1";
const LONG = { timeout: 10_000 };

let tags: Record<string, string>;
let info: Record<string, unknown>;
let asked: unknown[];

function metric(key: string, count: number, value: number | string = 0.5) {
  return { key, value, step: count - 1, timestamp: 1_700_000_000_000, count, min: 0.1, max: 2 };
}

beforeEach(() => {
  tags = { team: "vision", "mlflow.source.name": "/a/train.py", "mlflow.note.content": "**hello**" };
  info = {
    run_id: RUN,
    run_name: "swift-owl-1",
    experiment_id: "7",
    user_id: "ada",
    status: "FINISHED",
    start_time: 1_700_000_000_000,
    end_time: 1_700_000_065_000,
    lifecycle_stage: "active",
  };
  asked = [];
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
  server.use(
    http.get(`${API}/2.0/mlflow/runs/get`, () =>
      HttpResponse.json({
        run: {
          info,
          data: {
            params: Array.from({ length: 9 }, (_, i) => ({ key: `p${i}`, value: `v${i}` })),
            tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
          },
        },
      }),
    ),
    http.post(`${API}/2.0/mlflow/logged-models/search`, () => HttpResponse.json({ models: [] })),
    http.get(`${API}/2.0/mlflow/experiments/get`, () => HttpResponse.json({ experiment: { name: "digits" } })),
    http.get(`${API}/kipu/1/runs/${RUN}/metrics`, () =>
      HttpResponse.json({
        metrics: [metric("loss", 3), metric("val/acc", 3, "NaN"), metric("f1", 1, 0.875), metric("system/cpu", 3)],
      }),
    ),
    http.post(`${API}/kipu/1/runs/table`, () => HttpResponse.json({ total: 0, run_id: [], run_name: [], status: [] })),
    http.post(`${API}/kipu/1/metrics/buckets`, async ({ request }) => {
      const body = (await request.json()) as { series: { run_id: string; key: string }[] };
      asked.push(body);
      const values = [3, 2, 1];
      const columns = { first: values, last: values, min: values, max: values, mean: values, n: [1, 1, 1] };
      return HttpResponse.json({ series: body.series.map((one) => ({ ...one, count: 3, x: [0, 1, 2], ...columns })) });
    }),
  );
});

test("the header tells name, status, duration and where the run came from", async () => {
  app(`/runs/${RUN}`);
  expect(await screen.findByRole("heading", { name: /swift-owl-1/ }, LONG)).toBeTruthy();
  expect(screen.getByText("Finished")).toBeTruthy();
  expect(screen.getByText("1 min 05 s")).toBeTruthy();
  expect(screen.getByText("train.py")).toBeTruthy();
  expect(await screen.findByText("digits")).toBeTruthy();
});

test("params are found by name or value, and tags of the system are folded away", async () => {
  const { user } = app(`/runs/${RUN}`);
  const params = await screen.findByRole("table", { name: "Params" }, LONG);
  expect(within(params).getAllByRole("row")).toHaveLength(9);
  await user.type(screen.getByRole("searchbox", { name: "Find in params" }), "v3");
  await waitFor(() =>
    expect(within(screen.getByRole("table", { name: "Params" })).getAllByRole("row")).toHaveLength(1),
  );
  expect(screen.queryByText("mlflow.source.name")).toBeNull();
  await user.click(screen.getByText(/of the system/));
  expect(screen.getByText("mlflow.source.name")).toBeTruthy();
});

test("a tag is shown at once and taken back when the server refuses", async () => {
  let refuse: () => void = () => undefined;
  const refused = new Promise<void>((resolve) => {
    refuse = resolve;
  });
  server.use(
    http.post(`${API}/2.0/mlflow/runs/set-tag`, async () => {
      await refused;
      return HttpResponse.json(
        { error_code: "INVALID_PARAMETER_VALUE", message: "No such tags here." },
        { status: 400 },
      );
    }),
  );
  const { user } = app(`/runs/${RUN}`);
  await user.click(await screen.findByRole("button", { name: "Add a tag" }, LONG));
  await user.type(screen.getByRole("textbox", { name: "Name of the tag" }), "stage");
  await user.type(screen.getByRole("textbox", { name: "Value of the tag" }), "best{Enter}");
  expect(await screen.findByText("best")).toBeTruthy();
  refuse();
  expect(await screen.findByText("No such tags here.")).toBeTruthy();
  await waitFor(() => expect(screen.queryByText("best")).toBeNull());
});

test("the note is edited with a preview and saved as a tag", async () => {
  const sent = vi.fn();
  server.use(
    http.post(`${API}/2.0/mlflow/runs/set-tag`, async ({ request }) => {
      const body = (await request.json()) as { key: string; value: string };
      sent(body);
      tags = { ...tags, [body.key]: body.value };
      return HttpResponse.json({});
    }),
  );
  const { user } = app(`/runs/${RUN}`);
  await user.click(await screen.findByRole("button", { name: "Edit the note" }, LONG));
  const field = screen.getByRole("textbox", { name: "Note, in Markdown" });
  await user.clear(field);
  await user.type(field, "went *well*{Control>}{Enter}{/Control}");
  await waitFor(() =>
    expect(sent).toHaveBeenCalledWith({ run_id: RUN, key: "mlflow.note.content", value: "went *well*" }),
  );
  expect(screen.queryByRole("textbox", { name: "Note, in Markdown" })).toBeNull();
});

test("the run is renamed in place, and Escape gives up", async () => {
  const sent = vi.fn();
  server.use(
    http.post(`${API}/2.0/mlflow/runs/update`, async ({ request }) => {
      const body = (await request.json()) as { run_name: string };
      sent(body);
      info = { ...info, run_name: body.run_name };
      return HttpResponse.json({});
    }),
  );
  const { user } = app(`/runs/${RUN}`);
  await user.click(await screen.findByRole("button", { name: "Rename the run" }, LONG));
  await user.keyboard("other{Escape}");
  expect(await screen.findByRole("heading", { name: /swift-owl-1/ })).toBeTruthy();
  expect(sent).not.toHaveBeenCalled();
  await user.click(screen.getByRole("button", { name: "Rename the run" }));
  await user.keyboard("calm-fox-2{Enter}");
  expect(await screen.findByRole("heading", { name: /calm-fox-2/ })).toBeTruthy();
  await waitFor(() => expect(sent).toHaveBeenCalledWith({ run_id: RUN, run_name: "calm-fox-2" }));
  expect(sent).toHaveBeenCalledTimes(1);
});

test("a run is deleted and restored", async () => {
  const stages = (stage: string) => () => {
    info = { ...info, lifecycle_stage: stage };
    return HttpResponse.json({});
  };
  server.use(
    http.post(`${API}/2.0/mlflow/runs/delete`, stages("deleted")),
    http.post(`${API}/2.0/mlflow/runs/restore`, stages("active")),
  );
  const { user } = app(`/runs/${RUN}`);
  await user.click(await screen.findByRole("button", { name: "Delete" }, LONG));
  expect(await screen.findByText("Deleted")).toBeTruthy();
  await waitFor(() => expect(screen.getByRole("button", { name: "Restore" }).hasAttribute("disabled")).toBe(false));
  await user.click(screen.getByRole("button", { name: "Restore" }));
  await waitFor(() => expect(screen.queryByText("Deleted")).toBeNull());
});

test("an unknown run is said to be unknown", async () => {
  server.use(
    http.get(`${API}/2.0/mlflow/runs/get`, () =>
      HttpResponse.json({ error_code: "RESOURCE_DOES_NOT_EXIST", message: "Run not found" }, { status: 404 }),
    ),
  );
  app("/runs/nope");
  expect(await screen.findByText("There is no such run", {}, LONG)).toBeTruthy();
});

test("charts stand in sections, are asked for in one request, and one point is a number", async () => {
  app(`/runs/${RUN}?tab=charts`);
  await waitFor(() => expect(screen.getAllByRole("img")).toHaveLength(3), LONG);
  expect(screen.getAllByRole("region").map((section) => section.getAttribute("aria-label"))).toEqual([
    "Metrics",
    "val",
    "system",
  ]);
  expect(screen.getByText("0.875")).toBeTruthy();
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({ axis: "step", lower: null, upper: null });
});

test("charts are found by a regular expression, which stays in the address", async () => {
  const { user, router } = app(`/runs/${RUN}?tab=charts`);
  const field = await screen.findByRole("searchbox", { name: "Find metrics" }, LONG);
  await user.type(field, "/^val|^f/");
  await waitFor(() =>
    expect(screen.getAllByRole("article").map((panel) => panel.getAttribute("aria-label"))).toEqual(["f1", "val/acc"]),
  );
  await waitFor(() => expect(router.state.location.search).toMatchObject({ find: "/^val|^f/" }));
  await user.clear(field);
  await user.type(field, "/(");
  expect(await screen.findByRole("alert")).toBeTruthy();
});

test("settings in the address are taken over", async () => {
  app(`/runs/${RUN}?tab=charts&x=time&smooth=0.6&logy=true`);
  const wall = await screen.findByRole("button", { name: "Wall time" }, LONG);
  expect(wall.getAttribute("aria-pressed")).toBe("true");
  expect(screen.getByText("0.60")).toBeTruthy();
  await waitFor(() => expect(asked[0]).toMatchObject({ axis: "time" }));
});
