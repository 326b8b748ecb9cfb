import { expect, test } from "vitest";
import { routeOfHash } from "./translateHash";

test("addresses that MLflow's client prints lead to the page they mean", () => {
  expect(routeOfHash("#/experiments/12/runs/abc")).toBe("runs/abc");
  expect(routeOfHash("#/experiments/12")).toBe("experiments/12");
  expect(routeOfHash("#/experiments/12/runs")).toBe("experiments/12");
  expect(routeOfHash("#metrics")).toBeUndefined();
});
