import { getRouteApi } from "@tanstack/react-router";
import { RunsPage } from "@/features/runs/RunsPage";

const route = getRouteApi("/experiments/$experimentId");

/** The runs page of the experiment in the address; another experiment is another page, with no state kept. */
export function RunsRoute() {
  const { experimentId } = route.useParams();
  return <RunsPage key={experimentId} experimentId={experimentId} />;
}
