// The files of a run or of a logged model: lists by folder, and their bytes.

import { queryOptions } from "@tanstack/react-query";
import { get, refusal } from "@/lib/api";

/** Whose files: those of a run or, with `modelId`, those of a model that it logged. */
export interface Owner {
  runId: string;
  modelId?: string | undefined;
}

export interface FileInfo {
  path: string;
  is_dir: boolean;
  file_size?: number;
}

/** What a folder holds, folders first; the root is "". */
export function folder(owner: Owner, path: string) {
  return queryOptions({
    queryKey: ["run", owner.runId, "artifacts", owner.modelId ?? "", path],
    queryFn: async ({ signal }): Promise<FileInfo[]> => {
      const files: FileInfo[] = [];
      let token: string | undefined;
      do {
        const [address, query] = listing(owner, path);
        const answer = await get<{ files?: FileInfo[]; next_page_token?: string }>(
          address,
          { ...query, page_token: token },
          signal,
        );
        files.push(...(answer.files ?? []));
        token = answer.next_page_token;
      } while (token);
      return files.sort(foldersFirst);
    },
    staleTime: 30_000,
  });
}

function listing(
  { runId, modelId }: Owner,
  path: string,
): [address: string, query: Record<string, string | undefined>] {
  if (modelId === undefined) return ["/2.0/mlflow/artifacts/list", { run_id: runId, path: path || undefined }];
  const address = `/2.0/mlflow/logged-models/${encodeURIComponent(modelId)}/artifacts/directories`;
  return [address, { artifact_directory_path: path || undefined }];
}

const byName = new Intl.Collator("en", { numeric: true });

function foldersFirst(a: FileInfo, b: FileInfo): number {
  return Number(b.is_dir) - Number(a.is_dir) || byName.compare(a.path, b.path);
}

/** Where the bytes of a file are. The server sends them as an attachment: opened, they are saved, never shown. */
export function fileUrl({ runId, modelId }: Owner, path: string): string {
  if (modelId !== undefined) {
    const address = `ajax-api/2.0/mlflow/logged-models/${encodeURIComponent(modelId)}/artifacts/files`;
    const url = new URL(address, document.baseURI);
    url.searchParams.set("artifact_file_path", path);
    return url.href;
  }
  const url = new URL("get-artifact", document.baseURI);
  url.searchParams.set("run_id", runId);
  url.searchParams.set("path", path);
  return url.href;
}

/** The beginning of a file. */
export interface Beginning {
  text: string;
  /** Whether the file goes on. */
  cut: boolean;
}

/** Reads at most `most` bytes of a text file, and stops the transfer there. */
export async function readText(owner: Owner, path: string, most: number, signal?: AbortSignal): Promise<Beginning> {
  const stop = new AbortController();
  signal?.addEventListener("abort", () => stop.abort());
  const response = await fetch(fileUrl(owner, path), { signal: stop.signal });
  if (!response.ok) throw await refusal(response);
  if (!response.body) return { text: "", cut: false };
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let text = "";
  let left = most;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), cut: false };
    text += decoder.decode(value.subarray(0, left), { stream: true });
    left -= value.length;
    if (left < 0) {
      stop.abort();
      return { text, cut: true };
    }
  }
}

/** The beginning of a text file, for a preview. */
export function beginning(owner: Owner, path: string, most: number) {
  return queryOptions({
    queryKey: ["run", owner.runId, "artifact", owner.modelId ?? "", path, most],
    queryFn: ({ signal }) => readText(owner, path, most, signal),
    staleTime: 30_000,
    gcTime: 60_000,
    structuralSharing: false,
  });
}
