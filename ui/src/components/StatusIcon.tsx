import styles from "./StatusIcon.module.css";

const LABELS: Record<string, string> = {
  RUNNING: "Running",
  SCHEDULED: "Scheduled",
  FINISHED: "Finished",
  FAILED: "Failed",
  KILLED: "Killed",
};

/** "Running" for RUNNING; a status of another kind is shown as it is. */
export function statusLabel(status: string): string {
  return LABELS[status] ?? status;
}

/** How a run stands, as a small sign; its name is in the title. */
export function StatusIcon({ status, size = 14 }: { status: string; size?: number }) {
  return (
    <svg
      className={`${styles.status} ${styles[status] ?? ""}`}
      width={size}
      height={size}
      viewBox="0 0 14 14"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      role="img"
      aria-label={statusLabel(status)}
    >
      <title>{statusLabel(status)}</title>
      {shape(status)}
    </svg>
  );
}

function shape(status: string) {
  switch (status) {
    case "FINISHED":
      return <path d="M3 7.4 5.8 10.2 11 4.4" />;
    case "RUNNING":
      return (
        <>
          <circle cx="7" cy="7" r="5" opacity="0.25" />
          <path className={styles.turning} d="M7 2a5 5 0 0 1 5 5" />
        </>
      );
    case "FAILED":
      return <path d="M4 4l6 6M10 4l-6 6" />;
    case "KILLED":
      return <path d="M4.2 4.2h5.6v5.6H4.2z" />;
    default:
      return <path d="M7 2a5 5 0 1 0 0 10A5 5 0 0 0 7 2ZM7 4.4V7l1.8 1.2" />;
  }
}
