const LOOKS: Record<string, [label: string, look: string]> = {
  RUNNING: ["Running", "status-live"],
  SCHEDULED: ["Scheduled", "status-wait"],
  FINISHED: ["Finished", "status-good"],
  FAILED: ["Failed", "status-bad"],
  KILLED: ["Killed", "status-warn"],
};

export function StatusChip({ status }: { status: string }) {
  const [label, look] = LOOKS[status] ?? [status, "status-wait"];
  return <span className={`chip ${look}`}>{label}</span>;
}
