import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { CopyButton } from "@/components/CopyButton";
import { Icon } from "@/components/Icon";
import { Loading } from "@/components/Loading";
import { formatBytes, plural } from "@/lib/format";
import { fileUrl, folder, type Owner } from "./api";
import styles from "./artifacts.module.css";
import { nameOf, parentOf } from "./kinds";

const Preview = lazy(() => import("./previews/Preview").then(({ Preview }) => ({ default: Preview })));

interface FilePaneProps {
  owner: Owner;
  path: string | undefined;
  onOpen: (path: string) => void;
}

/** The open file: what it is, the way to its bytes, and what can be shown of it. */
export function FilePane({ owner, path, onOpen }: FilePaneProps) {
  const parent = useQuery({ ...folder(owner, parentOf(path ?? "")), enabled: path !== undefined });
  if (path === undefined)
    return <div className={`${styles.pane} ${styles.paneEmpty} faint`}>Choose a file to look at it.</div>;
  const file = parent.data?.find((one) => one.path === path);
  if (parent.data && !file) {
    return (
      <div className={`${styles.pane} ${styles.paneEmpty}`}>
        <p>
          The {owner.modelId === undefined ? "run" : "model"} has no file <code>{path}</code>.
        </p>
      </div>
    );
  }
  if (file?.is_dir) return <FolderPane owner={owner} path={path} onOpen={onOpen} />;
  return (
    <section className={styles.pane} aria-label={path} data-edge="">
      <header>
        <h2 title={path}>
          {parentOf(path) && <span className="faint">{parentOf(path)}/</span>}
          {nameOf(path)}
        </h2>
        {file?.file_size !== undefined && <span className="faint tabular">{formatBytes(file.file_size)}</span>}
        <CopyButton text={path} label="Copy the path" />
        <a className="button" href={fileUrl(owner, path)} download={nameOf(path)}>
          <Icon name="download" size={14} /> Download
        </a>
      </header>
      <Suspense fallback={<Loading what="the preview" />}>
        <Preview key={path} owner={owner} path={path} size={file?.file_size} />
      </Suspense>
    </section>
  );
}

function FolderPane({ owner, path, onOpen }: { owner: Owner; path: string; onOpen: (path: string) => void }) {
  const answer = useQuery(folder(owner, path));
  return (
    <section className={styles.pane} aria-label={path}>
      <header>
        <h2>{path}/</h2>
        {answer.data && <span className="faint">{plural(answer.data.length, "entry", "entries")}</span>}
      </header>
      <ul className={styles.folderList}>
        {answer.data?.map((file) => (
          <li key={file.path}>
            <button type="button" className={styles.textButton} onClick={() => onOpen(file.path)}>
              {nameOf(file.path)}
              {file.is_dir ? "/" : ""}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
