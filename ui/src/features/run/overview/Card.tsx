import type { ReactNode } from "react";
import { Icon } from "@/components/Icon";
import { formatCount } from "@/lib/format";
import styles from "./overview.module.css";

interface CardProps {
  title: string;
  count?: number;
  /** The text that narrows the list down, and how to change it; left out for short lists. */
  find?: [text: string, change: (text: string) => void] | undefined;
  actions?: ReactNode;
  children: ReactNode;
}

/** Lists shorter than this are found through by eye. */
export const FIND_FROM = 8;

/** A titled part of the overview. */
export function Card({ title, count, find, actions, children }: CardProps) {
  return (
    <section className={styles.card} aria-label={title}>
      <header>
        <h2>
          {title}
          {count !== undefined && <span className="faint tabular">{formatCount(count)}</span>}
        </h2>
        {find && (
          <label className={styles.cardFind}>
            <Icon name="search" size={13} />
            <input
              className="input"
              type="search"
              placeholder="Find"
              aria-label={`Find in ${title.toLowerCase()}`}
              value={find[0]}
              onChange={(event) => find[1](event.target.value)}
            />
          </label>
        )}
        {actions}
      </header>
      {children}
    </section>
  );
}
