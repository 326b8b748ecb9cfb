import { useMemo } from "react";
import styles from "../artifacts.module.css";
import type { PreviewProps } from "./previewProps";
import { CutNote, useBeginning } from "./useBeginning";

const MOST = 1_000_000;

/** Text and code, with the numbers of the lines. */
export function TextPreview(props: PreviewProps) {
  const read = useBeginning(props, MOST);
  if (!("text" in read)) return read;
  return (
    <>
      {read.cut && <CutNote most={MOST} size={props.size} />}
      <NumberedText text={read.text} />
    </>
  );
}

function NumberedText({ text }: { text: string }) {
  // Two long texts side by side: an element for each of a hundred thousand lines would be slow.
  const numbers = useMemo(() => {
    let lines = text === "" || text.endsWith("\n") ? 0 : 1;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
    return Array.from({ length: lines }, (_, i) => i + 1).join("\n");
  }, [text]);
  if (text === "") return <p className={styles.paneWord}>The file is empty.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keys scroll it.
    <div className={styles.numbered} tabIndex={0}>
      <pre aria-hidden="true">{numbers}</pre>
      <pre>{text}</pre>
    </div>
  );
}
