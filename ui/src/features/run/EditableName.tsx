import { type FormEvent, useRef, useState } from "react";
import { Icon } from "@/components/Icon";
import styles from "./run.module.css";

/** The run's name; a click makes it a field. Enter or leaving saves, Escape gives up. */
export function EditableName(props: { name: string; onSave: (name: string) => void; disabled?: boolean }) {
  const [draft, setDraft] = useState<string | null>(null);
  const givingUp = useRef(false);

  const save = (event?: FormEvent) => {
    event?.preventDefault();
    const name = draft?.trim();
    if (!givingUp.current && name && name !== props.name) props.onSave(name);
    givingUp.current = false;
    setDraft(null);
  };

  if (draft === null) {
    return (
      <h1 className={styles.runName}>
        {props.name}
        {!props.disabled && (
          <button
            type="button"
            className="icon-button"
            title="Rename"
            aria-label="Rename the run"
            onClick={() => setDraft(props.name)}
          >
            <Icon name="edit" size={14} />
          </button>
        )}
      </h1>
    );
  }
  return (
    <form className={styles.runName} onSubmit={save}>
      <input
        className="input"
        aria-label="Name of the run"
        value={draft}
        // biome-ignore lint/a11y/noAutofocus: the reader has just asked to type here.
        autoFocus
        onFocus={(event) => event.target.select()}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={() => save()}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          givingUp.current = true;
          event.currentTarget.blur();
        }}
      />
    </form>
  );
}
