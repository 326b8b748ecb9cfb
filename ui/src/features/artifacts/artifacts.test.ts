import { expect, test } from "vitest";
import { sortRows } from "@/components/table/table";
import { delimiterOf, parseDelimited, readSplitTable } from "./delimited";
import { imageAt } from "./ImagesView";
import { imageSeries, parseImageName } from "./imageNames";
import { foldersOf, kindOf, nameOf, parentOf } from "./kinds";
import { isolated } from "./previews/HtmlPreview";

test("quoted fields may hold delimiters, quotes and line ends", () => {
  const { columns, rows } = parseDelimited('\ufeffa,b\r\n"x, y","say ""hi"""\r\n"two\nlines",\n', ",");
  expect(columns).toEqual(["a", "b"]);
  expect(rows).toEqual([
    ["x, y", 'say "hi"'],
    ["two\nlines", ""],
  ]);
});

test("empty lines are no rows, and a torn last row of a cut file is left out", () => {
  expect(parseDelimited("a,b\n\n1,2\n3,", ",", true).rows).toEqual([["1", "2"]]);
  expect(parseDelimited("a,b\n1,2\n3,", ",").rows).toEqual([
    ["1", "2"],
    ["3", ""],
  ]);
});

test("an unclosed quote takes the rest, and does not hang", () => {
  expect(parseDelimited('a\n"never closed', ",").rows).toEqual([["never closed"]]);
  expect(parseDelimited("", ",")).toEqual({ columns: [], rows: [], cut: false });
});

test("the delimiter is found by name or by the first line", () => {
  expect(delimiterOf("a.tsv", "a,b")).toBe("\t");
  expect(delimiterOf("a.csv", "a;b;c\n1,5;2;3")).toBe(";");
  expect(delimiterOf("a.csv", "a,b")).toBe(",");
});

test("a logged table is read, other JSON is not taken for one", () => {
  const value = {
    columns: ["q", "a"],
    data: [
      ["x", { y: 1 }],
      [null, 2.5],
    ],
  };
  expect(readSplitTable(value)).toEqual({
    columns: ["q", "a"],
    rows: [
      ["x", '{"y":1}'],
      ["", "2.5"],
    ],
    cut: false,
  });
  expect(readSplitTable({ columns: ["a"], data: [1] })).toBeNull();
  expect(readSplitTable([1])).toBeNull();
  expect(readSplitTable(null)).toBeNull();
});

test("columns of numbers sort as numbers, empty cells stay last", () => {
  const rows = [["10"], ["9"], [""], ["-1"]];
  expect(sortRows(rows, 0, false).flat()).toEqual(["-1", "9", "10", ""]);
  expect(sortRows(rows, 0, true).flat()).toEqual(["10", "9", "-1", ""]);
  expect(sortRows([["b"], ["a10"], ["a9"]], 0, false).flat()).toEqual(["a9", "a10", "b"]);
});

test("names of logged images tell key, step and time", () => {
  expect(parseImageName("im~g+step+2+timestamp+1700000000000+0a1b-2c.png")).toEqual({
    key: "im/g",
    step: 2,
    timestamp: 1_700_000_000_000,
    uuid: "0a1b-2c",
    compressed: false,
  });
  expect(parseImageName("a+b+step+-1+timestamp+5+u+compressed.webp")).toMatchObject({
    key: "a+b",
    step: -1,
    compressed: true,
  });
});

test("names of older runs are read too", () => {
  expect(parseImageName("im#g%step%2%timestamp%7%u.png")).toMatchObject({ key: "im/g", step: 2, compressed: false });
  expect(parseImageName("im#g%step%2%timestamp%7%u%compressed.webp")).toMatchObject({ compressed: true });
  expect(parseImageName("plot.png")).toBeNull();
});

test("images are put together with their small copies, by key and step", () => {
  const file = (name: string) => ({ path: `images/${name}`, is_dir: false });
  const series = imageSeries([
    file("b+step+10+timestamp+1+u1.png"),
    file("b+step+2+timestamp+1+u2.png"),
    file("b+step+2+timestamp+1+u2+compressed.webp"),
    file("a+step+0+timestamp+1+u3+compressed.webp"),
    file("a+step+0+timestamp+1+u3.png"),
    file("unrelated.png"),
    { path: "images/folder", is_dir: true },
  ]);
  expect(series.map(({ key, images }) => [key, images.map(({ step }) => step)])).toEqual([
    ["a", [0]],
    ["b", [2, 10]],
  ]);
  expect(series[0]?.images[0]).toMatchObject({
    path: "images/a+step+0+timestamp+1+u3.png",
    thumbnail: "images/a+step+0+timestamp+1+u3+compressed.webp",
  });
  expect(series[1]?.images[1]?.thumbnail).toBeUndefined();
});

test("an image logged again at a step counts with its latest", () => {
  const file = (name: string) => ({ path: `images/${name}`, is_dir: false });
  const [series] = imageSeries([file("a+step+1+timestamp+9+new.png"), file("a+step+1+timestamp+3+old.png")]);
  expect(series?.images).toHaveLength(1);
  expect(series?.images[0]?.timestamp).toBe(9);
});

test("between its steps a key shows the image before", () => {
  const images = [0, 10].map((step) => ({ key: "a", step, timestamp: 0, path: `${step}`, thumbnail: undefined }));
  expect(imageAt(images, 7)?.step).toBe(0);
  expect(imageAt(images, 10)?.step).toBe(10);
  expect(imageAt(images, -3)?.step).toBe(0);
  expect(imageAt([], 1)).toBeUndefined();
});

test.each([
  ["plots/a.PNG", "image"],
  ["model/MLmodel", "text"],
  ["x/conda.yaml", "text"],
  ["t.tsv", "table"],
  ["a.json", "json"],
  ["fig.html", "html"],
  ["README", "text"],
  ["README.md", "markdown"],
  ["p.pdf", "pdf"],
  ["model.pkl", "other"],
])("%s is shown as %s", (path, kind) => {
  expect(kindOf(path)).toBe(kind);
});

test("paths fall into folders and names", () => {
  expect(foldersOf("a/b/c.txt")).toEqual(["a", "a/b"]);
  expect([nameOf("a/b/c.txt"), parentOf("a/b/c.txt"), nameOf("c"), parentOf("c")]).toEqual(["c.txt", "a/b", "c", ""]);
});

test("a page is preceded by a policy that keeps it from the network", () => {
  const page = isolated("<!doctype html><html><script>steal()</script></html>");
  expect(page.indexOf("connect-src 'none'")).toBeLessThan(page.indexOf("<script>"));
  expect(page.startsWith("<!doctype html>")).toBe(true);
});
