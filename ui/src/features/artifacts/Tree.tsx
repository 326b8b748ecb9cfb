import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useState } from "react";
import { Icon } from "@/components/Icon";
import { formatBytes, formatCount } from "@/lib/format";
import { type FileInfo, folder, type Owner } from "./api";
import styles from "./artifacts.module.css";
import { foldersOf, nameOf } from "./kinds";

interface TreeProps {
  owner: Owner;
  selected: string | undefined;
  onOpen: (path: string) => void;
}

/** More files of one folder are shown only when asked for. */
const PAGE = 500;

/** Folders and files; a folder is asked for when it is opened. Arrow keys move, open and close. */
export function Tree({ owner, selected, onOpen }: TreeProps) {
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map());
  const onWay = new Set(selected === undefined ? [] : foldersOf(selected));
  const isOpen = (path: string) => toggled.get(path) ?? onWay.has(path);
  const toggle = (path: string) => setToggled(new Map(toggled).set(path, !isOpen(path)));

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const items = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-path]")];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const current = items[at];
    if (!current) return;
    const { path = "" } = current.dataset;
    const expanded = current.getAttribute("aria-expanded");
    if (event.key === "ArrowDown") items[at + 1]?.focus();
    else if (event.key === "ArrowUp") items[at - 1]?.focus();
    else if (event.key === "ArrowRight" && expanded === "false") toggle(path);
    else if (event.key === "ArrowLeft" && expanded === "true") toggle(path);
    else if (event.key === "ArrowLeft") {
      const parent = foldersOf(path).at(-1);
      items.find((item) => item.dataset.path === parent)?.focus();
    } else return;
    event.preventDefault();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys move between the buttons within.
    <div className={styles.tree} onKeyDown={onKeyDown}>
      <Level owner={owner} path="" depth={0} selected={selected} onOpen={onOpen} isOpen={isOpen} toggle={toggle} />
    </div>
  );
}

interface LevelProps extends TreeProps {
  path: string;
  depth: number;
  isOpen: (path: string) => boolean;
  toggle: (path: string) => void;
}

function Level(props: LevelProps) {
  const { owner, path, depth, selected, onOpen, isOpen, toggle } = props;
  const answer = useQuery(folder(owner, path));
  const [pages, setPages] = useState(1);
  const indent = { paddingLeft: 8 + depth * 16 };
  if (answer.isPending)
    return (
      <p className={`${styles.treeWord} loading`} style={indent}>
        Loading …
      </p>
    );
  if (answer.isError) {
    return (
      <p className={styles.treeWord} style={indent} role="alert">
        {answer.error.message}{" "}
        <button type="button" className={styles.textButton} onClick={() => answer.refetch()}>
          Try again
        </button>
      </p>
    );
  }
  if (answer.data.length === 0)
    return (
      <p className={styles.treeWord} style={indent}>
        Empty
      </p>
    );
  const shown = answer.data.slice(0, pages * PAGE);
  const rest = answer.data.length - shown.length;
  return (
    <ul>
      {shown.map((file) => (
        <li key={file.path}>
          <Item
            file={file}
            indent={indent}
            selected={file.path === selected}
            open={file.is_dir && isOpen(file.path)}
            act={() => (file.is_dir ? toggle(file.path) : onOpen(file.path))}
          />
          {file.is_dir && isOpen(file.path) && <Level {...props} path={file.path} depth={depth + 1} />}
        </li>
      ))}
      {rest > 0 && (
        <li>
          <button
            type="button"
            className={`${styles.treeWord} ${styles.textButton}`}
            style={indent}
            onClick={() => setPages(pages + 1)}
          >
            {formatCount(rest)} more files
          </button>
        </li>
      )}
    </ul>
  );
}

interface ItemProps {
  file: FileInfo;
  indent: { paddingLeft: number };
  selected: boolean;
  open: boolean;
  act: () => void;
}

function Item({ file, indent, selected, open, act }: ItemProps) {
  return (
    <button
      type="button"
      className={styles.treeItem}
      style={indent}
      data-path={file.path}
      aria-current={selected ? "true" : undefined}
      aria-expanded={file.is_dir ? open : undefined}
      title={file.path}
      onClick={act}
    >
      {file.is_dir ? (
        <Icon name={open ? "chevronDown" : "chevronRight"} size={12} />
      ) : (
        <span className={styles.treeGap} />
      )}
      <Icon name={file.is_dir ? "folder" : "file"} size={14} />
      <span className={styles.treeName}>{nameOf(file.path)}</span>
      {!file.is_dir && file.file_size !== undefined && (
        <span className={`${styles.treeSize} tabular`}>{formatBytes(file.file_size)}</span>
      )}
    </button>
  );
}
