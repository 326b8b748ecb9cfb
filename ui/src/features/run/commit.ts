// Links to source code.

/** Where a commit can be read, for hosts that lay their pages out as most do. */
export function commitAddress(repository: string | undefined, commit: string): string | undefined {
  const found = /^(?:https:\/\/(?:[^@/]*@)?|git@|ssh:\/\/git@)([\w.-]+)[/:]([\w./~-]+?)(?:\.git)?\/?$/.exec(
    repository ?? "",
  );
  return found ? `https://${found[1]}/${found[2]}/commit/${encodeURIComponent(commit)}` : undefined;
}
