import { useMemo } from "react";
import { DataTable } from "@/components/table/DataTable";
import styles from "../artifacts.module.css";
import { delimiterOf, parseDelimited } from "../delimited";
import type { PreviewProps } from "./previewProps";
import { CutNote, useBeginning } from "./useBeginning";

const MOST = 8_000_000;

export function TablePreview(props: PreviewProps) {
  const read = useBeginning(props, MOST);
  const { text, cut } = "text" in read ? read : { text: "", cut: false };
  const table = useMemo(() => parseDelimited(text, delimiterOf(props.path, text), cut), [props.path, text, cut]);
  if (!("text" in read)) return read;
  if (table.columns.length === 0) return <p className={styles.paneWord}>The table is empty.</p>;
  return (
    <>
      {cut && <CutNote most={MOST} size={props.size} />}
      <DataTable table={table} />
    </>
  );
}
