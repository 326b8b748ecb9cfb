import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { CopyButton } from "@/components/CopyButton";
import { Failure } from "@/components/Failure";
import { Loading } from "@/components/Loading";
import { Segments } from "@/components/Segments";
import { modelUri, runModels } from "@/lib/loggedModels";
import { folder, type Owner } from "./api";
import styles from "./artifacts.module.css";
import { FilePane } from "./FilePane";
import { ImagesView } from "./ImagesView";
import { IMAGES, imageSeries } from "./imageNames";
import { Tree } from "./Tree";

/** Where a model says what it is: its flavors, its signature. */
const DESCRIPTION = "MLmodel";

const route = getRouteApi("/runs/$runId");

/** The files of a run, or of a model that it logged. */
export function ArtifactsTab({ runId, experimentId }: { runId: string; experimentId: string }) {
  const { model: modelId } = route.useSearch();
  const owner = useMemo(() => ({ runId, modelId }), [runId, modelId]);
  return (
    <Files
      key={modelId ?? ""}
      owner={owner}
      choice={<OwnerChoice runId={runId} experimentId={experimentId} modelId={modelId} />}
    />
  );
}

interface OwnerChoiceProps {
  runId: string;
  experimentId: string;
  modelId: string | undefined;
}

/** Whose files are shown, where there is a choice. */
function OwnerChoice({ runId, experimentId, modelId }: OwnerChoiceProps) {
  const navigate = route.useNavigate();
  const models = useQuery(runModels(experimentId, runId)).data?.models ?? [];
  if (models.length === 0 && modelId === undefined) return null;
  const isListed = modelId === undefined || models.some(({ id }) => id === modelId);
  const choose = (id: string) =>
    void navigate({
      search: (before) => ({ ...before, model: id || undefined, path: undefined, as: undefined }),
      resetScroll: false,
    });
  return (
    <>
      <label className={styles.ownerChoice}>
        Files of
        <select className="input" value={modelId ?? ""} onChange={(event) => choose(event.target.value)}>
          <option value="">the run</option>
          <optgroup label="Models">
            {models.map(({ id, name }) => (
              <option key={id} value={id}>
                {name} · {id.slice(0, 10)}…
              </option>
            ))}
            {!isListed && <option value={modelId}>{modelId}</option>}
          </optgroup>
        </select>
      </label>
      {modelId !== undefined && (
        <CopyButton text={modelUri(modelId)} label={`Copy ${modelUri(modelId)}, to load this model`}>
          URI
        </CopyButton>
      )}
    </>
  );
}

/** Files as a tree with previews, and logged images side by side with a slider for the step. */
function Files({ owner, choice }: { owner: Owner; choice: ReactNode }) {
  const { path: chosen, as } = route.useSearch();
  const navigate = route.useNavigate();
  const root = useQuery(folder(owner, ""));
  // The file that says what a model is opens by itself.
  const isDescribed = owner.modelId !== undefined && root.data?.some((file) => file.path === DESCRIPTION);
  const path = chosen ?? (isDescribed ? DESCRIPTION : undefined);
  const hasImages = root.data?.some((file) => file.is_dir && file.path === IMAGES) ?? false;
  const images = useQuery({ ...folder(owner, IMAGES), enabled: hasImages });
  const series = useMemo(() => imageSeries(images.data ?? []), [images.data]);
  const open = (next: string) => void navigate({ search: (before) => ({ ...before, path: next }), resetScroll: false });
  const files = () => {
    if (root.isPending) return <Loading what="artifacts" />;
    if (root.isError) return <Failure what="the artifacts" error={root.error} retry={root.refetch} />;
    if (root.data.length === 0) return <NoArtifacts owner={owner} />;
    if (as === "images" && series.length > 0) return <ImagesView owner={owner} series={series} />;
    return (
      <div className={path ? `${styles.artifactsHalves} ${styles.artifactsOpen}` : styles.artifactsHalves}>
        <Tree owner={owner} selected={path} onOpen={open} />
        <FilePane owner={owner} path={path} onOpen={open} />
      </div>
    );
  };
  return (
    <div className={styles.artifacts}>
      <div className={styles.artifactsBar}>
        {choice}
        {series.length > 0 && (
          <Segments
            label="View"
            options={{ files: "Files", images: "Images by step" }}
            value={as ?? "files"}
            onChange={(view) =>
              void navigate({
                search: (before) => ({ ...before, as: view === "images" ? view : undefined }),
                resetScroll: false,
              })
            }
          />
        )}
      </div>
      {files()}
    </div>
  );
}

function NoArtifacts({ owner }: { owner: Owner }) {
  if (owner.modelId !== undefined) {
    return (
      <div className="notice">
        <h2>No files</h2>
        <p>The model has no files: they are still to come, or are kept elsewhere.</p>
      </div>
    );
  }
  return (
    <div className="notice">
      <h2>No artifacts</h2>
      <p>
        Files that the run logs appear here, as with <code>kipu.log_artifact("plot.png")</code>
      </p>
    </div>
  );
}
