// Which files of a run are plots: the numbers of one, and its pictures, have one name but for the extension.

import { isImportance } from "@/components/plots/plot";
import { type FileInfo, fileUrl, type Owner } from "./api";
import { kindOf, nameOf, parentOf } from "./kinds";

/** A plot, or a picture without numbers. */
export interface PlotGroup {
  /** The path without the extension. */
  stem: string;
  /** The JSON that may hold its numbers. */
  numbers: FileInfo | undefined;
  /** Drawings first. */
  pictures: FileInfo[];
}

/** The plots and pictures among files: those with numbers first, and of these the importances, often long, last. */
export function plotGroups(files: readonly FileInfo[]): PlotGroup[] {
  const groups = new Map<string, PlotGroup>();
  for (const file of files) {
    if (file.is_dir) continue;
    const isNumbers = file.path.endsWith(".json");
    if (!isNumbers && kindOf(file.path) !== "image") continue;
    const stem = stemOf(file.path);
    const group = groups.get(stem) ?? { stem, numbers: undefined, pictures: [] };
    groups.set(stem, group);
    if (isNumbers) group.numbers = file;
    else group.pictures.push(file);
  }
  const byName = new Intl.Collator("en", { numeric: true });
  const isDrawing = ({ path }: FileInfo) => Number(path.endsWith(".svg"));
  return [...groups.values()]
    .filter(({ numbers, pictures }) => pictures.length > 0 || (numbers && isImportance(numbers.path)))
    .map((group) => ({ ...group, pictures: group.pictures.toSorted((a, b) => isDrawing(b) - isDrawing(a)) }))
    .sort((a, b) => place(a) - place(b) || byName.compare(a.stem, b.stem));
}

function place({ numbers }: PlotGroup): number {
  if (!numbers) return 2;
  return isImportance(numbers.path) ? 1 : 0;
}

/** The files of the plot that a JSON file holds, as links. */
export function filesOfPlot(owner: Owner, path: string, beside: readonly FileInfo[]) {
  const stem = stemOf(path);
  const known = ["svg", "png", "json"].map(
    (extension) => `${parentOf(path) && `${parentOf(path)}/`}${stem}.${extension}`,
  );
  return known
    .filter((one) => one === path || beside.some((file) => file.path === one))
    .map((one) => ({
      label: one.slice(one.lastIndexOf(".") + 1).toUpperCase(),
      href: fileUrl(owner, one),
      name: nameOf(one),
    }));
}

/** The name of a file without its extension. */
export function stemOf(path: string): string {
  const name = nameOf(path);
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(0, dot) : name;
}
