import { useMemo } from "react";
import { renderMarkdown } from "./render";
import "./markdown.css";

export default function Rendered({ text }: { text: string }) {
  const html = useMemo(() => renderMarkdown(text), [text]);
  // biome-ignore lint/security/noDangerouslySetInnerHtml: what renderMarkdown returns has been sanitised.
  return <div className="markdown" dangerouslySetInnerHTML={{ __html: html }} />;
}
