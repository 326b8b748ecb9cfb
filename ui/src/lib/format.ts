// How numbers, times and sizes are written.

const four = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 4, useGrouping: false });
const padded = new Intl.NumberFormat("en-US", {
  minimumSignificantDigits: 4,
  maximumSignificantDigits: 4,
  useGrouping: false,
});
// Made once: a formatter takes longer to make than to use a thousand times.
const day = new Intl.DateTimeFormat(undefined, { year: "numeric", month: "short", day: "numeric" });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** A number in four significant digits; from a thousand on as a whole number, the very large and small as 1.234e−5. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) {
    const [mantissa = "0", exponent = "0"] = value.toExponential(3).split("e");
    return signed(`${mantissa.replace(/\.?0+$/, "")}e${exponent.replace("+", "")}`);
  }
  if (size >= 10_000) return signed(whole.format(value));
  return signed(Number.isInteger(value) || size >= 1000 ? String(Math.round(value)) : four.format(value));
}

/** A number among others in a column: fractions keep their zeros, so that the digits stand below each other. */
export function formatInColumn(value: number): string {
  const size = Math.abs(value);
  if (size > 0 && size < 1e-4) return signed(value.toExponential(3));
  if (Number.isInteger(value) || !(size < 1000)) return formatNumber(value);
  return signed(padded.format(value));
}

/** With the minus sign of typography, as wide as a digit. */
function signed(text: string): string {
  return text.replaceAll("-", "−");
}

/** A count with thousands separated: 12,345. */
export function formatCount(value: number): string {
  return whole.format(value);
}

/** "31 runs", "1 run". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** A span of time: 850 ms, 42 s, 3 min 20 s, 2 h 05 min, 3 d 4 h. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 0) return "0 ms";
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) return `${seconds < 9.95 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const total = Math.round(seconds);
  const [s, m, h, d] = [
    total % 60,
    Math.floor(total / 60) % 60,
    Math.floor(total / 3600) % 24,
    Math.floor(total / 86400),
  ];
  if (d > 0) return `${d} d ${h} h`;
  if (h > 0) return `${h} h ${String(m).padStart(2, "0")} min`;
  return `${m} min ${String(s).padStart(2, "0")} s`;
}

/** How long ago: just now, 5 min ago, 3 h ago, yesterday, 12 d ago, then the date. */
export function formatAgo(time: number, now: number): string {
  const seconds = (now - time) / 1000;
  if (seconds < 45) return "just now";
  if (seconds < 3570) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 84600) return `${Math.round(seconds / 3600)} h ago`;
  const days = Math.round(seconds / 86400);
  if (days === 1) return "yesterday";
  if (days < 30) return `${days} d ago`;
  return day.format(time);
}

/** A time in full, in the reader's zone, for titles. */
export function formatTime(time: number): string {
  return moment.format(time);
}

/** A size in bytes: 812 B, 1.2 kB, 34 MB. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value >= 9.95 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]}`;
}
