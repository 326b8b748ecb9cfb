// Changes to a run that the page shows at once and takes back if the server refuses.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type Run, run } from "./api";

export interface Edit {
  /** What the run looks like once the server has agreed. */
  apply: (before: Run) => Run;
  send: () => Promise<unknown>;
}

export function useRunEdit(runId: string) {
  const client = useQueryClient();
  const { queryKey } = run(runId);
  return useMutation({
    mutationFn: ({ send }: Edit) => send(),
    onMutate: async ({ apply }) => {
      await client.cancelQueries({ queryKey });
      const before = client.getQueryData(queryKey);
      if (before) client.setQueryData(queryKey, apply(before));
      return { before };
    },
    onError: (_error, _edit, context) => {
      if (context?.before) client.setQueryData(queryKey, context.before);
    },
    onSettled: () => client.invalidateQueries({ queryKey }),
  });
}

/** The run with one tag set, or removed when `value` is null. */
export function withTag(before: Run, key: string, value: string | null): Run {
  const { [key]: _, ...others } = before.tags;
  return { ...before, tags: value === null ? others : { ...others, [key]: value } };
}
