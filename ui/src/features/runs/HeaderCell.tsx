import { type PointerEvent, useRef } from "react";
import { Icon } from "@/components/Icon";
import styles from "./RunGrid.module.css";
import type { SortOrder } from "./search";

type Props = {
  column: { id: string; name: string; firstDescending: boolean; isNumeric: boolean };
  order: readonly SortOrder[];
  width: number;
  onSort: (id: string, firstDescending: boolean, isFurther: boolean) => void;
  onResize: (id: string, width: number | undefined) => void;
};

const LEAST = 56;

/** A header: a click sorts, with shift as a further key; its right edge is dragged, and a double click lets go. */
export function HeaderCell({ column, order, width, onSort, onResize }: Props) {
  const { id, name, firstDescending, isNumeric } = column;
  const drag = useRef<{ from: number; width: number }>(undefined);
  const place = order.findIndex((key) => key.id === id);
  const key = order[place];

  function onPointerMove(event: PointerEvent) {
    if (drag.current === undefined) return;
    onResize(id, Math.max(LEAST, Math.round(drag.current.width + event.clientX - drag.current.from)));
  }
  return (
    <>
      <button
        type="button"
        className={`${styles.sort} ${isNumeric ? styles.numeric : ""} ${key ? styles.sorted : ""}`}
        title={`${name}\nClick to sort, shift-click for a further key`}
        onClick={(event) => onSort(id, firstDescending, event.shiftKey)}
      >
        <span>{name}</span>
        {key && <Icon name={key.descending ? "arrowDown" : "arrowUp"} size={12} />}
        {key && order.length > 1 && <sub>{place + 1}</sub>}
      </button>
      <span
        className={styles.edge}
        aria-hidden="true"
        onPointerDown={(event) => {
          event.preventDefault();
          event.currentTarget.setPointerCapture(event.pointerId);
          drag.current = { from: event.clientX, width };
        }}
        onPointerMove={onPointerMove}
        onPointerUp={() => {
          drag.current = undefined;
        }}
        onDoubleClick={() => onResize(id, undefined)}
      />
    </>
  );
}
