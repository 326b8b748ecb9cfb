import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import { server } from "@/testing/server";
import { ApiError, apiUrl, get, post } from "./api";

test("addresses lie below the base of the page, and lists repeat their name", () => {
  expect(apiUrl("/kipu/1/changes", { run_id: ["a", "b"], cursor: 5, none: undefined })).toBe(
    `${document.baseURI}api/kipu/1/changes?run_id=a&run_id=b&cursor=5`,
  );
});

test("a refusal carries the server's code, words and place", async () => {
  const body = { error_code: "INVALID_PARAMETER_VALUE", message: "No such column.", position: 4 };
  server.use(http.post("*/api/kipu/1/runs/table", () => HttpResponse.json(body, { status: 400 })));
  const error = await post("/kipu/1/runs/table").catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({
    status: 400,
    errorCode: "INVALID_PARAMETER_VALUE",
    message: "No such column.",
    position: 4,
    isPassing: false,
  });
});

test("an answer of a proxy in HTML is a failure that may pass", async () => {
  server.use(
    http.get(
      "*/api/kipu/1/info",
      () => new HttpResponse("<h1>Bad gateway</h1>", { status: 502, statusText: "Bad Gateway" }),
    ),
  );
  await expect(get("/kipu/1/info")).rejects.toMatchObject({
    status: 502,
    isPassing: true,
    message: "The server answered 502 Bad Gateway.",
  });
});

test("a server that is away is said so", async () => {
  server.use(http.get("*/api/kipu/1/info", () => HttpResponse.error()));
  await expect(get("/kipu/1/info")).rejects.toMatchObject({ status: 0, errorCode: "UNREACHABLE" });
});
