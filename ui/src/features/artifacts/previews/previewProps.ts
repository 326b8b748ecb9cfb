import type { Owner } from "../api";

/** The file that a preview shows; `size` in bytes, where the listing told it. */
export interface PreviewProps {
  owner: Owner;
  path: string;
  size: number | undefined;
}
