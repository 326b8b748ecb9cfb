import { useState } from "react";
import { fileUrl } from "../api";
import styles from "../artifacts.module.css";
import type { PreviewProps } from "./previewProps";

/** A picture. Drawn as an <img>, where even an SVG cannot run scripts. */
export function ImagePreview({ owner, path }: PreviewProps) {
  const [size, setSize] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  const [full, setFull] = useState(false);
  if (failed)
    return <p className={styles.paneWord}>The browser cannot draw this picture. Download it to look at it.</p>;
  return (
    <figure className={full ? `${styles.picture} ${styles.pictureFull}` : styles.picture}>
      <button type="button" title={full ? "Fit into the page" : "Show in full size"} onClick={() => setFull(!full)}>
        <img
          src={fileUrl(owner, path)}
          alt={path}
          onError={() => setFailed(true)}
          onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
            setSize(naturalWidth > 0 ? `${naturalWidth} × ${naturalHeight} pixels` : null)
          }
        />
      </button>
      {size && <figcaption className="faint tabular">{size}</figcaption>}
    </figure>
  );
}
