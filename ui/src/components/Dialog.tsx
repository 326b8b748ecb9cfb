import { type FormEvent, type ReactNode, useEffect, useRef } from "react";
import styles from "./Dialog.module.css";

type Props = {
  title: string;
  children: ReactNode;
  /** What the button that does it says. */
  action: string;
  isDangerous?: boolean;
  isBusy?: boolean;
  error?: Error | null;
  onSubmit: () => void;
  onClose: () => void;
};

/** A question before something is done: Escape and the ground around it mean no. */
export function Dialog({
  title,
  children,
  action,
  isDangerous = false,
  isBusy = false,
  error,
  onSubmit,
  onClose,
}: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!isBusy) onSubmit();
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-label={title}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <form className={styles.body} onSubmit={submit}>
        <h2>{title}</h2>
        {children}
        {error && (
          <p className={styles.error} role="alert">
            {error.message}
          </p>
        )}
        <div className={styles.actions}>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className={isDangerous ? "button danger" : "button primary"} disabled={isBusy}>
            {action}
          </button>
        </div>
      </form>
    </dialog>
  );
}
