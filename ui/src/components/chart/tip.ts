// The small box beside the pointer. It is filled by hand: a render for each movement of the mouse would be felt.

import styles from "./chart.module.css";
import type { Hover } from "./plot";
import type { Readout, ReadoutRow } from "./readout";

/** Between the pointer and the box, in pixels. */
const GAP = 14;

export class Tip {
  readonly #box = document.createElement("div");
  /** Measured when the content changes its shape, not at each movement. */
  #shape = "";
  #width = 0;
  #height = 0;

  constructor(private readonly parent: HTMLElement) {
    this.#box.hidden = true;
    this.#box.setAttribute("role", "status");
    parent.append(this.#box);
  }

  show(readout: Readout, { left, top, own }: Pick<Hover, "left" | "top" | "own">): void {
    const facts = own ? readout.facts : [];
    const rows = [...readout.curves, ...facts].map(row);
    if (readout.more > 0) rows.push(row({ name: `and ${readout.more} more`, value: "" }));
    this.#box.replaceChildren(...rows);
    this.#box.className = `${styles.chartTip} ${own ? styles.own : ""}`;
    // Read aloud is the chart that one is at, not all that share its cursor.
    this.#box.ariaHidden = String(!own);
    this.#box.hidden = false;
    const shape = `${own}:${[...readout.curves, ...facts].map(({ name, value }) => name.length + value.length)}`;
    if (shape !== this.#shape) {
      this.#shape = shape;
      this.#width = this.#box.offsetWidth;
      this.#height = this.#box.offsetHeight;
    }
    const { x, y } = own ? this.#besidePointer(left, top) : this.#atTop(left);
    this.#box.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  }

  /** Beside the pointer, over the edge of the chart if need be but not over that of the window. */
  #besidePointer(left: number, top: number): { x: number; y: number } {
    const chart = this.parent.getBoundingClientRect();
    const edge =
      this.parent.closest("dialog, [data-edge]")?.getBoundingClientRect() ??
      document.documentElement.getBoundingClientRect();
    const fits = chart.left + left + GAP + this.#width <= edge.right - 4;
    const x = fits ? left + GAP : Math.max(edge.left - chart.left + 4, left - GAP - this.#width);
    return { x, y: Math.max(0, Math.min(top - this.#height / 2, this.parent.clientHeight - this.#height)) };
  }

  /** A shared cursor has no height of its own: its box stays at the top. */
  #atTop(left: number): { x: number; y: number } {
    const { clientWidth } = this.parent;
    const beside = left + GAP + this.#width > clientWidth ? left - GAP - this.#width : left + GAP;
    return { x: Math.max(0, Math.min(beside, clientWidth - this.#width)), y: 2 };
  }

  hide(): void {
    this.#box.hidden = true;
  }

  remove(): void {
    this.#box.remove();
  }
}

function row({ name, value, color }: ReadoutRow): HTMLElement {
  const element = document.createElement("div");
  const label = document.createElement("span");
  label.textContent = name;
  const number = document.createElement("b");
  number.textContent = value;
  if (color) {
    const swatch = document.createElement("i");
    swatch.style.background = `var(${color})`;
    element.append(swatch);
  }
  element.append(label, number);
  return element;
}
