import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import { Failure } from "@/components/Failure";
import { Loading } from "@/components/Loading";
import { Segments } from "@/components/Segments";
import { folder } from "./api";
import styles from "./artifacts.module.css";
import { FilePane } from "./FilePane";
import { ImagesView } from "./ImagesView";
import { IMAGES, imageSeries } from "./imageNames";
import { Tree } from "./Tree";

const route = getRouteApi("/runs/$runId");

/** The files of a run: as a tree with previews, and logged images side by side with a slider for the step. */
export function ArtifactsTab({ runId }: { runId: string }) {
  const { path, as } = route.useSearch();
  const navigate = route.useNavigate();
  const root = useQuery(folder(runId, ""));
  const hasImages = root.data?.some((file) => file.is_dir && file.path === IMAGES) ?? false;
  const images = useQuery({ ...folder(runId, IMAGES), enabled: hasImages });
  const series = useMemo(() => imageSeries(images.data ?? []), [images.data]);
  const open = (next: string) => void navigate({ search: (before) => ({ ...before, path: next }), resetScroll: false });

  if (root.isPending) return <Loading what="artifacts" />;
  if (root.isError) return <Failure what="the artifacts" error={root.error} retry={root.refetch} />;
  if (root.data.length === 0) return <NoArtifacts />;
  return (
    <div className={styles.artifacts}>
      {series.length > 0 && (
        <div>
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
        </div>
      )}
      {as === "images" && series.length > 0 ? (
        <ImagesView runId={runId} series={series} />
      ) : (
        <div className={path ? `${styles.artifactsHalves} ${styles.artifactsOpen}` : styles.artifactsHalves}>
          <Tree runId={runId} selected={path} onOpen={open} />
          <FilePane runId={runId} path={path} onOpen={open} />
        </div>
      )}
    </div>
  );
}

function NoArtifacts() {
  return (
    <div className="notice">
      <h2>No artifacts</h2>
      <p>
        Files that the run logs appear here, as with <code>kipu.log_artifact("plot.png")</code>
      </p>
    </div>
  );
}
