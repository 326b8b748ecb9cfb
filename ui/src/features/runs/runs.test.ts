import { describe, expect, test } from "vitest";
import { allRows, numberAt, textAt } from "@/lib/columns";
import { tableAnswer } from "@/testing/runs";
import { canNarrow } from "./api/runTable";
import { defaultChoice, goalOf, growChoice, readChoice, writeChoice } from "./columnChoice";
import { toCsv, toJson } from "./exportTable";
import { clickSort, readSort, runsSearch, writeSort } from "./search";
import { shownColumns } from "./shownColumn";
import { placeAt, suggest } from "./suggest";
import { durations, mergeTable, type RunTable, readTable } from "./table";

const asked = { metrics: ["loss"], params: ["lr"], tags: [] };
const table = (...runs: Parameters<typeof tableAnswer>[0][number][]) => readTable(tableAnswer(runs, asked) as never);

describe("the address", () => {
  test("an order is read as it was written, commas in names included", () => {
    const order = [
      { id: "metrics.a,b", descending: true },
      { id: "params.50%", descending: false },
    ];
    expect(readSort(writeSort(order))).toEqual(order);
  });

  test("numbers typed as a name are text", () => {
    expect(runsSearch({ find: 42, view: "all", flat: "yes" })).toEqual({ find: "42" });
  });

  test("shift adds a further key and leaves the others", () => {
    const one = clickSort([], "a", true, false);
    const two = clickSort(one, "b", false, true);
    expect(writeSort(two)).toBe("-a,b");
    expect(writeSort(clickSort(two, "b", false, true))).toBe("-a,-b");
    expect(writeSort(clickSort(two, "c", false, false))).toBe("c");
  });
});

describe("columns", () => {
  const columns = {
    metrics: [
      { name: "loss", runs: 3 },
      { name: "system/cpu", runs: 9 },
    ],
    params: [
      { name: "lr", runs: 3, distinct: 2 },
      { name: "model", runs: 3, distinct: 1 },
    ],
    tags: [],
  };

  test("the params that differ are shown first, system metrics are not", () => {
    expect(defaultChoice(columns)).toBe("started,duration,metrics.loss,params.lr");
  });

  test("columns join while runs arrive, and none goes", () => {
    const grown = growChoice("started,metrics.old", columns);
    expect(readChoice(grown).map((column) => column.id)).toEqual([
      "started",
      "duration",
      "metrics.old",
      "metrics.loss",
      "params.lr",
    ]);
  });

  test("a choice is read once each, kind by kind", () => {
    const ids = readChoice(writeChoice(["params.x", "metrics.a,b", "params.x", "nonsense", "user"])).map(
      (column) => column.id,
    );
    expect(ids).toEqual(["user", "metrics.a,b", "params.x"]);
  });

  test("the names of metrics say which way is better", () => {
    expect(goalOf("val/loss")).toBe("min");
    expect(goalOf("rmse")).toBe("min");
    expect(goalOf("val_accuracy")).toBe("max");
    expect(goalOf("f1/macro")).toBe("max");
    expect(goalOf("epoch")).toBeUndefined();
    expect(goalOf("scoreboard_size")).toBeUndefined();
  });

  test("ranks, spreads and times of a search are not taken for its scores", () => {
    expect(goalOf("mean_test_score")).toBe("max");
    expect(goalOf("rank_test_score")).toBe("min");
    expect(goalOf("std_test_score")).toBeUndefined();
    expect(goalOf("mean_score_time")).toBeUndefined();
    expect(goalOf("std_score_time")).toBeUndefined();
    expect(goalOf("rank_accuracy")).toBe("max");
  });
});

describe("a table brought up to date", () => {
  const a = { id: "a", name: "a", metrics: { loss: 1 }, params: { lr: "1" } };
  const b = { id: "b", name: "b", metrics: { loss: 2 }, params: { lr: "2" } };
  const c = { id: "c", name: "c" };
  const facts = (merged: RunTable) =>
    merged.ids.map((id, row) => {
      const loss = merged.metrics.get("loss");
      const lr = merged.params.get("lr");
      return [id, loss && numberAt(loss, row), lr && textAt(lr, row)];
    });

  test("a changed run keeps its place", () => {
    const fresh = table({ ...b, metrics: { loss: 0.5 }, params: { lr: "3" } });
    expect(facts(mergeTable(table(a, b, c), fresh, new Set(["b"])))).toEqual([
      ["a", 1, "1"],
      ["b", 0.5, "3"],
      ["c", undefined, undefined],
    ]);
  });

  test("a new run comes first, and one that no longer matches goes", () => {
    const merged = mergeTable(table(a, b), table(c), new Set(["c", "a"]));
    expect(merged.ids).toEqual(["c", "b"]);
    expect(merged.total).toBe(2);
  });

  test("only a filter without OR can be narrowed to the changed runs", () => {
    expect(canNarrow("metrics.loss < 1 and params.x = 'this or that'")).toBe(true);
    expect(canNarrow("metrics.loss < 1 OR params.x = 'a'")).toBe(false);
  });
});

describe("a table as a file", () => {
  const runs = table(
    { id: "a", name: 'say "hi", you', metrics: { loss: 0.1234567890123 }, params: { lr: "0.1" } },
    { id: "b", name: "b", metrics: { loss: "NaN" }, status: "RUNNING" },
  );
  const columns = shownColumns(runs, readChoice("started,metrics.loss,params.lr"), durations(runs, 0));

  test("CSV has numbers in full, times in ISO 8601 and quotes where they are needed", () => {
    expect(toCsv(runs, columns, allRows(2)).split("\r\n")).toEqual([
      "run_id,run_name,status,start_time,end_time,duration_s,metrics.loss,params.lr",
      'a,"say ""hi"", you",FINISHED,2023-11-14T22:13:20.000Z,2023-11-14T22:13:25.000Z,5,0.1234567890123,0.1',
      "b,b,RUNNING,2023-11-14T22:12:20.000Z,,,NaN,",
      "",
    ]);
  });

  test("JSON leaves out what is missing", () => {
    expect(JSON.parse(toJson(runs, columns, [1]))).toEqual([
      { run_id: "b", run_name: "b", status: "RUNNING", start_time: "2023-11-14T22:12:20.000Z", "metrics.loss": "NaN" },
    ]);
  });
});

describe("suggestions", () => {
  const columns = {
    metrics: [
      { name: "val/loss", runs: 3 },
      { name: "loss", runs: 3 },
    ],
    params: [{ name: "lr", runs: 3, distinct: 2 }],
    tags: [],
  };

  const expectedAt = (text: string) => placeAt(text, text.length)?.expected.what;
  const names = (text: string) => {
    const place = placeAt(text, text.length);
    return place ? suggest(place, columns).map((item) => item.name) : [];
  };

  test.each([
    ["lo", "name"],
    ["metrics.loss < 1 and par", "name"],
    ["(metrics.loss < 1 OR par", "name"],
    ["NOT (NOT ", "name"],
    ["0.1 < metr", "name"],
    ["metrics.`val/lo", "name"],
    ["params.x IN ('a', 'b') or ", "name"],
    ["metrics.loss BETWEEN 1 AND 2 AND ", "name"],
    ["tags.t IS NOT NULL and ", "name"],
    ["metrics.loss ", "comparator"],
    ["metrics.loss NOT ", "comparator"],
    ["params.`a b` li", "comparator"],
    ["metrics.loss < 1 an", "word"],
    ["0.1 < metrics.loss <= 1 an", "word"],
    ["metrics.loss between 1 a", "word"],
    ["(tags.t is null) o", "word"],
  ])("after %j comes a %s", (text, what) => {
    expect(expectedAt(text)).toBe(what);
  });

  test.each(["params.x = 'lo", "params.x = ", "params.x IN (", "metrics.loss <", "metrics.loss < 1 2 ", "= "])(
    "nothing is suggested after %j",
    (text) => {
      expect(expectedAt(text)).toBeUndefined();
    },
  );

  test("names that begin with what was typed come first, and odd names are quoted", () => {
    const place = placeAt("loss", 4);
    expect(place && suggest(place, columns).map((item) => item.insert)).toEqual(["metrics.loss", "metrics.`val/loss`"]);
  });

  test("comparators are those of the field", () => {
    expect(names("metrics.loss b")).toEqual(["BETWEEN"]);
    expect(names("tags.t ")).not.toContain("<");
    expect(names("params.lr <")).toEqual([]);
    expect(names("params.lr n")).toEqual(["NOT IN", "NOT LIKE", "NOT BETWEEN"]);
    expect(names("start_time ")[0]).toBe("<");
    expect(names("status ")[0]).toBe("=");
  });

  test("what joins is suggested once it is begun", () => {
    expect(names("metrics.loss < 1 ")).toEqual([]);
    expect(names("metrics.loss < 1 o")).toEqual(["OR"]);
    expect(names("metrics.loss BETWEEN 1 a")).toEqual(["AND"]);
  });
});
