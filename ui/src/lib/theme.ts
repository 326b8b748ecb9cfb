// Light or dark: the system's preference until the reader chooses; index.html applies the choice before first paint.

export type Theme = "light" | "dark";

const KEY = "kipu.theme";
const listeners = new Set<() => void>();
const preference = () => window.matchMedia("(prefers-color-scheme: dark)");

export function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen === undefined ? preference().matches : chosen === "dark";
}

export function setTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Storage may be forbidden; then the choice lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

/** Hear of every change of theme, for useSyncExternalStore; canvas charts redraw on it. */
export function subscribeTheme(listener: () => void): () => void {
  listeners.add(listener);
  const media = preference();
  media.addEventListener("change", listener);
  return () => {
    listeners.delete(listener);
    media.removeEventListener("change", listener);
  };
}
