import { useState } from "react";
import { Icon } from "@/components/Icon";
import { refusal } from "@/lib/api";
import { fileUrl } from "../api";
import styles from "../artifacts.module.css";
import type { PreviewProps } from "./previewProps";

/** A document, opened by the browser's own viewer in another tab. */
export function PdfPreview({ owner, path }: PreviewProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const open = async () => {
    setProblem(null);
    // Opened before the bytes come, or the browser takes it for an unwanted window.
    const tab = window.open("", "_blank");
    try {
      const response = await fetch(fileUrl(owner, path));
      if (!response.ok) throw await refusal(response);
      // The type is set here, so that a page in disguise is not shown as one.
      const url = URL.createObjectURL(new Blob([await response.arrayBuffer()], { type: "application/pdf" }));
      if (tab) tab.location.href = url;
    } catch (error) {
      tab?.close();
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <div className={styles.paneWord}>
      <p>Documents open in the browser's own viewer.</p>
      <button type="button" className="button" onClick={open}>
        <Icon name="external" size={14} /> Open in a new tab
      </button>
      {problem && <p role="alert">{problem}</p>}
    </div>
  );
}
