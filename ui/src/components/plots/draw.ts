// What the drawings of plots share: colours, words that fit, and readouts beside the pointer.

import { type PointerEvent, type RefObject, useLayoutEffect, useState } from "react";
import { seriesColor } from "@/lib/colors";

/** The series that stay furthest apart for readers with any colour blindness, the best pair first. */
const APART = [0, 1, 11, 3, 4, 5];
const DASHES = [undefined, "6 3", "2 2.5", "9 3 2 3"];

/** How the curve with a number is drawn: six colours, then other dashes. */
export function strokeOf(index: number): { stroke: string; strokeDasharray: string | undefined } {
  const dash = DASHES[Math.floor(index / APART.length) % DASHES.length];
  return { stroke: colorOf(index), strokeDasharray: dash };
}

export function colorOf(index: number): string {
  return seriesColor(APART[index % APART.length] ?? 0);
}

/** The CSS variable of a colour, for readouts. */
export function variableOf(index: number): string {
  return `--series-${APART[index % APART.length] ?? 0}`;
}

/** About how wide words of the page's font are, in pixels, rather too wide. */
export function textWidth(words: string, size = 11): number {
  let width = 0;
  for (const letter of words) width += /[iljtfrI.,:;'|!()[\]{} -]/.test(letter) ? 0.38 : widthOf(letter);
  return width * size;
}

function widthOf(letter: string): number {
  if (letter > "\u2e80") return 1.05;
  return /[mwMW%@A-Z]/.test(letter) ? 0.78 : 0.61;
}

/** The words, without their middle where they are too long: names of a kind begin alike. */
export function fitted(words: string, room: number, size = 11): string {
  if (textWidth(words, size) <= room) return words;
  const letters = [...words];
  let kept = letters.length - 1;
  const cut = () =>
    `${letters.slice(0, Math.ceil(kept / 2)).join("")}…${letters.slice(letters.length - Math.floor(kept / 2)).join("")}`;
  while (kept > 1 && textWidth(cut(), size) > room) kept--;
  return cut();
}

/** The width of an element in pixels, as it changes. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const one = element.current;
    if (!one) return;
    setWidth(one.clientWidth);
    const observer = new ResizeObserver(() => setWidth(one.clientWidth));
    observer.observe(one);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

/** Where the pointer is within an element. */
export function placeIn(event: PointerEvent<Element>): { left: number; top: number } {
  const box = event.currentTarget.getBoundingClientRect();
  return { left: event.clientX - box.left, top: event.clientY - box.top };
}
