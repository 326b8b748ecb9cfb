import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import { Icon, type IconName } from "./Icon";
import styles from "./Menu.module.css";
import { Popover } from "./Popover";

export type MenuItem = { label: string; icon: IconName; isDangerous?: boolean; onChoose: () => void };

/** A button with a list of actions; arrows move in it. */
export function Menu({
  name,
  items,
  className,
  children,
}: {
  name: string;
  items: MenuItem[];
  className?: string;
  children: ReactNode;
}) {
  return (
    <Popover name={name} label={children} className={className ?? "icon-button"}>
      {(close) => <Items items={items} close={close} />}
    </Popover>
  );
}

function Items({ items, close }: { items: MenuItem[]; close: () => void }) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => list.current?.querySelector("button")?.focus(), []);

  function move(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const buttons = [...(list.current?.querySelectorAll("button") ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  }
  return (
    <div ref={list} role="menu" className={styles.items} onKeyDown={move} tabIndex={-1}>
      {items.map(({ label, icon, isDangerous, onChoose }) => (
        <button
          key={label}
          type="button"
          role="menuitem"
          className={isDangerous ? styles.danger : undefined}
          onClick={() => {
            close();
            onChoose();
          }}
        >
          <Icon name={icon} />
          {label}
        </button>
      ))}
    </div>
  );
}
