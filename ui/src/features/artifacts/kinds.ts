// What a file is, by its name: this decides how it is shown.

export type Kind = "image" | "html" | "markdown" | "json" | "table" | "text" | "pdf" | "other";

const IMAGE = ["png", "jpg", "jpeg", "gif", "webp", "svg", "bmp", "avif", "ico"];
const TABLE = ["csv", "tsv"];
const TEXT = [
  ...["txt", "log", "out", "err", "yaml", "yml", "toml", "ini", "cfg", "conf", "env", "xml", "jsonl", "ndjson", "sql"],
  ...[
    "py",
    "pyi",
    "ipynb",
    "r",
    "jl",
    "js",
    "mjs",
    "ts",
    "tsx",
    "jsx",
    "css",
    "scss",
    "java",
    "kt",
    "scala",
    "go",
    "rs",
  ],
  ...[
    "c",
    "h",
    "cc",
    "cpp",
    "hpp",
    "cu",
    "sh",
    "bash",
    "zsh",
    "ps1",
    "rb",
    "pl",
    "lua",
    "m",
    "tex",
    "bib",
    "rst",
    "diff",
  ],
  ...["patch", "proto", "graphql", "tf", "properties", "lock", "dot", "gitignore", "dockerignore", "mlproject"],
];
/** Names without an extension that are text. */
const NAMED = ["mlmodel", "dockerfile", "makefile", "license", "readme", "mlproject", "requirements", "procfile"];

/** The kind of a file, by its name. */
export function kindOf(path: string): Kind {
  const name = nameOf(path).toLowerCase();
  const extension = extensionOf(name);
  if (IMAGE.includes(extension)) return "image";
  if (extension === "html" || extension === "htm") return "html";
  if (extension === "md" || extension === "markdown") return "markdown";
  if (extension === "json" || extension === "geojson") return "json";
  if (TABLE.includes(extension)) return "table";
  if (extension === "pdf") return "pdf";
  if (TEXT.includes(extension) || NAMED.includes(name)) return "text";
  return "other";
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The folder of a path; "" is the root. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** All folders that a path lies in, outermost first. */
export function foldersOf(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join("/"));
}

function extensionOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot < 0 ? "" : name.slice(dot + 1);
}
