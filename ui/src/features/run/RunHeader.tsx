import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";
import { CopyButton } from "@/components/CopyButton";
import { CrumbSeparator, Crumbs } from "@/components/Crumbs";
import { Icon } from "@/components/Icon";
import { formatAgo, formatDuration, formatTime } from "@/lib/format";
import { childRuns, deleteRun, experiment, type Run, renameRun, restoreRun, run as runQuery } from "./api";
import { commitAddress } from "./commit";
import { EditableName } from "./EditableName";
import styles from "./run.module.css";
import { StatusChip } from "./StatusChip";
import { useRunEdit } from "./useRunEdit";

/** Who the run is, where it came from, and what can be done with it. */
export function RunHeader({ run }: { run: Run }) {
  const { info, tags } = run;
  const edit = useRunEdit(info.run_id);
  const isDeleted = info.lifecycle_stage === "deleted";
  const rename = (name: string) =>
    edit.mutate({
      apply: (before) => ({ ...before, info: { ...before.info, run_name: name } }),
      send: () => renameRun(info.run_id, name),
    });
  const setStage = (stage: "active" | "deleted") =>
    edit.mutate({
      apply: (before) => ({ ...before, info: { ...before.info, lifecycle_stage: stage } }),
      send: () => (stage === "deleted" ? deleteRun(info.run_id) : restoreRun(info.run_id)),
    });
  return (
    <header className={styles.runHeader}>
      <RunCrumbs run={run} />
      <div className={styles.runTitle}>
        <EditableName name={info.run_name} onSave={rename} disabled={isDeleted} />
        <StatusChip status={info.status} />
        {isDeleted && <span className={`chip ${styles.statusBad}`}>Deleted</span>}
        <div className={styles.runActions}>
          <CopyButton
            text={`kipu.start_run(run_id="${info.run_id}")`}
            label="Copy kipu.start_run(run_id=…), to go on with this run"
          >
            Code
          </CopyButton>
          <button
            type="button"
            className={isDeleted ? "button" : "button quiet"}
            disabled={edit.isPending}
            onClick={() => setStage(isDeleted ? "active" : "deleted")}
          >
            <Icon name={isDeleted ? "restore" : "trash"} size={14} />
            {isDeleted ? "Restore" : "Delete"}
          </button>
        </div>
      </div>
      {edit.isError && (
        <p className={styles.problem} role="alert">
          {edit.error.message}
        </p>
      )}
      <dl className={styles.runFacts}>
        {info.start_time !== undefined && (
          <Fact name="Started">
            <time dateTime={new Date(info.start_time).toISOString()} title={formatTime(info.start_time)}>
              {formatAgo(info.start_time, Date.now())}
            </time>
          </Fact>
        )}
        <Fact name="Duration">
          <Duration start={info.start_time} end={info.end_time} running={info.status === "RUNNING"} />
        </Fact>
        {(info.user_id || tags["mlflow.user"]) && <Fact name="User">{info.user_id || tags["mlflow.user"]}</Fact>}
        {tags["mlflow.source.name"] && (
          <Fact name="Source">
            <span title={tags["mlflow.source.name"]}>{lastPart(tags["mlflow.source.name"])}</span>
          </Fact>
        )}
        {tags["mlflow.source.git.commit"] && <Commit commit={tags["mlflow.source.git.commit"]} tags={tags} />}
        {tags["mlflow.parentRunId"] && <Parent runId={tags["mlflow.parentRunId"]} />}
        <Children run={run} />
        <Fact name="Id">
          <code>{info.run_id}</code>
          <CopyButton text={info.run_id} label="Copy the run's id" />
        </Fact>
      </dl>
    </header>
  );
}

function RunCrumbs({ run: { info } }: { run: Run }) {
  const answer = useQuery(experiment(info.experiment_id));
  return (
    <Crumbs title={info.run_name}>
      <Link to="/experiments/$experimentId" params={{ experimentId: info.experiment_id }}>
        {answer.data?.name ?? `Experiment ${info.experiment_id}`}
      </Link>
      <CrumbSeparator />
      <span aria-current="page">{info.run_name}</span>
    </Crumbs>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** How long the run took, or has been running. */
function Duration({ start, end, running }: { start: number | undefined; end: number | undefined; running: boolean }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [running]);
  if (start === undefined || (end === undefined && !running)) return <span className="faint">unknown</span>;
  // A run that goes on keeps the time of its last end until it ends again.
  const span = (running ? now : (end ?? now)) - start;
  return (
    <span className="tabular">{formatDuration(running && span > 1000 ? Math.round(span / 1000) * 1000 : span)}</span>
  );
}

function Commit({ commit, tags }: { commit: string; tags: Record<string, string> }) {
  const address = commitAddress(tags["mlflow.source.git.repoURL"], commit);
  const short = <code title={commit}>{commit.slice(0, 8)}</code>;
  return (
    <Fact name="Commit">
      {address ? (
        <a className="link" href={address} target="_blank" rel="noopener noreferrer">
          {short}
        </a>
      ) : (
        short
      )}
      <CopyButton text={commit} label="Copy the commit" />
    </Fact>
  );
}

function Parent({ runId }: { runId: string }) {
  const answer = useQuery(runQuery(runId));
  return (
    <Fact name="Parent">
      <Link to="/runs/$runId" params={{ runId }} className="link">
        {answer.data?.info.run_name ?? runId.slice(0, 8)}
      </Link>
    </Fact>
  );
}

/** More links than this are shown only when asked for. */
const SOME_CHILDREN = 4;

function Children({ run: { info } }: { run: Run }) {
  const answer = useQuery(childRuns(info.experiment_id, info.run_id));
  const [all, setAll] = useState(false);
  if (!answer.data || answer.data.total === 0) return null;
  const { runs, total } = answer.data;
  const shown = all ? runs : runs.slice(0, SOME_CHILDREN);
  return (
    <Fact name={total === 1 ? "Child" : "Children"}>
      <span className={styles.runChildren}>
        {shown.map(({ id, name }) => (
          <Link key={id} to="/runs/$runId" params={{ runId: id }} className="link">
            {name}
          </Link>
        ))}
        {total > shown.length &&
          (all ? (
            <span className="faint">and {total - shown.length} older</span>
          ) : (
            <button type="button" className={styles.textButton} onClick={() => setAll(true)}>
              and {total - shown.length} more
            </button>
          ))}
      </span>
    </Fact>
  );
}

function lastPart(path: string): string {
  return (
    path
      .replace(/[/\\]+$/, "")
      .split(/[/\\]/)
      .at(-1) || path
  );
}
