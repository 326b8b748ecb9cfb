// The names under which `log_image(..., key=, step=)` keeps its images.

import type { FileInfo } from "./api";

export interface LoggedImage {
  key: string;
  step: number;
  /** ms since the Unix epoch. */
  timestamp: number;
  /** The full image. */
  path: string;
  /** A small copy, if there is one. */
  thumbnail: string | undefined;
}

/** All images of one key, by step. */
export interface ImageSeries {
  key: string;
  images: LoggedImage[];
}

/** The folder that holds them. */
export const IMAGES = "images";

// `a~b+step+3+timestamp+1700000000000+<uuid>.png`; MLflow 3.6 and before wrote `%` for `+` and `#` for `~`.
const NEW = /^(.+)\+step\+(-?\d+)\+timestamp\+(\d+)\+([^+]+?)(\+compressed)?\.(\w+)$/;
const OLD = /^(.+)%step%(-?\d+)%timestamp%(\d+)%([^%]+?)(%compressed)?\.(\w+)$/;

interface ParsedName {
  key: string;
  step: number;
  timestamp: number;
  uuid: string;
  compressed: boolean;
}

/** Reads such a name; null if the file is no logged image. */
export function parseImageName(name: string): ParsedName | null {
  const found = NEW.exec(name) ?? OLD.exec(name);
  if (!found) return null;
  const [, key = "", step, timestamp, uuid = "", compressed] = found;
  const slash = NEW.test(name) ? "~" : "#";
  return {
    key: key.replaceAll(slash, "/"),
    step: Number(step),
    timestamp: Number(timestamp),
    uuid,
    compressed: compressed !== undefined,
  };
}

/** The logged images among files, by key and step; an image logged again at a step counts with its latest. */
export function imageSeries(files: readonly FileInfo[]): ImageSeries[] {
  const images = new Map<string, LoggedImage>();
  for (const { path, is_dir } of files) {
    const name = is_dir ? null : parseImageName(path.slice(path.lastIndexOf("/") + 1));
    if (!name) continue;
    const { key, step, timestamp } = name;
    const known = images.get(name.uuid);
    images.set(name.uuid, {
      key,
      step,
      timestamp,
      path: name.compressed ? (known?.path ?? path) : path,
      thumbnail: name.compressed ? path : known?.thumbnail,
    });
  }
  const series = new Map<string, Map<number, LoggedImage>>();
  for (const image of images.values()) {
    const steps = series.get(image.key) ?? new Map<number, LoggedImage>();
    series.set(image.key, steps);
    const known = steps.get(image.step);
    if (!known || known.timestamp <= image.timestamp) steps.set(image.step, image);
  }
  const byName = new Intl.Collator("en", { numeric: true });
  return [...series]
    .map(([key, steps]) => ({ key, images: [...steps.values()].sort((a, b) => a.step - b.step) }))
    .sort((a, b) => byName.compare(a.key, b.key));
}
