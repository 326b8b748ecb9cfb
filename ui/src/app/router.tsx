import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
} from "@tanstack/react-router";
import { experimentsSearch } from "@/features/experiments/search";
import { modelSearch, runSearch } from "@/features/run/search";
import { runsSearch } from "@/features/runs/search";
import { NotFound } from "./NotFound";
import { Shell } from "./Shell";

export const rootRoute = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const experimentsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  validateSearch: experimentsSearch,
  component: lazyRouteComponent(() => import("@/features/experiments/ExperimentsPage"), "ExperimentsPage"),
});

const runsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/experiments/$experimentId",
  validateSearch: runsSearch,
  component: lazyRouteComponent(() => import("./RunsRoute"), "RunsRoute"),
});

const runRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/runs/$runId",
  validateSearch: runSearch,
  component: lazyRouteComponent(() => import("./RunRoute"), "RunRoute"),
});

const modelRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/models/$modelId",
  validateSearch: modelSearch,
  component: lazyRouteComponent(() => import("./ModelRoute"), "ModelRoute"),
});

const routeTree = rootRoute.addChildren([experimentsRoute, runsRoute, runRoute, modelRoute]);

/** The router of the app; `basepath` is the path of <base>, so that a static prefix stays in every link. */
export function makeRouter(history?: RouterHistory) {
  return createRouter({
    routeTree,
    basepath: new URL(document.baseURI).pathname,
    defaultPreload: "intent",
    scrollRestoration: true,
    ...(history && { history }),
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
