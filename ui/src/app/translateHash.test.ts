import { expect, test } from "vitest";
import { routeOfHash } from "./translateHash";

test("addresses that MLflow's client prints lead to the page they mean", () => {
  expect(routeOfHash("#/experiments/12/runs/abc")).toBe("runs/abc");
  expect(routeOfHash("#/experiments/12")).toBe("experiments/12");
  expect(routeOfHash("#/experiments/12/runs")).toBe("experiments/12");
  expect(routeOfHash("#/experiments/12/models/m-1")).toBe("models/m-1");
  expect(routeOfHash("#metrics")).toBeUndefined();
});

test("the path of an artifact in MLflow's address opens that file", () => {
  expect(routeOfHash("#/experiments/12/runs/abc/artifacts/plots/a b.png")).toBe(
    "runs/abc?tab=artifacts&path=plots%2Fa+b.png",
  );
  expect(routeOfHash("#/experiments/12/runs/abc/artifacts/100%25.txt")).toBe("runs/abc?tab=artifacts&path=100%25.txt");
  expect(routeOfHash("#/experiments/12/runs/abc/artifacts/100%.txt")).toBe("runs/abc?tab=artifacts&path=100%25.txt");
  expect(routeOfHash("#/experiments/12/runs/abc/artifacts")).toBe("runs/abc");
  expect(routeOfHash("#/experiments/12/models/m-1/artifacts/MLmodel")).toBe("models/m-1?path=MLmodel");
});
