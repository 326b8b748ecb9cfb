/** Three knotted cords hanging from a main cord: the mark of Kipu. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg
      className="mark"
      width={size}
      height={size}
      viewBox="0 0 32 32"
      fill="none"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M3 8.5C9 5 23 5 29 8.5" stroke="var(--cord)" strokeWidth="2.6" />
      <g stroke="var(--cord-1)" fill="var(--cord-1)" strokeWidth="2.2">
        <path d="M9 6.8V26" />
        <rect x="6" y="12" width="6" height="4.6" rx="2.3" stroke="none" />
        <rect x="6" y="19.4" width="6" height="4.6" rx="2.3" stroke="none" />
      </g>
      <g stroke="var(--cord-2)" fill="var(--cord-2)" strokeWidth="2.2">
        <path d="M16 6V29" />
        <rect x="13" y="16" width="6" height="4.6" rx="2.3" stroke="none" />
        <rect x="13" y="22.8" width="6" height="4.6" rx="2.3" stroke="none" />
      </g>
      <g stroke="var(--cord-3)" fill="var(--cord-3)" strokeWidth="2.2">
        <path d="M23 6.8V22" />
        <rect x="20" y="13.4" width="6" height="4.6" rx="2.3" stroke="none" />
      </g>
    </svg>
  );
}
