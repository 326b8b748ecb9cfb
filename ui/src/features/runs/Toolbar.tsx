import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Dialog } from "@/components/Dialog";
import { Icon } from "@/components/Icon";
import { Menu } from "@/components/Menu";
import { Popover } from "@/components/Popover";
import { Segments } from "@/components/Segments";
import { formatCount, plural } from "@/lib/format";
import { changeRuns } from "./api/changeRuns";
import { ColumnPanel } from "./ColumnPanel";
import type { KnownColumns } from "./columnChoice";
import { saveFile, toCsv, toJson } from "./exportTable";
import styles from "./RunsPage.module.css";
import type { ShownColumn } from "./shownColumn";
import type { RunTable } from "./table";

type View = "active" | "deleted";

type Props = {
  experimentName: string;
  experimentId: string;
  table: RunTable;
  /** The rows in sight, in their order. */
  rows: Uint32Array;
  /** How many runs the search by name found, when there is one. */
  found: number | undefined;
  shown: readonly ShownColumn[];
  columns: KnownColumns | undefined;
  /** The ids of the columns chosen, whether they have come yet or not. */
  chosen: ReadonlySet<string>;
  view: View;
  isFlat: boolean;
  hasFamilies: boolean;
  selected: ReadonlySet<string>;
  onSelect: (selected: ReadonlySet<string>) => void;
  onView: (view: View) => void;
  onFlat: (isFlat: boolean) => void;
  onChoose: (ids: readonly string[] | undefined) => void;
};

const VIEWS = { active: "Active", deleted: "Deleted" } as const;

/** How many runs there are, and what can be done with them or with those selected. */
export function Toolbar(props: Props) {
  const { table, rows, shown, selected, view } = props;
  const [isAsking, setIsAsking] = useState(false);
  const count = selected.size;
  const verb = view === "deleted" ? "restore" : "delete";

  function save(kind: "csv" | "json") {
    const wanted = count === 0 ? rows : rows.filter((row) => selected.has(table.ids[row] as string));
    const name = `${props.experimentName.replace(/[^\w.-]+/g, "-") || "runs"}.${kind}`;
    if (kind === "csv") saveFile(name, "text/csv", toCsv(table, shown, wanted));
    else saveFile(name, "application/json", toJson(table, shown, wanted));
  }
  return (
    <div className={styles.bar} role="toolbar" aria-label="Runs">
      {count === 0 ? (
        <Count table={table} found={props.found} />
      ) : (
        <div className={styles.selection}>
          <span className="tabular" aria-live="polite">
            {formatCount(count)} selected
          </span>
          <button
            type="button"
            className={`button ${verb === "delete" ? "danger" : ""}`}
            onClick={() => setIsAsking(true)}
          >
            <Icon name={verb === "delete" ? "trash" : "restore"} />
            {verb === "delete" ? "Delete" : "Restore"}
          </button>
          <button
            type="button"
            className="icon-button"
            title="Select none"
            aria-label="Select none"
            onClick={() => props.onSelect(new Set())}
          >
            <Icon name="close" />
          </button>
        </div>
      )}
      <div className={styles.tools}>
        {props.hasFamilies && (
          <Segments
            label="Nested runs"
            options={{ nested: "Nested", flat: "Flat" }}
            value={props.isFlat ? "flat" : "nested"}
            onChange={(chosen) => props.onFlat(chosen === "flat")}
          />
        )}
        <Segments label="Which runs" options={VIEWS} value={view} onChange={props.onView} />
        <Popover
          name="Choose columns"
          label={
            <>
              <Icon name="columns" />
              <span className={styles.word}>Columns</span>
            </>
          }
        >
          {() =>
            props.columns && (
              <ColumnPanel
                columns={props.columns}
                chosen={props.chosen}
                onChange={props.onChoose}
                onReset={() => props.onChoose(undefined)}
              />
            )
          }
        </Popover>
        <Menu
          name={count === 0 ? "Download the table" : "Download the selected runs"}
          className="button"
          items={[
            { label: "CSV", icon: "file", onChoose: () => save("csv") },
            { label: "JSON", icon: "file", onChoose: () => save("json") },
          ]}
        >
          <Icon name="download" />
        </Menu>
      </div>
      {isAsking && (
        <Question
          verb={verb}
          runIds={[...selected]}
          experimentId={props.experimentId}
          onDone={() => props.onSelect(new Set())}
          onClose={() => setIsAsking(false)}
        />
      )}
    </div>
  );
}

/** "31 runs", and what of them is running, found or left out. */
function Count({ table, found }: { table: RunTable; found: number | undefined }) {
  const code = table.status.values.indexOf("RUNNING");
  const running = code < 0 ? 0 : table.status.codes.reduce((sum, status) => sum + (status === code ? 1 : 0), 0);
  return (
    <div className={styles.count}>
      <span className="tabular" aria-live="polite">
        {found === undefined ? plural(table.total, "run") : `${formatCount(found)} of ${plural(table.total, "run")}`}
      </span>
      {running > 0 && <span className={styles.running}>{formatCount(running)} running</span>}
      {table.total > table.count && (
        <span className="faint">the newest {formatCount(table.count)} are shown; a filter narrows them</span>
      )}
    </div>
  );
}

type QuestionProps = {
  verb: "delete" | "restore";
  runIds: string[];
  experimentId: string;
  onDone: () => void;
  onClose: () => void;
};

/** Delete or restore the selected runs, once that is confirmed. */
function Question({ verb, runIds, experimentId, onDone, onClose }: QuestionProps) {
  const client = useQueryClient();
  const action = useMutation({
    mutationFn: () => changeRuns(verb, runIds),
    onSuccess: () => {
      onDone();
      onClose();
    },
    onSettled: () => {
      client.invalidateQueries({ queryKey: ["run-table", experimentId] });
      client.invalidateQueries({ queryKey: ["run-columns", experimentId] });
      client.invalidateQueries({ queryKey: ["experiments"] });
    },
  });
  const what = plural(runIds.length, "run");
  return (
    <Dialog
      title={verb === "delete" ? `Delete ${what}?` : `Restore ${what}?`}
      action={verb === "delete" ? `Delete ${what}` : `Restore ${what}`}
      isDangerous={verb === "delete"}
      isBusy={action.isPending}
      error={action.error}
      onSubmit={() => action.mutate()}
      onClose={onClose}
    >
      <p>
        {verb === "delete"
          ? "They can be restored from the deleted runs until they are removed for good."
          : "They will be among the active runs again."}
      </p>
    </Dialog>
  );
}
