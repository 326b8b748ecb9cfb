import { useMemo } from "react";
import styles from "./markdown.module.css";
import { renderMarkdown } from "./render";

export default function Rendered({ text }: { text: string }) {
  const html = useMemo(() => renderMarkdown(text), [text]);
  // biome-ignore lint/security/noDangerouslySetInnerHtml: what renderMarkdown returns has been sanitised.
  return <div className={styles.markdown} dangerouslySetInnerHTML={{ __html: html }} />;
}
