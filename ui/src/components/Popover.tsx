import { type ReactNode, useEffect, useEffectEvent, useId, useRef, useState } from "react";
import styles from "./Popover.module.css";

type Props = {
  /** What the button shows. */
  label: ReactNode;
  /** What the button is called where its label is a picture, and its tooltip. */
  name: string;
  className?: string;
  align?: "start" | "end";
  children: (close: () => void) => ReactNode;
};

/** A button with a panel below it; Escape and a press elsewhere close it. On a phone it lies at the foot of the screen. */
export function Popover({ label, name, className = "button", align = "end", children }: Props) {
  const [isOpen, setIsOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = () => {
    setIsOpen(false);
    button.current?.focus();
  };
  const onPress = useEffectEvent((event: PointerEvent) => {
    if (event.target instanceof Node && !root.current?.contains(event.target)) setIsOpen(false);
  });
  useEffect(() => {
    if (!isOpen) return;
    const listener = (event: PointerEvent) => onPress(event);
    document.addEventListener("pointerdown", listener);
    return () => document.removeEventListener("pointerdown", listener);
  }, [isOpen]);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only hears Escape from the controls inside
    <div
      ref={root}
      className={styles.root}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !isOpen) return;
        event.stopPropagation();
        close();
      }}
    >
      <button
        ref={button}
        type="button"
        className={className}
        aria-expanded={isOpen}
        aria-controls={id}
        aria-label={name}
        title={name}
        onClick={() => setIsOpen(!isOpen)}
      >
        {label}
      </button>
      {isOpen && (
        <div id={id} className={`${styles.panel} ${align === "start" ? styles.start : styles.end}`}>
          {children(close)}
        </div>
      )}
    </div>
  );
}
