// The state of the run page that its address holds. What has its default value is left out.

export const TABS = ["overview", "charts", "plots", "artifacts"] as const;
export type Tab = (typeof TABS)[number];

export interface RunSearch {
  tab?: Tab;
  /** Smoothing of the curves, 0 to 0.99. */
  smooth?: number;
  /** What the x axis counts; by default steps. */
  x?: "time" | "relative";
  logx?: true;
  logy?: true;
  /** Leave outliers out of sight. */
  trim?: true;
  /** Which metrics to show: part of the name, or a regular expression between slashes. */
  find?: string;
  /** The metric whose chart is enlarged. */
  metric?: string;
  /** The model whose files are shown, by its id; left out, they are the run's own. */
  model?: string;
  /** The open artifact. */
  path?: string;
  /** How the artifacts are shown; by default as files. */
  as?: "images";
}

export function runSearch(raw: Record<string, unknown>): RunSearch {
  const smooth = Number(raw.smooth);
  return {
    ...(isTab(raw.tab) && raw.tab !== "overview" && { tab: raw.tab }),
    ...(smooth > 0 && { smooth: Math.min(0.99, smooth) }),
    ...((raw.x === "time" || raw.x === "relative") && { x: raw.x }),
    ...(isOn(raw.logx) && { logx: true }),
    ...(isOn(raw.logy) && { logy: true }),
    ...(isOn(raw.trim) && { trim: true }),
    ...text("find", raw.find),
    ...text("metric", raw.metric),
    ...text("model", raw.model),
    ...text("path", raw.path),
    ...(raw.as === "images" && { as: raw.as }),
  };
}

/** What the address of a model says besides: a file of it. */
export function modelSearch(raw: Record<string, unknown>): Pick<RunSearch, "path"> {
  return text("path", raw.path);
}

function isTab(raw: unknown): raw is Tab {
  return (TABS as readonly unknown[]).includes(raw);
}

function isOn(raw: unknown): boolean {
  return raw === true || raw === 1 || raw === "true";
}

function text(name: "find" | "metric" | "model" | "path", raw: unknown): RunSearch {
  // The router reads `?find=1` as a number.
  return raw === undefined || raw === null || raw === "" || typeof raw === "object" ? {} : { [name]: String(raw) };
}
