import { type RefObject, useEffect, useMemo, useRef } from "react";
import type { ReadoutRow } from "@/components/chart/readout";
import { Tip } from "@/components/chart/tip";

export interface TipHandle {
  show: (place: { left: number; top: number }, rows: ReadoutRow[], facts?: ReadoutRow[], more?: number) => void;
  hide: () => void;
}

/** The box beside the pointer, the same as in charts; it lies in the element, which must be positioned. */
export function useTip(parent: RefObject<HTMLElement | null>): TipHandle {
  const tip = useRef<Tip | null>(null);
  useEffect(() => {
    if (!parent.current) return;
    const made = new Tip(parent.current);
    tip.current = made;
    return () => {
      tip.current = null;
      made.remove();
    };
  }, [parent]);
  return useMemo(
    () => ({
      show: (place, curves, facts = [], more = 0) =>
        tip.current?.show({ curves, facts, more }, { ...place, own: true }),
      hide: () => tip.current?.hide(),
    }),
    [],
  );
}
