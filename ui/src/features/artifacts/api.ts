// The files of a run: lists by folder, and their bytes.

import { queryOptions } from "@tanstack/react-query";
import { get, refusal } from "@/lib/api";

export interface FileInfo {
  path: string;
  is_dir: boolean;
  file_size?: number;
}

/** What a folder holds, folders first; the root is "". */
export function folder(runId: string, path: string) {
  return queryOptions({
    queryKey: ["run", runId, "artifacts", path],
    queryFn: async ({ signal }): Promise<FileInfo[]> => {
      const files: FileInfo[] = [];
      let token: string | undefined;
      do {
        const query = { run_id: runId, path: path || undefined, page_token: token };
        const answer = await get<{ files?: FileInfo[]; next_page_token?: string }>(
          "/2.0/mlflow/artifacts/list",
          query,
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

const byName = new Intl.Collator("en", { numeric: true });

function foldersFirst(a: FileInfo, b: FileInfo): number {
  return Number(b.is_dir) - Number(a.is_dir) || byName.compare(a.path, b.path);
}

/** Where the bytes of a file are. The server sends them as an attachment: opened, they are saved, never shown. */
export function fileUrl(runId: string, path: string): string {
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
export async function readText(runId: string, path: string, most: number, signal?: AbortSignal): Promise<Beginning> {
  const stop = new AbortController();
  signal?.addEventListener("abort", () => stop.abort());
  const response = await fetch(fileUrl(runId, path), { signal: stop.signal });
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
export function beginning(runId: string, path: string, most: number) {
  return queryOptions({
    queryKey: ["run", runId, "artifact", path, most],
    queryFn: ({ signal }) => readText(runId, path, most, signal),
    staleTime: 30_000,
    gcTime: 60_000,
    structuralSharing: false,
  });
}
