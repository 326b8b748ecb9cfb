import { useState } from "react";
import { Icon } from "@/components/Icon";
import { Markdown } from "@/components/markdown/Markdown";
import { type Run, setTag } from "../api";
import { useRunEdit, withTag } from "../useRunEdit";
import styles from "./overview.module.css";

const NOTE = "mlflow.note.content";
/** Longer tags are cut by the server. */
const LONGEST = 8000;

/** What people wrote about the run, in Markdown. */
export function Note({ run }: { run: Run }) {
  const runId = run.info.run_id;
  const edit = useRunEdit(runId);
  const [draft, setDraft] = useState<string | null>(null);
  const text = run.tags[NOTE] ?? "";
  const isActive = run.info.lifecycle_stage !== "deleted";

  const save = (value: string) => {
    setDraft(null);
    if (value === text) return;
    edit.mutate(
      { apply: (before) => withTag(before, NOTE, value), send: () => setTag(runId, NOTE, value) },
      // What was typed must not be lost with the request.
      { onError: () => setDraft(value) },
    );
  };

  if (draft !== null) {
    return (
      <section className={`${styles.card} ${styles.note} ${styles.noteEditing}`} aria-label="Note">
        {edit.isError && (
          <p className={styles.problem} role="alert">
            Not saved: {edit.error.message}
          </p>
        )}
        <NoteEditor draft={draft} change={setDraft} save={() => save(draft)} cancel={() => setDraft(null)} />
      </section>
    );
  }
  if (text === "") {
    return isActive ? (
      <button type="button" className={`button quiet ${styles.noteAdd}`} onClick={() => setDraft("")}>
        <Icon name="edit" size={14} /> Add a note
      </button>
    ) : null;
  }
  return (
    <section className={`${styles.card} ${styles.note}`} aria-label="Note">
      <Markdown text={text} />
      {isActive && (
        <button
          type="button"
          className={`icon-button ${styles.noteEdit}`}
          aria-label="Edit the note"
          title="Edit the note"
          onClick={() => setDraft(text)}
        >
          <Icon name="edit" size={14} />
        </button>
      )}
    </section>
  );
}

interface NoteEditorProps {
  draft: string;
  change: (text: string) => void;
  save: () => void;
  cancel: () => void;
}

function NoteEditor({ draft, change, save, cancel }: NoteEditorProps) {
  const left = LONGEST - draft.length;
  return (
    <>
      <div className={styles.noteHalves}>
        <textarea
          className="input"
          aria-label="Note, in Markdown"
          placeholder="What was tried, and what came of it. Markdown."
          value={draft}
          rows={Math.min(24, Math.max(8, draft.split("\n").length + 1))}
          // biome-ignore lint/a11y/noAutofocus: the reader has just asked to type here.
          autoFocus
          onChange={(event) => change(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") cancel();
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && left >= 0) save();
          }}
        />
        <div className={styles.notePreview}>
          {draft.trim() ? <Markdown text={draft} /> : <p className="faint">The preview appears here.</p>}
        </div>
      </div>
      <div className={styles.noteActions}>
        <button type="button" className="button primary" disabled={left < 0} onClick={save}>
          Save
        </button>
        <button type="button" className="button quiet" onClick={cancel}>
          Cancel
        </button>
        {left < 500 && (
          <span className={left < 0 ? styles.problem : "faint"}>
            {left < 0 ? `${-left} characters too long` : `${left} characters left`}
          </span>
        )}
        <span className={`faint ${styles.noteKeys}`}>
          <kbd>Ctrl</kbd> <kbd>Enter</kbd> saves, <kbd>Esc</kbd> gives up
        </span>
      </div>
    </>
  );
}
