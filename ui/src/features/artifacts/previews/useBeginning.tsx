import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Failure } from "@/components/Failure";
import { Loading } from "@/components/Loading";
import { formatBytes } from "@/lib/format";
import { type Beginning, beginning } from "../api";
import styles from "../artifacts.module.css";
import type { PreviewProps } from "./previewProps";

/** The beginning of a file, or what to show instead of it for the moment. */
export function useBeginning({ owner, path }: PreviewProps, most: number): Beginning | ReactElement {
  const answer = useQuery(beginning(owner, path, most));
  if (answer.isPending) return <Loading what="the file" />;
  if (answer.isError) return <Failure what="the file" error={answer.error} retry={answer.refetch} />;
  return answer.data;
}

/** Says that the file goes on. */
export function CutNote({ most, size }: { most: number; size: number | undefined }) {
  return (
    <p className={styles.cutNote}>
      The first {formatBytes(most)}
      {size !== undefined && ` of ${formatBytes(size)}`}. Download the file to see all of it.
    </p>
  );
}
