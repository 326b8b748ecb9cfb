import { Markdown } from "@/components/markdown/Markdown";
import styles from "../artifacts.module.css";
import type { PreviewProps } from "./previewProps";
import { CutNote, useBeginning } from "./useBeginning";

const MOST = 500_000;

export function MarkdownPreview(props: PreviewProps) {
  const read = useBeginning(props, MOST);
  if (!("text" in read)) return read;
  return (
    <div className={styles.paneProse}>
      {read.cut && <CutNote most={MOST} size={props.size} />}
      <Markdown text={read.text} />
    </div>
  );
}
