import { lazy, Suspense } from "react";

const Rendered = lazy(() => import("./Rendered"));

/** Text in Markdown, made safe. Its renderer is loaded when the first text is shown. */
export function Markdown({ text }: { text: string }) {
  return (
    <Suspense fallback={<div className="markdown markdown-raw">{text}</div>}>
      <Rendered text={text} />
    </Suspense>
  );
}
