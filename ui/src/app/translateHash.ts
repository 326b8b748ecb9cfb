/** Take addresses as MLflow's client prints them (`#/experiments/1/runs/abc`) to the page they mean. */
export function routeOfHash(hash: string): string | undefined {
  const found = /^#\/experiments\/([^/?]+)(?:\/runs\/([^/?]+))?/.exec(hash);
  if (found === null) return undefined;
  const [, experimentId, runId] = found;
  return runId === undefined || runId === "" ? `experiments/${experimentId}` : `runs/${runId}`;
}

/** Rewrite the address before the router reads it. */
export function translateHash(): void {
  const route = routeOfHash(location.hash);
  if (route !== undefined) history.replaceState(null, "", new URL(route, document.baseURI));
}
