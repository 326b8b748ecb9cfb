import { type FormEvent, useState } from "react";
import { CopyButton } from "@/components/CopyButton";
import { Icon } from "@/components/Icon";
import { deleteTag, type Run, setTag } from "../api";
import { useRunEdit, withTag } from "../useRunEdit";
import { Card } from "./Card";
import { Cell } from "./Cell";
import styles from "./overview.module.css";
import { Rows } from "./Rows";

/** The user's own tags, to add, change and remove; those of the system are folded away. */
export function TagsCard({ run }: { run: Run }) {
  const runId = run.info.run_id;
  const edit = useRunEdit(runId);
  const [draft, setDraft] = useState<{ name: string; value: string; isNew: boolean } | null>(null);
  const [showSystem, setShowSystem] = useState(false);
  const all = Object.entries(run.tags).sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }));
  const own = all.filter(([key]) => !key.startsWith("mlflow."));
  const system = all.filter(([key]) => key.startsWith("mlflow."));
  const isActive = run.info.lifecycle_stage !== "deleted";

  const save = (key: string, value: string) => {
    setDraft(null);
    edit.mutate({ apply: (before) => withTag(before, key, value), send: () => setTag(runId, key, value) });
  };
  const remove = (key: string) =>
    edit.mutate({ apply: (before) => withTag(before, key, null), send: () => deleteTag(runId, key) });

  return (
    <Card
      title="Tags"
      count={own.length}
      actions={
        isActive && (
          <button
            type="button"
            className="icon-button"
            aria-label="Add a tag"
            title="Add a tag"
            onClick={() => setDraft({ name: "", value: "", isNew: true })}
          >
            <Icon name="plus" size={14} />
          </button>
        )
      }
    >
      {edit.isError && (
        <p className={styles.problem} role="alert">
          {edit.error.message}
        </p>
      )}
      {draft && <TagForm key={draft.name} {...draft} onSave={save} onCancel={() => setDraft(null)} />}
      {own.length === 0 && !draft && <p className={styles.cardEmpty}>None.</p>}
      <Rows
        rows={own}
        label="Tags"
        className={`${styles.rowsPairs} ${styles.rowsTags}`}
        keyOf={([key]) => key}
        cells={([key, value]) => (
          <>
            <Cell text={key} className={styles.cellKey} />
            <Cell text={value} className={styles.cellValue} />
            <span className={styles.rowActions}>
              <CopyButton text={value} label={`Copy the value of ${key}`} />
              {isActive && (
                <>
                  <IconAction
                    icon="edit"
                    label={`Change ${key}`}
                    act={() => setDraft({ name: key, value, isNew: false })}
                  />
                  <IconAction icon="trash" label={`Remove ${key}`} act={() => remove(key)} />
                </>
              )}
            </span>
          </>
        )}
      />
      {system.length > 0 && (
        <button
          type="button"
          className={styles.cardFold}
          aria-expanded={showSystem}
          onClick={() => setShowSystem(!showSystem)}
        >
          <Icon name={showSystem ? "chevronDown" : "chevronRight"} size={13} />
          {system.length} of the system
        </button>
      )}
      {showSystem && (
        <Rows
          rows={system}
          label="Tags of the system"
          className={styles.rowsPairs}
          keyOf={([key]) => key}
          cells={([key, value]) => (
            <>
              <Cell text={key} className={styles.cellKey} />
              <Cell text={value} className={styles.cellValue} />
              <CopyButton text={value} label={`Copy the value of ${key}`} />
            </>
          )}
        />
      )}
    </Card>
  );
}

function IconAction({ icon, label, act }: { icon: "edit" | "trash"; label: string; act: () => void }) {
  return (
    <button type="button" className="icon-button copy-button" title={label} aria-label={label} onClick={act}>
      <Icon name={icon} size={14} />
    </button>
  );
}

interface TagFormProps {
  name: string;
  value: string;
  isNew: boolean;
  onSave: (key: string, value: string) => void;
  onCancel: () => void;
}

function TagForm(props: TagFormProps) {
  const [name, setName] = useState(props.name);
  const [value, setValue] = useState(props.value);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) props.onSave(name.trim(), value);
  };
  return (
    <form
      className={styles.tagForm}
      onSubmit={submit}
      onKeyDown={(event) => event.key === "Escape" && props.onCancel()}
    >
      <input
        className="input"
        aria-label="Name of the tag"
        placeholder="Name"
        value={name}
        readOnly={!props.isNew}
        // biome-ignore lint/a11y/noAutofocus: the reader has just asked to type here.
        autoFocus={props.isNew}
        onChange={(event) => setName(event.target.value)}
      />
      <input
        className="input"
        aria-label="Value of the tag"
        placeholder="Value"
        value={value}
        // biome-ignore lint/a11y/noAutofocus: the reader has just asked to type here.
        autoFocus={!props.isNew}
        onChange={(event) => setValue(event.target.value)}
      />
      <button type="submit" className="button primary" disabled={!name.trim()}>
        Save
      </button>
      <button type="button" className="button quiet" onClick={props.onCancel}>
        Cancel
      </button>
    </form>
  );
}
