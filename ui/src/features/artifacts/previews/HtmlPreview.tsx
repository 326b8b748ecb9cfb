import { useMemo } from "react";
import styles from "../artifacts.module.css";
import type { PreviewProps } from "./previewProps";
import { CutNote, useBeginning } from "./useBeginning";

const MOST = 30_000_000;

/**
 * A page that the run made, such as a Plotly figure: its scripts may draw, but they run in an origin of their own, where
 * they reach neither this page nor the server.
 */
export function HtmlPreview(props: PreviewProps) {
  const read = useBeginning(props, MOST);
  const page = "text" in read ? read.text : "";
  const source = useMemo(() => isolated(page), [page]);
  if (!("text" in read)) return read;
  return (
    <>
      {read.cut && <CutNote most={MOST} size={props.size} />}
      <iframe className={styles.htmlPreview} title={props.path} sandbox="allow-scripts" srcDoc={source} />
    </>
  );
}

// The sandbox takes the page's origin away; this takes away the network, but for what pages load from the web to draw.
const POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval' blob: https:",
  "style-src 'unsafe-inline' https:",
  "img-src data: blob: https:",
  "font-src data: https:",
  "media-src data: blob:",
  "worker-src blob:",
  "connect-src 'none'",
  "form-action 'none'",
  "base-uri 'none'",
].join("; ");

/** The page with a policy put before all that is in it. */
export function isolated(page: string): string {
  return `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}">${page}`;
}
