import styles from "./Segments.module.css";

type Props<T extends string> = {
  label: string;
  /** What each value is called. */
  options: Record<T, string>;
  value: T;
  onChange: (value: T) => void;
};

/** One of a few, all in sight. */
export function Segments<T extends string>({ label, options, value, onChange }: Props<T>) {
  return (
    <fieldset className={styles.segments} aria-label={label}>
      {(Object.keys(options) as T[]).map((option) => (
        <button key={option} type="button" aria-pressed={option === value} onClick={() => onChange(option)}>
          {options[option]}
        </button>
      ))}
    </fieldset>
  );
}
