import { screen, waitFor } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, expect, test } from "vitest";
import { app } from "@/testing/render";
import { server } from "@/testing/server";

const SITE = "http://kipu.test";
const LONG = { timeout: 10_000 };

const FILES: Record<string, string> = {
  "train.log": "first\nsecond\n",
  "scores.csv": 'name,score\n"a, b",2\nc,1\n',
  "table.json": '{"columns": ["question"], "data": [["why?"]]}',
  "config.json": '{"depth": {"of": NaN}}',
  "page.html": "<script>parent.pwned = true</script>",
  "drawing.svg": '<svg xmlns="http://www.w3.org/2000/svg"><script>parent.pwned = true</script></svg>',
  "model/weights.bin": "xyz",
  "images/a~b+step+0+timestamp+1+u.png": "",
  "images/a~b+step+0+timestamp+1+u+compressed.webp": "",
  "images/a~b+step+5+timestamp+2+v.png": "",
};

let listed: string[];

beforeEach(() => {
  listed = [];
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
    http.get(`${SITE}/api/2.0/mlflow/artifacts/list`, ({ request }) => {
      const folder = new URL(request.url).searchParams.get("path") ?? "";
      listed.push(folder);
      const before = folder === "" ? "" : `${folder}/`;
      const names = Object.keys(FILES).filter((path) => path.startsWith(before));
      const children = new Set(names.map((path) => before + (path.slice(before.length).split("/")[0] ?? "")));
      const files = [...children].map((path) =>
        path in FILES ? { path, is_dir: false, file_size: FILES[path]?.length } : { path, is_dir: true },
      );
      return HttpResponse.json({ root_uri: "x", files });
    }),
    http.get(`${SITE}/get-artifact`, ({ request }) =>
      HttpResponse.text(FILES[new URL(request.url).searchParams.get("path") ?? ""] ?? ""),
    ),
  );
});

const open = (path: string) => app(`/runs/r?tab=artifacts&path=${encodeURIComponent(path)}`);

test("a folder is asked for when it is opened", async () => {
  const { user } = app("/runs/r?tab=artifacts");
  const folder = await screen.findByRole("button", { name: "model" }, LONG);
  expect(listed).not.toContain("model");
  await user.click(folder);
  expect(await screen.findByRole("button", { name: /weights\.bin/ })).toBeTruthy();
  expect(listed).toContain("model");
});

test("arrow keys walk the tree and open folders", async () => {
  const { user } = app("/runs/r?tab=artifacts");
  (await screen.findByRole("button", { name: "images" }, LONG)).focus();
  await user.keyboard("{ArrowDown}{ArrowRight}");
  expect(await screen.findByRole("button", { name: /weights\.bin/ })).toBeTruthy();
  await user.keyboard("{ArrowDown}");
  expect(document.activeElement?.textContent).toContain("weights.bin");
  await user.keyboard("{ArrowLeft}");
  expect(document.activeElement?.textContent).toBe("model");
});

test("the open file stands in the address and its folders are open", async () => {
  open("model/weights.bin");
  expect(await screen.findByText("Kipu has no preview for this kind of file.", {}, LONG)).toBeTruthy();
  expect(screen.getByRole("button", { name: /weights\.bin/ }).getAttribute("aria-current")).toBe("true");
  const link = screen.getByRole("link", { name: "Download" });
  expect(link.getAttribute("href")).toBe(`${SITE}/get-artifact?run_id=r&path=model%2Fweights.bin`);
});

test("text is shown with the numbers of its lines", async () => {
  open("train.log");
  await waitFor(
    () => expect(document.querySelector("[class*=numbered]")?.textContent).toBe("1\n2first\nsecond\n"),
    LONG,
  );
});

test("CSV and logged tables become tables that sort", async () => {
  const { user } = open("scores.csv");
  expect(await screen.findByText("2 rows, 2 columns", {}, LONG)).toBeTruthy();
  const score = screen.getByRole("columnheader", { name: "score" });
  await user.click(score);
  expect(score.getAttribute("aria-sort")).toBe("ascending");
});

test("a table that log_table wrote is shown as one", async () => {
  open("table.json");
  expect(await screen.findByRole("columnheader", { name: "question" }, LONG)).toBeTruthy();
});

test("JSON opens as values, Python's NaN included", async () => {
  open("config.json");
  expect(await screen.findByText("depth:", { exact: false }, LONG)).toBeTruthy();
  expect(screen.getByText('"NaN"')).toBeTruthy();
});

test("a page is shown in a frame without our origin", async () => {
  open("page.html");
  await waitFor(() => expect(document.querySelector("iframe")).not.toBeNull(), LONG);
  const frame = document.querySelector("iframe");
  expect(frame?.getAttribute("sandbox")).toBe("allow-scripts");
  expect(frame?.getAttribute("src")).toBeNull();
  expect("pwned" in window).toBe(false);
});

test("a drawing is shown as an image, which runs no scripts", async () => {
  open("drawing.svg");
  const image = await screen.findByRole("img", { name: "drawing.svg" }, LONG);
  expect(image.tagName).toBe("IMG");
  expect(document.querySelector("svg script")).toBeNull();
});

test("images stand together by key, with a slider for the step", async () => {
  const { user } = app("/runs/r?tab=artifacts&as=images");
  const last = await screen.findByRole("img", { name: "a/b at step 5" }, LONG);
  expect(last.getAttribute("src")).toContain("step%2B5");
  await user.click(screen.getByRole("button", { name: "Previous step" }));
  const first = await screen.findByRole("img", { name: "a/b at step 0" });
  expect(first.getAttribute("src")).toContain("compressed.webp");
  await user.keyboard("{ArrowRight}");
  expect(await screen.findByRole("img", { name: "a/b at step 5" })).toBeTruthy();
});

test("a file that is not there is said to be missing", async () => {
  open("gone.txt");
  expect(await screen.findByText(/The run has no file/, {}, LONG)).toBeTruthy();
});
