import { type ReactNode, useLayoutEffect, useState } from "react";
import { createPortal } from "react-dom";

/** Where the page stands, drawn into the bar on top. The last item is the page itself and names the browser's tab. */
export function Crumbs({ title, children }: { title: string; children: ReactNode }) {
  const [place, setPlace] = useState<Element | null>(null);
  useLayoutEffect(() => setPlace(document.getElementById("crumbs")), []);
  return (
    <>
      <title>{`${title} · Kipu`}</title>
      {place && createPortal(children, place)}
    </>
  );
}

/** What stands between two items. */
export function CrumbSeparator() {
  return (
    <span className="crumb-sep" aria-hidden="true">
      /
    </span>
  );
}
