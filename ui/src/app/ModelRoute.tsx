import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, Navigate } from "@tanstack/react-router";
import { Failure } from "@/components/Failure";
import { Loading } from "@/components/Loading";
import { ApiError } from "@/lib/api";
import { loggedModel, modelUri } from "@/lib/loggedModels";

const route = getRouteApi("/models/$modelId");

/** A logged model is shown on the page of the run that logged it. */
export function ModelRoute() {
  const { modelId } = route.useParams();
  const { path } = route.useSearch();
  const answer = useQuery(loggedModel(modelId));
  if (answer.isPending) return <Loading what="the model" />;
  if (answer.isError) {
    if (answer.error instanceof ApiError && answer.error.status === 404) return <NoModel modelId={modelId} />;
    return <Failure what="the model" error={answer.error} retry={answer.refetch} />;
  }
  const { name, sourceRunId } = answer.data;
  if (sourceRunId === "") return <ModelWithoutRun name={name} modelId={modelId} />;
  const search = { tab: "artifacts" as const, model: modelId, ...(path !== undefined && { path }) };
  return <Navigate to="/runs/$runId" params={{ runId: sourceRunId }} search={search} replace />;
}

function NoModel({ modelId }: { modelId: string }) {
  return (
    <main className="notice">
      <h1>There is no such model</h1>
      <p>
        No model has the id <code>{modelId}</code>. It may have been deleted, or live in another store.
      </p>
      <Link to="/" className="button">
        All experiments
      </Link>
    </main>
  );
}

function ModelWithoutRun({ name, modelId }: { name: string; modelId: string }) {
  return (
    <main className="notice">
      <h1>{name}</h1>
      <p>
        No run logged this model, so that no page shows it. In Python it is <code>{modelUri(modelId)}</code>.
      </p>
    </main>
  );
}
