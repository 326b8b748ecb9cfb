import { type ReactNode, useState } from "react";
import styles from "../artifacts.module.css";
import { kindOf } from "../kinds";
import { HtmlPreview } from "./HtmlPreview";
import { ImagePreview } from "./ImagePreview";
import { JsonPreview } from "./JsonPreview";
import { MarkdownPreview } from "./MarkdownPreview";
import { PdfPreview } from "./PdfPreview";
import type { PreviewProps } from "./previewProps";
import { TablePreview } from "./TablePreview";
import { TextPreview } from "./TextPreview";

/** What can be shown of a file. No preview ever runs what is in the file in this origin. */
export function Preview(props: PreviewProps) {
  switch (kindOf(props.path)) {
    case "image":
      return <ImagePreview {...props} />;
    case "html":
      return <Sides shown="Page" first={<HtmlPreview {...props} />} source={<TextPreview {...props} />} />;
    case "markdown":
      return <Sides shown="Text" first={<MarkdownPreview {...props} />} source={<TextPreview {...props} />} />;
    case "json":
      return <Sides shown="Preview" first={<JsonPreview {...props} />} source={<TextPreview {...props} />} />;
    case "table":
      return <Sides shown="Table" first={<TablePreview {...props} />} source={<TextPreview {...props} />} />;
    case "text":
      return <TextPreview {...props} />;
    case "pdf":
      return <PdfPreview {...props} />;
    case "other":
      return <UnknownFile {...props} />;
  }
}

/** A preview, and behind a switch the file's own text. */
function Sides({ shown, first, source }: { shown: string; first: ReactNode; source: ReactNode }) {
  const [isSource, setSource] = useState(false);
  return (
    <>
      <div className={styles.sides} role="tablist">
        {[shown, "Source"].map((label, i) => (
          <button
            key={label}
            type="button"
            role="tab"
            aria-selected={isSource === (i === 1)}
            onClick={() => setSource(i === 1)}
          >
            {label}
          </button>
        ))}
      </div>
      {isSource ? source : first}
    </>
  );
}

function UnknownFile(props: PreviewProps) {
  const [asText, setAsText] = useState(false);
  if (asText) return <TextPreview {...props} />;
  return (
    <div className={styles.paneWord}>
      <p>Kipu has no preview for this kind of file.</p>
      <button type="button" className="button" onClick={() => setAsText(true)}>
        Show it as text
      </button>
    </div>
  );
}
