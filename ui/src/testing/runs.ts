import { HttpResponse, http } from "msw";

export type FakeRun = {
  id: string;
  name: string;
  status?: string;
  parent?: string;
  started?: number;
  metrics?: Record<string, number | string>;
  params?: Record<string, string>;
};

/** An answer of `runs/table` with the columns asked for. */
export function tableAnswer(runs: readonly FakeRun[], asked: { metrics: string[]; params: string[]; tags: string[] }) {
  const texts = (name: string) => {
    const values = [...new Set(runs.flatMap((run) => run.params?.[name] ?? []))];
    return { values, codes: runs.map((run) => values.indexOf(run.params?.[name] ?? "\0")) };
  };
  return {
    count: runs.length,
    total: runs.length,
    run_id: runs.map((run) => run.id),
    experiment_id: runs.map(() => "1"),
    run_name: runs.map((run) => run.name),
    status: runs.map((run) => run.status ?? "FINISHED"),
    start_time: runs.map((run, i) => run.started ?? 1_700_000_000_000 - i * 60_000),
    end_time: runs.map((run, i) => (run.status === "RUNNING" ? null : 1_700_000_005_000 - i * 60_000)),
    lifecycle_stage: runs.map(() => "active"),
    user_id: runs.map(() => "ana"),
    parent_run_id: runs.map((run) => run.parent ?? null),
    changed: runs.map(() => 1_700_000_000_000),
    metrics: Object.fromEntries(asked.metrics.map((name) => [name, runs.map((run) => run.metrics?.[name] ?? null)])),
    params: Object.fromEntries(asked.params.map((name) => [name, texts(name)])),
    tags: Object.fromEntries(asked.tags.map((name) => [name, { values: [], codes: runs.map(() => -1) }])),
    cursor: 1_700_000_000_000,
  };
}

/** A server with one experiment, `digits`, and these runs. What was asked of the table is kept in `questions`. */
export function runsServer(runs: readonly FakeRun[]) {
  const questions: { filter: string; view_type: string; metrics: string[]; params: string[]; tags: string[] }[] = [];
  const names = (kind: "metrics" | "params") =>
    [...new Set(runs.flatMap((run) => Object.keys(run[kind] ?? {})))].sort();
  const handlers = [
    http.get("*/api/2.0/mlflow/experiments/get", () =>
      HttpResponse.json({ experiment: { experiment_id: "1", name: "digits", lifecycle_stage: "active" } }),
    ),
    http.post("*/api/kipu/1/runs/columns", () =>
      HttpResponse.json({
        metrics: names("metrics").map((name) => ({ name, runs: runs.filter((run) => run.metrics?.[name]).length })),
        params: names("params").map((name) => {
          const values = runs.flatMap((run) => run.params?.[name] ?? []);
          return { name, runs: values.length, distinct: new Set(values).size };
        }),
        tags: [],
      }),
    ),
    http.post("*/api/kipu/1/runs/table", async ({ request }) => {
      const question = (await request.json()) as (typeof questions)[number];
      questions.push(question);
      const narrowed = /run_id IN \((.*)\)/.exec(question.filter)?.[1];
      const wanted = narrowed === undefined ? runs : runs.filter((run) => narrowed.includes(`'${run.id}'`));
      return HttpResponse.json(tableAnswer(question.view_type === "DELETED_ONLY" ? [] : wanted, question));
    }),
  ];
  return { handlers, questions };
}
