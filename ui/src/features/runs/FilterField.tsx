import { type KeyboardEvent, type RefObject, useId, useState } from "react";
import { Icon } from "@/components/Icon";
import { ApiError } from "@/lib/api";
import type { KnownColumns } from "./columnChoice";
import styles from "./FilterField.module.css";
import { type Place, placeAt, suggest } from "./suggest";

type Props = {
  inputRef: RefObject<HTMLInputElement | null>;
  /** The filter that is applied. */
  applied: string;
  columns: KnownColumns | undefined;
  /** Why the server refused the applied filter. */
  error: Error | null;
  onApply: (filter: string) => void;
};

/** The filter language: Enter applies, what may come next is suggested, and a refusal shows the place at fault. */
export function FilterField({ inputRef: input, applied, columns, error, onApply }: Props) {
  const [text, setText] = useState(applied);
  const [lastApplied, setLastApplied] = useState(applied);
  const [place, setPlace] = useState<Place>();
  const [chosen, setChosen] = useState(-1);
  const listId = useId();
  if (applied !== lastApplied) {
    setLastApplied(applied);
    setText(applied);
  }
  const suggestions = place && columns ? suggest(place, columns) : [];
  const isOpen = suggestions.length > 0;

  function look(field: HTMLInputElement) {
    const caret = field.selectionStart ?? field.value.length;
    setPlace(field.selectionEnd === caret ? placeAt(field.value, caret) : undefined);
    setChosen(-1);
  }
  function accept(index: number) {
    const suggestion = suggestions[index];
    if (place === undefined || suggestion === undefined) return;
    const space = suggestion.insert.endsWith("(") ? "" : " ";
    const head = `${text.slice(0, place.start)}${suggestion.insert}${space}`;
    setText(head + text.slice(place.end).trimStart());
    setPlace(undefined);
    requestAnimationFrame(() => input.current?.setSelectionRange(head.length, head.length));
    input.current?.focus();
  }
  function apply(filter: string) {
    setPlace(undefined);
    setText(filter);
    onApply(filter.trim());
  }
  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && isOpen) {
      event.preventDefault();
      const last = suggestions.length - 1;
      const next = chosen + step;
      setChosen(next > last ? 0 : next < 0 ? last : next);
    } else if (event.key === "Tab" && isOpen && !event.shiftKey && place?.typed !== "") {
      event.preventDefault();
      accept(Math.max(0, chosen));
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (isOpen && chosen >= 0) accept(chosen);
      else apply(text);
    } else if (event.key === "Escape") {
      if (isOpen) setPlace(undefined);
      else setText(applied);
    }
  }
  const isRefused = error !== null && text.trim() === applied;
  return (
    <div className={styles.field}>
      <Icon name="search" />
      <input
        ref={input}
        className={`input ${styles.input} ${isRefused ? styles.refused : ""}`}
        type="text"
        role="combobox"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        placeholder="Filter, such as metrics.loss < 0.5 and (params.lr > 0.01 or tags.team = 'a')"
        aria-label="Filter runs"
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-invalid={isRefused}
        aria-activedescendant={isOpen && chosen >= 0 ? `${listId}-${chosen}` : undefined}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          look(event.target);
        }}
        onClick={(event) => look(event.currentTarget)}
        onKeyDown={onKeyDown}
        onBlur={() => setPlace(undefined)}
      />
      {text !== applied && !isOpen && <kbd className={styles.hint}>Enter</kbd>}
      {text !== "" && text === applied && (
        <button type="button" className={styles.clear} aria-label="Clear the filter" onClick={() => apply("")}>
          <Icon name="close" size={14} />
        </button>
      )}
      {isOpen && (
        <div id={listId} className={styles.list} role="listbox" aria-label="Suggestions">
          {suggestions.map((suggestion, index) => (
            <div
              key={suggestion.name}
              id={`${listId}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === chosen}
              className={styles.option}
              // The press must not take the focus away, for then the list would close before the click.
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => accept(index)}
              onKeyDown={() => undefined}
            >
              <span>{suggestion.name}</span>
              <span className={styles.detail}>{suggestion.detail}</span>
            </div>
          ))}
        </div>
      )}
      {isRefused && !isOpen && <Refusal filter={applied} error={error} />}
    </div>
  );
}

/** The server's words, with the filter's character at fault underlined. */
function Refusal({ filter, error }: { filter: string; error: Error }) {
  const position = error instanceof ApiError ? error.position : undefined;
  return (
    <div className={styles.refusal} role="alert">
      {position !== undefined && (
        <code>
          {filter.slice(0, position)}
          <mark>{faultAt(filter, position) || " "}</mark>
          {filter.slice(position + faultAt(filter, position).length)}
        </code>
      )}
      <p>{position === undefined ? error.message : error.message.split("\n")[0]}</p>
    </div>
  );
}

/** The word that begins at the position, so that more than a single character is underlined. */
function faultAt(filter: string, position: number): string {
  return /^(?:[\w.]+|\S)/.exec(filter.slice(position))?.[0] ?? "";
}
