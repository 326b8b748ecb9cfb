import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import { FakeEventSource } from "@/testing/eventSource";
import { app } from "@/testing/render";
import { server } from "@/testing/server";

function experiment(id: string, name: string, more: object = {}) {
  return {
    experiment_id: id,
    name,
    lifecycle_stage: "active",
    creation_time: 1,
    last_update_time: 1,
    tags: {},
    run_count: 0,
    running_count: 0,
    last_run_time: null,
    ...more,
  };
}

const ALL = [
  experiment("7", "digits", {
    run_count: 1200,
    running_count: 2,
    last_run_time: Date.now() - 300_000,
    tags: { team: "vision" },
  }),
  experiment("8", "words", { tags: { "mlflow.note.content": "Language models\nand more" } }),
];

function answer(active: object[], deleted: object[] = []) {
  return http.get("*/api/kipu/1/experiments", ({ request }) => {
    const isDeleted = new URL(request.url).searchParams.get("view_type") === "DELETED_ONLY";
    return HttpResponse.json({ experiments: isDeleted ? deleted : active });
  });
}

const rows = () =>
  screen
    .getAllByRole("row")
    .slice(1)
    .map((row) => within(row).getAllByRole("link")[0]?.textContent);

test("experiments are listed with their runs, those running, and the last run", async () => {
  server.use(answer(ALL));
  app("/");
  const row = (await screen.findByRole("link", { name: "digits" })).closest<HTMLElement>("[role=row]");
  expect(row?.textContent).toBe("digitsvision1,200 runsRunning25 min ago");
  expect(screen.getByText("Language models")).toBeDefined();
});

test("typing finds names, tags and notes, and the address keeps it", async () => {
  server.use(answer(ALL));
  const { user, router } = app("/");
  await screen.findByRole("link", { name: "digits" });
  await user.type(screen.getByRole("searchbox"), "LANGUAGE");
  await waitFor(() => expect(rows()).toEqual(["words"]));
  expect(router.state.location.search).toEqual({ find: "LANGUAGE" });
});

test("creating opens the new experiment, and a refusal is shown in place", async () => {
  server.use(
    answer(ALL),
    http.post("*/experiments/create", () =>
      HttpResponse.json(
        { error_code: "RESOURCE_ALREADY_EXISTS", message: "There is an experiment of that name." },
        { status: 400 },
      ),
    ),
  );
  const { user } = app("/");
  await user.click(await screen.findByRole("button", { name: "New experiment" }));
  await user.type(screen.getByRole("textbox", { name: "Name" }), "digits{Enter}");
  await screen.findByText("There is an experiment of that name.");
});

test("deleting asks first and says how many runs go with it", async () => {
  const deleted: unknown[] = [];
  server.use(
    answer(ALL),
    http.post("*/experiments/delete", async ({ request }) => {
      deleted.push(await request.json());
      return HttpResponse.json({});
    }),
  );
  const { user } = app("/");
  await user.click(await screen.findByRole("button", { name: "Actions for digits" }));
  await user.click(screen.getByRole("menuitem", { name: "Delete" }));
  expect(screen.getByRole("dialog").textContent).toContain("Its 1,200 runs will be deleted with it.");
  await user.click(screen.getByRole("button", { name: "Delete experiment" }));
  await waitFor(() => expect(deleted).toEqual([{ experiment_id: "7" }]));
});

test("a deleted experiment can be restored", async () => {
  const restored: unknown[] = [];
  server.use(
    answer([], [experiment("9", "old", { lifecycle_stage: "deleted" })]),
    http.post("*/experiments/restore", async ({ request }) => {
      restored.push(await request.json());
      return HttpResponse.json({});
    }),
  );
  const { user } = app("/?view=deleted");
  await user.click(await screen.findByRole("button", { name: "Actions for old" }));
  await user.click(screen.getByRole("menuitem", { name: "Restore" }));
  await user.click(screen.getByRole("button", { name: "Restore experiment" }));
  await waitFor(() => expect(restored).toEqual([{ experiment_id: "9" }]));
});

test("the list follows changes anywhere", async () => {
  server.use(answer(ALL));
  app("/");
  await screen.findByRole("link", { name: "digits" });
  server.use(answer([...ALL, experiment("10", "fresh")]));
  FakeEventSource.changed("some-run");
  await screen.findByRole("link", { name: "fresh" }, { timeout: 3000 });
});
