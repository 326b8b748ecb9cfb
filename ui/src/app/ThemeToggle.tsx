import { useSyncExternalStore } from "react";
import { Icon } from "@/components/Icon";
import { isDark, setTheme, subscribeTheme } from "@/lib/theme";

/** Light or dark; what the system prefers until chosen. */
export function ThemeToggle() {
  const dark = useSyncExternalStore(subscribeTheme, isDark);
  const label = dark ? "Use the light theme" : "Use the dark theme";
  return (
    <button
      type="button"
      className="icon-button"
      title={label}
      aria-label={label}
      onClick={() => setTheme(dark ? "light" : "dark")}
    >
      <Icon name={dark ? "sun" : "moon"} />
    </button>
  );
}
