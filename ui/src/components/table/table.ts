// A table of texts, as DataTable shows it.

export interface Table {
  columns: string[];
  rows: string[][];
  /** Whether rows were left out. */
  cut: boolean;
}

/** Sorts rows by one column: as numbers if all of it are, else as text; empty cells last either way. */
export function sortRows(rows: readonly string[][], column: number, descending: boolean): string[][] {
  const cell = (row: string[]) => row[column] ?? "";
  const numeric = rows.every((row) => cell(row) === "" || !Number.isNaN(Number(cell(row))));
  const order = descending ? -1 : 1;
  const byText = new Intl.Collator("en", { numeric: true });
  return rows.toSorted((a, b) => {
    const [left, right] = [cell(a), cell(b)];
    if (left === "" || right === "") return Number(left === "") - Number(right === "");
    return order * (numeric ? Number(left) - Number(right) : byText.compare(left, right));
  });
}
