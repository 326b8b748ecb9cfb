import { getRouteApi } from "@tanstack/react-router";
import { lazy } from "react";
import { RunPage } from "@/features/run/RunPage";

const route = getRouteApi("/runs/$runId");
const Artifacts = lazy(() =>
  import("@/features/artifacts/ArtifactsTab").then(({ ArtifactsTab }) => ({ default: ArtifactsTab })),
);
const Plots = lazy(() => import("@/features/artifacts/PlotsTab").then(({ PlotsTab }) => ({ default: PlotsTab })));

/** The run in the address; another run is another page, with no state kept. */
export function RunRoute() {
  const { runId } = route.useParams();
  return <RunPage key={runId} runId={runId} Artifacts={Artifacts} Plots={Plots} />;
}
