/** The file that a preview shows; `size` in bytes, where the listing told it. */
export interface PreviewProps {
  runId: string;
  path: string;
  size: number | undefined;
}
