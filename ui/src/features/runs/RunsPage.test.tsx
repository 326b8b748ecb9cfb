import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import { FakeEventSource } from "@/testing/eventSource";
import { app } from "@/testing/render";
import { type FakeRun, runsServer, tableAnswer } from "@/testing/runs";
import { server } from "@/testing/server";

const RUNS: FakeRun[] = [
  { id: "r1", name: "apple", metrics: { loss: 0.3, acc: 0.8 }, params: { lr: "0.1", model: "cnn" } },
  { id: "r2", name: "banana", metrics: { loss: 0.1, acc: 0.9 }, params: { lr: "0.01", model: "cnn" } },
  { id: "r3", name: "cherry", metrics: { loss: "NaN" }, params: { lr: "1", model: "cnn" }, status: "RUNNING" },
];

const names = () =>
  screen
    .getAllByRole("link")
    .flatMap((link) => (link.getAttribute("href")?.includes("/runs/") ? link.textContent : []));
const header = (name: string) => screen.findByRole("button", { name });

test("an experiment opens on its runs with the metrics and the params that differ", async () => {
  server.use(...runsServer(RUNS).handlers);
  app("/experiments/1");
  await header("loss");
  expect(names()).toEqual(["apple", "banana", "cherry"]);
  expect(screen.getByText("3 runs")).toBeDefined();
  expect(screen.getByText("0.3000").parentElement?.title).toBe("0.3");
  expect(screen.queryByRole("button", { name: "lr" })).not.toBeNull();
  expect(screen.queryByRole("button", { name: "model" })).toBeNull();
});

test("a click on a header sorts, another turns the order, a third ends it", async () => {
  server.use(...runsServer(RUNS).handlers);
  const { user, router } = app("/experiments/1");
  await user.click(await header("loss"));
  await waitFor(() => expect(names()).toEqual(["banana", "apple", "cherry"]));
  await user.click(await header("loss"));
  await waitFor(() => expect(names()).toEqual(["apple", "banana", "cherry"]));
  expect(router.state.location.search).toEqual({ sort: "-metrics.loss" });
  await user.click(await header("loss"));
  await waitFor(() => expect(router.state.location.search).toEqual({}));
});

test("the address alone restores order, columns and search by name", async () => {
  const { handlers, questions } = runsServer(RUNS);
  server.use(...handlers);
  app("/experiments/1?sort=params.lr&cols=params.lr,metrics.acc&find=an");
  await header("acc");
  expect(names()).toEqual(["banana"]);
  expect(screen.getByText("1 of 3 runs")).toBeDefined();
  expect(screen.queryByRole("button", { name: "loss" })).toBeNull();
  expect(questions.map(({ metrics, params }) => [metrics, params])).toEqual([[["acc"], ["lr"]]]);
});

test("a filter is sent with Enter, and a refusal shows the place at fault while the table stays", async () => {
  server.use(...runsServer(RUNS).handlers);
  const { user } = app("/experiments/1");
  await header("loss");
  server.use(
    http.post("*/api/kipu/1/runs/table", () =>
      HttpResponse.json(
        { error_code: "INVALID_PARAMETER_VALUE", message: "There is no entity 'metrcs'.", position: 0 },
        { status: 400 },
      ),
    ),
  );
  await user.type(screen.getByRole("combobox"), "metrcs.loss < 1{Enter}");
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toContain("There is no entity 'metrcs'.");
  expect(alert.querySelector("mark")?.textContent).toBe("metrcs.loss");
  expect(names()).toEqual(["apple", "banana", "cherry"]);
});

test("typing a name in the filter suggests columns, and Tab accepts", async () => {
  server.use(...runsServer(RUNS).handlers);
  const { user } = app("/experiments/1");
  await header("loss");
  await user.type(screen.getByRole("combobox"), "lo");
  await screen.findByRole("option", { name: /metrics\.loss/ });
  await user.tab();
  expect(screen.getByRole<HTMLInputElement>("combobox").value).toBe("metrics.loss ");
});

test("children are indented below their parent and can be folded away", async () => {
  server.use(...runsServer([...RUNS, { id: "r4", name: "pip", parent: "r2" }]).handlers);
  const { user } = app("/experiments/1");
  await header("loss");
  expect(names()).toEqual(["apple", "banana", "pip", "cherry"]);
  await user.click(screen.getByRole("button", { name: "Collapse banana" }));
  expect(names()).toEqual(["apple", "banana", "cherry"]);
});

test("a change of a run asks for that run alone", async () => {
  const { handlers, questions } = runsServer(RUNS);
  server.use(...handlers);
  app("/experiments/1");
  await header("loss");
  const changed = { ...RUNS[1], id: "r2", name: "banana", metrics: { loss: 0.05 } };
  server.use(
    http.post("*/api/kipu/1/runs/table", async ({ request }) => {
      const question = (await request.json()) as (typeof questions)[number];
      questions.push(question);
      return HttpResponse.json(tableAnswer([changed], question));
    }),
  );
  FakeEventSource.changed("r2");
  await screen.findByText("0.05000");
  expect(questions.at(-1)?.filter).toBe("attributes.run_id IN ('r2')");
  expect(names()).toEqual(["apple", "banana", "cherry"]);
});

test("selected runs are deleted after a confirmation", async () => {
  server.use(...runsServer(RUNS).handlers);
  const deleted: unknown[] = [];
  server.use(
    http.post("*/api/2.0/mlflow/runs/delete", async ({ request }) => {
      deleted.push(await request.json());
      return HttpResponse.json({});
    }),
  );
  const { user } = app("/experiments/1");
  await header("loss");
  await user.click(screen.getByRole("checkbox", { name: "Select banana" }));
  await user.click(screen.getByRole("button", { name: "Delete" }));
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Delete 1 run" }));
  await waitFor(() => expect(deleted).toEqual([{ run_id: "r2" }]));
  await screen.findByText("3 runs");
});

test("an experiment without runs shows the Python that logs one", async () => {
  server.use(...runsServer([]).handlers);
  app("/experiments/1");
  await screen.findByText("No runs yet");
  expect(document.querySelector("pre")?.textContent).toContain('kipu.set_experiment("digits")');
});

test("a server that does not answer is said so, and asked again on demand", async () => {
  server.use(
    http.post("*/api/kipu/1/runs/table", () => HttpResponse.error()),
    ...runsServer(RUNS).handlers,
  );
  const { user } = app("/experiments/1");
  await screen.findByText("Could not load the runs");
  server.resetHandlers(...runsServer(RUNS).handlers);
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await header("loss");
});
