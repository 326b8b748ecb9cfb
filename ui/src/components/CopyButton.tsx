import { useEffect, useState } from "react";
import { Icon } from "./Icon";

/** Copies a text, and says for a moment that it did. */
export function CopyButton({ text, label, children }: { text: string; label: string; children?: string }) {
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), 1500);
    return () => clearTimeout(timer);
  }, [state]);

  const copy = async () => {
    setState((await copyText(text)) ? "copied" : "failed");
  };
  const said = state === "copied" ? "Copied" : state === "failed" ? "The browser does not allow copying" : label;
  return (
    <button
      type="button"
      className={children ? "button" : "icon-button copy-button"}
      title={said}
      aria-label={said}
      onClick={(event) => {
        event.stopPropagation();
        void copy();
      }}
    >
      <Icon name={state === "copied" ? "check" : "copy"} size={14} />
      {children}
    </button>
  );
}

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** Pages served without TLS have no clipboard API, but the old command still works there. */
function copyBySelection(text: string): boolean {
  const field = document.createElement("textarea");
  field.value = text;
  field.style.position = "fixed";
  field.style.opacity = "0";
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  return copied;
}
