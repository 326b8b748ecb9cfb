import { useEffect, useEffectEvent, useState } from "react";
import styles from "./RunsPage.module.css";

const SETTLE_MS = 150;

/** Find by name as one types; the address follows when the typing pauses. */
export function FindField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [text, setText] = useState(value);
  const [lastValue, setLastValue] = useState(value);
  if (value !== lastValue) {
    setLastValue(value);
    if (value !== text.trim()) setText(value);
  }
  const settle = useEffectEvent(() => text.trim() !== value && onChange(text.trim()));
  // biome-ignore lint/correctness/useExhaustiveDependencies: waits anew with every letter
  useEffect(() => {
    const timer = setTimeout(() => settle(), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <input
      className={`input ${styles.find}`}
      type="search"
      placeholder="Find by name"
      aria-label="Find runs by name"
      value={text}
      onChange={(event) => setText(event.target.value)}
      onKeyDown={(event) => event.key === "Escape" && setText("")}
    />
  );
}
