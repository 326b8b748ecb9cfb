// Takes a chart away: its numbers as CSV, its picture as PNG.

import type { Line } from "./lines";
import { formatExact } from "./numbers";

/** The lines as CSV; the columns beyond the value only where buckets hold more than a point. */
export function linesAsCsv(lines: readonly Line[], axis: string): string {
  const banded = lines.some((line) => line.banded);
  const head = ["series", axis, "value", ...(banded ? ["min", "max", "mean", "points"] : [])];
  const rows = [head.join(",")];
  for (const line of lines) {
    for (let i = 0; i < line.x.length; i++) {
      const cells = [csvField(line.label), number(line.x[i]), number(line.last[i])];
      if (banded) {
        cells.push(number(line.min[i]), number(line.max[i]), number(line.mean[i]));
        cells.push(number(line.n[i]));
      }
      rows.push(cells.join(","));
    }
  }
  return `${rows.join("\n")}\n`;
}

function number(value: number | undefined): string {
  if (value === Number.POSITIVE_INFINITY) return "Infinity";
  if (value === Number.NEGATIVE_INFINITY) return "-Infinity";
  return formatExact(value ?? Number.NaN);
}

/** A text as a field of CSV. */
export function csvField(text: string): string {
  // A spreadsheet would run a cell that begins like a formula.
  const safe = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A file name that any system takes, made of a metric's name. */
export function fileName(label: string, extension: string): string {
  const safe = label.replace(/[^\p{L}\p{N}._-]+/gu, "_").replace(/^[._]+/, "");
  return `${safe || "chart"}.${extension}`;
}

/** Saves a blob under a name, as a click on a download link would. */
export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads the blob after this task; a while later it surely has.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** The canvas as PNG with its title above and a background beneath. */
export function canvasAsPng(
  canvas: HTMLCanvasElement,
  title: string,
  colors: { background: string; text: string },
): Promise<Blob> {
  const ratio = window.devicePixelRatio || 1;
  const head = 32 * ratio;
  const picture = document.createElement("canvas");
  picture.width = canvas.width;
  picture.height = canvas.height + head;
  const context = picture.getContext("2d");
  if (!context) return Promise.reject(new Error("This browser cannot draw the picture."));
  context.fillStyle = colors.background;
  context.fillRect(0, 0, picture.width, picture.height);
  context.fillStyle = colors.text;
  context.font = `600 ${14 * ratio}px system-ui, sans-serif`;
  context.fillText(title, 12 * ratio, 21 * ratio, picture.width - 24 * ratio);
  context.drawImage(canvas, 0, head);
  return new Promise((resolve, reject) =>
    picture.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The picture could not be made."))), "image/png"),
  );
}
