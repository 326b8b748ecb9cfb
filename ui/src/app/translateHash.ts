import { defaultStringifySearch } from "@tanstack/react-router";

/** Take addresses as MLflow's client prints them (`#/experiments/1/runs/abc`) to the page they mean. */
export function routeOfHash(hash: string): string | undefined {
  const found = /^#\/experiments\/([^/?]+)(?:\/(runs|models)\/([^/?]+))?(?:\/artifacts\/([^?]+))?/.exec(hash);
  if (found === null) return undefined;
  const [, experimentId, kind, id, path] = found;
  if (kind === undefined) return `experiments/${experimentId}`;
  if (path === undefined) return `${kind}/${id}`;
  const file = { path: decoded(path) };
  return `${kind}/${id}${defaultStringifySearch(kind === "runs" ? { tab: "artifacts", ...file } : file)}`;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // A per cent sign that encodes nothing.
    return path;
  }
}

/** Rewrite the address before the router reads it. */
export function translateHash(): void {
  const route = routeOfHash(location.hash);
  if (route !== undefined) history.replaceState(null, "", new URL(route, document.baseURI));
}
