import { Link } from "@tanstack/react-router";
import { Icon } from "@/components/Icon";
import { Menu } from "@/components/Menu";
import { StatusIcon } from "@/components/StatusIcon";
import { formatAgo, formatCount, formatTime } from "@/lib/format";
import type { Experiment } from "./api";
import type { ExperimentQuestion } from "./ExperimentDialog";
import styles from "./ExperimentsPage.module.css";

type Props = { experiment: Experiment; now: number; ask: (question: ExperimentQuestion) => void };

/** One experiment: a link to its runs, and what can be done with it. */
export function ExperimentRow({ experiment, now, ask }: Props) {
  const { experiment_id, name, tags, run_count, running_count, last_run_time } = experiment;
  const note = tags["mlflow.note.content"]?.split("\n")[0];
  const own = Object.entries(tags).filter(([key]) => !key.startsWith("mlflow."));
  const isDeleted = experiment.lifecycle_stage === "deleted";
  return (
    <div className={styles.row} role="row">
      <div className={styles.name} role="cell">
        <Link
          to="/experiments/$experimentId"
          params={{ experimentId: experiment_id }}
          className={styles.link}
          title={name}
        >
          {name}
        </Link>
        {own.slice(0, 3).map(([key, value]) => (
          <span key={key} className={`chip ${styles.tag}`} title={`${key}: ${value}`}>
            {value === "" || value === "true" ? key : value}
          </span>
        ))}
        {note && (
          <span className={styles.note} title={tags["mlflow.note.content"]}>
            {note}
          </span>
        )}
      </div>
      <span role="cell" className={styles.number}>
        {formatCount(run_count)}
        <span className={styles.unit}> {run_count === 1 ? "run" : "runs"}</span>
      </span>
      <span role="cell" className={`${styles.number} ${styles.running}`}>
        {running_count > 0 && (
          <>
            <StatusIcon status="RUNNING" />
            {formatCount(running_count)}
          </>
        )}
      </span>
      <span role="cell" className={styles.time} title={last_run_time === null ? undefined : formatTime(last_run_time)}>
        {last_run_time === null ? "—" : formatAgo(last_run_time, now)}
      </span>
      <span role="cell" className={styles.actions}>
        <Menu
          name={`Actions for ${name}`}
          items={
            isDeleted
              ? [{ label: "Restore", icon: "restore", onChoose: () => ask({ kind: "restore", experiment }) }]
              : [
                  { label: "Rename", icon: "edit", onChoose: () => ask({ kind: "rename", experiment }) },
                  {
                    label: "Delete",
                    icon: "trash",
                    isDangerous: true,
                    onChoose: () => ask({ kind: "delete", experiment }),
                  },
                ]
          }
        >
          <Icon name="more" />
        </Menu>
      </span>
    </div>
  );
}
