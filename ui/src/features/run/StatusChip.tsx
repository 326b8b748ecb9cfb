import styles from "./run.module.css";

const LOOKS: Record<string, [label: string, look: string | undefined]> = {
  RUNNING: ["Running", styles.statusLive],
  SCHEDULED: ["Scheduled", styles.statusWait],
  FINISHED: ["Finished", styles.statusGood],
  FAILED: ["Failed", styles.statusBad],
  KILLED: ["Killed", styles.statusWarn],
};

export function StatusChip({ status }: { status: string }) {
  const [label, look] = LOOKS[status] ?? [status, styles.statusWait];
  return <span className={`chip ${look ?? ""}`}>{label}</span>;
}
