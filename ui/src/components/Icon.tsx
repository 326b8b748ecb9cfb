/** The icons, as paths of 16 by 16 drawn with the colour of the text around them. */
const PATHS = {
  sun: "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6ZM8 1.2v1.4M8 13.4v1.4M1.2 8h1.4M13.4 8h1.4M3.2 3.2l1 1M11.8 11.8l1 1M12.8 3.2l-1 1M4.2 11.8l-1 1",
  moon: "M13.4 9.6A5.8 5.8 0 0 1 6.4 2.6a5.8 5.8 0 1 0 7 7Z",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.4 10.4 13.5 13.5",
  plus: "M8 3v10M3 8h10",
  close: "M4 4l8 8M12 4l-8 8",
  check: "M3 8.5 6.5 12 13 4.5",
  chevronRight: "M6 3.5 10.5 8 6 12.5",
  chevronDown: "M3.5 6 8 10.5 12.5 6",
  arrowUp: "M8 13V3M4 7l4-4 4 4",
  arrowDown: "M8 3v10M4 9l4 4 4-4",
  columns: "M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10",
  download: "M8 2.5v7.5M4.8 7 8 10.2 11.2 7M3 13.2h10",
  trash: "M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5 5 13h6l.5-8.5",
  restore: "M3 6.5h6.2a3.3 3.3 0 0 1 0 6.6H6M3 6.5 5.8 3.7M3 6.5l2.8 2.8",
  edit: "M3 13l.6-2.8L10.8 3 13 5.2 5.8 12.4 3 13Z",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  warning: "M8 2.2 14.5 13.5h-13L8 2.2ZM8 6.5v3.2M8 11.6h.01",
  copy: "M5.5 5.5h7.5v8H5.5zM3 10.5v-8h7.5",
  folder: "M2 4h4l1.5 1.8H14V13H2z",
  file: "M4 2h5l3 3v9H4zM9 2v3h3",
  chart: "M2.5 2.5v11h11M5 10.5l2.5-3.5 2 2 3.5-5",
  external: "M9 3h4v4M13 3 7.5 8.5M11 9.5V13H3V5h3.5",
} as const;

export type IconName = keyof typeof PATHS;

/** An ornament: what it stands for is said by the label of the button around it. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
