// The state of the run table that its address holds.

export type RunsSearch = {
  /** The filter that the server applies. */
  filter?: string;
  /** What the name must contain; applied as one types. */
  find?: string;
  /** Such as `-metrics.loss,params.lr`: a minus sign for descending. */
  sort?: string;
  /** The columns shown, when chosen. */
  cols?: string;
  view?: "deleted";
  /** Nested runs as a plain list. */
  flat?: true;
};

export function runsSearch(raw: Record<string, unknown>): RunsSearch {
  const search: RunsSearch = {};
  for (const name of ["filter", "find", "sort", "cols"] as const) {
    const value = raw[name];
    if ((typeof value === "string" && value !== "") || typeof value === "number") search[name] = String(value);
  }
  // An empty choice of columns is a choice too.
  if (raw.cols === "") search.cols = "";
  if (raw.view === "deleted") search.view = "deleted";
  if (raw.flat === true) search.flat = true;
  return search;
}

/** Join names with commas; commas within names are escaped. */
export function joinNames(names: readonly string[]): string {
  return names.map((name) => name.replace(/%/g, "%25").replace(/,/g, "%2C")).join(",");
}

export function splitNames(text: string): string[] {
  if (text === "") return [];
  return text.split(",").map((name) => name.replace(/%2C/g, ",").replace(/%25/g, "%"));
}

export type SortOrder = { id: string; descending: boolean };

export function readSort(text: string | undefined): SortOrder[] {
  return splitNames(text ?? "").map((name) =>
    name.startsWith("-") ? { id: name.slice(1), descending: true } : { id: name, descending: false },
  );
}

export function writeSort(order: readonly SortOrder[]): string | undefined {
  return order.length === 0 ? undefined : joinNames(order.map(({ id, descending }) => (descending ? `-${id}` : id)));
}

/**
 * The order after a click on a column's header: its better direction first, then the other, then none.
 *
 * With `isFurther` (shift), the column becomes the last key instead of the only one.
 */
export function clickSort(
  order: readonly SortOrder[],
  id: string,
  firstDescending: boolean,
  isFurther: boolean,
): SortOrder[] {
  const known = order.find((key) => key.id === id);
  const others = isFurther ? order.filter((key) => key.id !== id) : [];
  if (known === undefined || (!isFurther && order.length > 1)) return [...others, { id, descending: firstDescending }];
  if (known.descending !== firstDescending) return others;
  const turned = { id, descending: !firstDescending };
  return isFurther ? order.map((key) => (key.id === id ? turned : key)) : [turned];
}
