import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef, useState } from "react";
import { plural } from "@/lib/format";
import styles from "./ColumnPanel.module.css";
import { BUILTINS, columnId, type KnownColumns } from "./columnChoice";

type Props = {
  columns: KnownColumns;
  chosen: ReadonlySet<string>;
  onChange: (ids: string[]) => void;
  /** Back to the columns that the table begins with. */
  onReset: () => void;
};

/** So many columns may join at once; more than these nobody reads. */
const MOST_AT_ONCE = 300;

type Item = { id: string; name: string; detail: string } | { heading: string };

/** Choose columns: find them by name, tick them one by one or all that were found. */
export function ColumnPanel({ columns, chosen, onChange, onReset }: Props) {
  const [find, setFind] = useState("");
  const list = useRef<HTMLDivElement>(null);
  const items = itemsOf(columns, find);
  const found = items.flatMap((item) => ("id" in item ? [item.id] : []));
  const hasAll = found.length > 0 && found.every((id) => chosen.has(id));
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => list.current,
    estimateSize: () => 30,
    overscan: 6,
  });

  function toggle(ids: readonly string[], isOn: boolean) {
    const next = new Set(chosen);
    for (const id of ids) {
      if (isOn) next.add(id);
      else next.delete(id);
    }
    onChange([...next]);
  }
  return (
    <div className={styles.panel}>
      <div className={styles.head}>
        <input
          className="input"
          type="search"
          // biome-ignore lint/a11y/noAutofocus: the panel opens to be searched
          autoFocus
          placeholder="Find metrics, params, tags"
          aria-label="Find columns"
          value={find}
          onChange={(event) => setFind(event.target.value)}
        />
      </div>
      <div ref={list} className={styles.list}>
        {items.length === 0 && <p className={styles.none}>No column is called that.</p>}
        <div style={{ height: virtualizer.getTotalSize(), position: "relative" }}>
          {virtualizer.getVirtualItems().map(({ index, start }) => {
            const item = items[index];
            if (item === undefined) return null;
            const style = { transform: `translateY(${start}px)` };
            if ("heading" in item) {
              return (
                <h3 key={item.heading} className={styles.heading} style={style}>
                  {item.heading}
                </h3>
              );
            }
            return (
              <label key={item.id} className={styles.item} style={style} title={item.name}>
                <input
                  type="checkbox"
                  checked={chosen.has(item.id)}
                  onChange={(event) => toggle([item.id], event.target.checked)}
                />
                <span className={styles.name}>{item.name}</span>
                <span className={styles.detail}>{item.detail}</span>
              </label>
            );
          })}
        </div>
      </div>
      <div className={styles.foot}>
        <button
          type="button"
          className="button quiet"
          disabled={found.length === 0}
          onClick={() => toggle(hasAll ? found : found.slice(0, MOST_AT_ONCE), !hasAll)}
        >
          {hasAll ? "Hide" : "Show"} {many(found.length, find !== "")}
        </button>
        <button type="button" className="button quiet" onClick={onReset}>
          Reset
        </button>
      </div>
    </div>
  );
}

/** "all", "all 12 found", or how many of too many. */
function many(count: number, isSearch: boolean): string {
  if (count > MOST_AT_ONCE) return `the first ${MOST_AT_ONCE}`;
  return isSearch ? `all ${count} found` : "all";
}

function itemsOf(columns: KnownColumns, find: string): Item[] {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = ({ id, name }: { id: string; name: string }) => {
    const text = `${id} ${name}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const groups: [string, { id: string; name: string; detail: string }[]][] = [
    ["Run", Object.entries(BUILTINS).map(([id, name]) => ({ id, name, detail: "" }))],
    [
      "Metrics",
      columns.metrics.map(({ name, runs }) => ({ id: columnId("metric", name), name, detail: plural(runs, "run") })),
    ],
    ["Params", columns.params.map((param) => ({ id: columnId("param", param.name), ...values(param) }))],
    ["Tags", columns.tags.map((tag) => ({ id: columnId("tag", tag.name), ...values(tag) }))],
  ];
  return groups.flatMap(([heading, all]) => {
    const found = all.filter(matches);
    return found.length === 0 ? [] : [{ heading }, ...found];
  });
}

function values({ name, runs, distinct }: { name: string; runs: number; distinct: number }) {
  return { name, detail: distinct > 1 ? plural(distinct, "value") : plural(runs, "run") };
}
