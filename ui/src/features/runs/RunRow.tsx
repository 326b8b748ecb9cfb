import { Link } from "@tanstack/react-router";
import type { VirtualItem } from "@tanstack/react-virtual";
import { memo } from "react";
import { Icon } from "@/components/Icon";
import { StatusIcon } from "@/components/StatusIcon";
import { runColor } from "@/lib/colors";
import { textAt } from "@/lib/columns";
import styles from "./RunGrid.module.css";
import type { ShownColumn } from "./shownColumn";
import type { RunTable } from "./table";

type Props = {
  table: RunTable;
  row: number;
  index: number;
  top: number;
  depth: number;
  isNested: boolean;
  hasChildren: boolean;
  isCollapsed: boolean;
  isSelected: boolean;
  isActive: boolean;
  columns: readonly ShownColumn[];
  cells: readonly VirtualItem[];
  now: number;
  onSelect: (index: number, isRange: boolean) => void;
  onToggle: (runId: string) => void;
};

const INDENT = 18;

/** One run: its name, which stays in sight, and the cells of the columns in sight. Scrolling draws only new rows. */
export const RunRow = memo(function RunRow(props: Props) {
  const { table, row, index, columns, cells, now } = props;
  const id = table.ids[row] as string;
  const name = textAt(table.names, row) || id;
  const classes = [styles.row, props.isSelected && styles.selected, props.isActive && styles.active];
  return (
    <div
      id={`run-${index}`}
      className={classes.filter(Boolean).join(" ")}
      style={{ transform: `translateY(${props.top}px)` }}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={props.isSelected}
      aria-expanded={props.hasChildren ? !props.isCollapsed : undefined}
      aria-level={props.isNested ? props.depth + 1 : undefined}
    >
      <div className={styles.name} role="gridcell" aria-colindex={1}>
        <label className={styles.check}>
          <input
            type="checkbox"
            aria-label={`Select ${name}`}
            checked={props.isSelected}
            onChange={(event) =>
              props.onSelect(index, event.nativeEvent instanceof MouseEvent && event.nativeEvent.shiftKey)
            }
          />
        </label>
        {props.isNested && (
          <span className={styles.branch} style={{ paddingLeft: Math.min(props.depth, 8) * INDENT }}>
            {props.hasChildren && (
              <button
                type="button"
                tabIndex={-1}
                aria-label={props.isCollapsed ? `Expand ${name}` : `Collapse ${name}`}
                onClick={() => props.onToggle(id)}
              >
                <Icon name={props.isCollapsed ? "chevronRight" : "chevronDown"} size={14} />
              </button>
            )}
          </span>
        )}
        <span className={styles.dot} style={{ background: runColor(id) }} />
        <Link
          to="/runs/$runId"
          params={{ runId: id }}
          className={styles.link}
          title={name}
          tabIndex={-1}
          preload={false}
        >
          {name}
        </Link>
        <StatusIcon status={textAt(table.status, row) ?? ""} />
      </div>
      {cells.map((item) => {
        const column = columns[item.index];
        const cell = column?.cell(row, now);
        if (column === undefined) return null;
        const numeric = column.isNumeric ? styles.numeric : "";
        return (
          <div
            key={item.key}
            className={`${styles.cell} ${numeric} ${cell?.isBest ? styles.best : ""}`}
            style={{ left: item.start, width: item.size }}
            role="gridcell"
            aria-colindex={item.index + 2}
            title={cell?.isBest ? `${cell.title} (best of the table)` : cell?.title}
          >
            {cell === undefined ? <span className={styles.missing}>–</span> : <span>{cell.text}</span>}
          </div>
        );
      })}
    </div>
  );
});
