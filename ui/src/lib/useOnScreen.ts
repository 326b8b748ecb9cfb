import { type RefObject, useEffect, useState } from "react";

/** Whether an element is on the screen or less than a screen's half away. */
export function useOnScreen(element: RefObject<Element | null>): boolean {
  const [visible, setVisible] = useState(false);
  useEffect(() => {
    if (!element.current) return;
    const observer = new IntersectionObserver(([entry]) => setVisible(entry?.isIntersecting ?? false), {
      rootMargin: "50% 0px",
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return visible;
}

/** Whether an element was ever on the screen, for what must keep its height and its state when it is scrolled away. */
export function useWasOnScreen(element: RefObject<Element | null>): boolean {
  const visible = useOnScreen(element);
  const [seen, setSeen] = useState(false);
  if (visible && !seen) setSeen(true);
  return seen || visible;
}
