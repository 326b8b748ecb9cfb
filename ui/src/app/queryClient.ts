import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "@/lib/api";

/** Answers stay until the stream of changes says otherwise; only passing failures are asked again. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (count, error) => count < 2 && error instanceof ApiError && error.isPassing,
        retryDelay: (count) => 400 * 2 ** count,
        refetchOnWindowFocus: true,
      },
    },
  });
}
