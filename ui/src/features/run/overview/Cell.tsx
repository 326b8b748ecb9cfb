import { useState } from "react";
import styles from "./overview.module.css";

/** A text on one line; a click on one that is cut shows it whole. */
export function Cell({ text, className = "" }: { text: string; className?: string | undefined }) {
  const [whole, setWhole] = useState(false);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the whole text is also in the title and behind the copy button.
    <span
      role="cell"
      className={`${styles.cell} ${whole ? styles.cellWhole : ""} ${className}`}
      title={whole ? undefined : text}
      onClick={(event) => {
        const { scrollWidth, clientWidth } = event.currentTarget;
        if (whole ? window.getSelection()?.isCollapsed : scrollWidth > clientWidth) setWhole(!whole);
      }}
    >
      {text === "" ? <span className="faint">empty</span> : text}
    </span>
  );
}
