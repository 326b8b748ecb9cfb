import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { type RenderResult, render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { makeRouter } from "@/app/router";

/** The whole app at an address, as `await app("/experiments/1")`; what the server answers is up to the test. */
export function app(address: string): RenderResult & {
  router: ReturnType<typeof makeRouter>;
  user: ReturnType<typeof userEvent.setup>;
} {
  const router = makeRouter(createMemoryHistory({ initialEntries: [address] }));
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const view = render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return { ...view, router, user: userEvent.setup() };
}
