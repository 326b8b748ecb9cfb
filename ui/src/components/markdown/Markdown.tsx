import { lazy, Suspense } from "react";
import styles from "./markdown.module.css";

const Rendered = lazy(() => import("./Rendered"));

/** Text in Markdown, made safe. Its renderer is loaded when the first text is shown. */
export function Markdown({ text }: { text: string }) {
  return (
    <Suspense fallback={<div className={`${styles.markdown} ${styles.markdownRaw}`}>{text}</div>}>
      <Rendered text={text} />
    </Suspense>
  );
}
