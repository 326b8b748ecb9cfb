// How charts write numbers: every digit in a readout, few on an axis.

/** A value with every digit that it has. */
export function formatExact(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (value === Number.POSITIVE_INFINITY) return "∞";
  if (value === Number.NEGATIVE_INFINITY) return "−∞";
  return String(value);
}

const UNITS = [
  [1e15, 1e15, ""],
  [1e12, 1e12, "T"],
  [1e9, 1e9, "G"],
  [1e6, 1e6, "M"],
  [1e4, 1e3, "k"],
] as const;

/** A number on an axis whose ticks lie `step` apart: short, all with as many decimals as tell them apart. */
export function formatTick(value: number, step: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e15 || (size < 1e-3 && step < 1e-4)) return shortExponent(value, step);
  for (const [from, unit, suffix] of UNITS) {
    if (size >= from) return `${trimZeros((value / unit).toFixed(decimals(step / unit)))}${suffix}`;
  }
  return value.toFixed(decimals(step));
}

/** Seconds since the start as a clock would say them: `3.25s`, `4m 05s`, `2h 07m`, `3d 4h`. */
export function formatElapsed(seconds: number): string {
  if (seconds < 0) return `−${formatElapsed(-seconds)}`;
  if (seconds < 60) return `${trimZeros(seconds.toFixed(seconds < 10 ? 2 : 1))}s`;
  const whole = Math.round(seconds);
  const [days, hours] = [Math.floor(whole / 86_400), Math.floor(whole / 3600) % 24];
  const [minutes, rest] = [Math.floor(whole / 60) % 60, whole % 60];
  if (days > 0) return `${days}d ${hours}h`;
  if (hours > 0) return `${hours}h ${two(minutes)}m`;
  return `${minutes}m ${two(rest)}s`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function decimals(step: number): number {
  if (!(step > 0)) return 0;
  // Ticks may lie 2.5 or 0.25 apart: as many decimals as write the distance itself.
  let places = 0;
  while (places < 12 && Math.abs(step * 10 ** places - Math.round(step * 10 ** places)) > 1e-6) places++;
  return places;
}

function shortExponent(value: number, step: number): string {
  const digits = step > 0 ? Math.max(0, Math.floor(Math.log10(Math.abs(value))) - Math.floor(Math.log10(step))) : 1;
  const [mantissa = "0", exponent = "0"] = value.toExponential(Math.min(digits + 1, 4)).split("e");
  return `${trimZeros(mantissa)}e${exponent.replace("+", "")}`;
}

function trimZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
