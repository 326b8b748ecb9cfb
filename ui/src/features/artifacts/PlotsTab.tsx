import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useMemo, useRef } from "react";
import { Failure } from "@/components/Failure";
import { Loading } from "@/components/Loading";
import { readPlot } from "@/components/plots/plot";
import { parseJson } from "@/lib/json";
import { useWasOnScreen } from "@/lib/useOnScreen";
import { beginning, fileUrl, folder } from "./api";
import styles from "./artifacts.module.css";
import { nameOf } from "./kinds";
import { filesOfPlot, type PlotGroup, plotGroups } from "./plotFiles";

const PlotFigure = lazy(() =>
  import("@/components/plots/PlotFigure").then(({ PlotFigure }) => ({ default: PlotFigure })),
);

/** Larger files are no plots that anyone could look at. */
const MOST = 8_000_000;

/** The plots that autologging made, with their numbers, and the other pictures beside them. */
export function PlotsTab({ runId }: { runId: string }) {
  const root = useQuery(folder({ runId }, ""));
  const groups = useMemo(() => plotGroups(root.data ?? []), [root.data]);
  if (root.isPending) return <Loading what="plots" />;
  if (root.isError) return <Failure what="the plots" error={root.error} retry={root.refetch} />;
  if (groups.length === 0) return <NoPlots />;
  return (
    <div className={styles.plotsGrid}>
      {groups.map((group) => (
        <PlotPanel key={group.stem} runId={runId} group={group} />
      ))}
    </div>
  );
}

function NoPlots() {
  return (
    <div className="notice">
      <h2>No plots</h2>
      <p>
        What <code>kipu.autolog()</code> draws appears here, and pictures that the run logs, as with{" "}
        <code>kipu.log_figure(figure, "plot.png")</code>
      </p>
    </div>
  );
}

function PlotPanel({ runId, group }: { runId: string; group: PlotGroup }) {
  const element = useRef<HTMLElement>(null);
  const seen = useWasOnScreen(element);
  const { numbers } = group;
  const picture = <Picture runId={runId} group={group} />;
  const fits = numbers && (numbers.file_size ?? 0) <= MOST;
  return (
    <article ref={element} className={styles.plotPanel} aria-label={group.stem}>
      {seen && (fits ? <Drawn runId={runId} path={numbers.path} group={group} otherwise={picture} /> : picture)}
    </article>
  );
}

interface DrawnProps {
  runId: string;
  path: string;
  group: PlotGroup;
  /** What is shown if the file holds no plot. */
  otherwise: ReactNode;
}

function Drawn({ runId, path, group, otherwise }: DrawnProps) {
  const answer = useQuery(beginning({ runId }, path, MOST));
  const text = answer.data?.text;
  const plot = useMemo(() => {
    const parsed = text === undefined ? null : parseJson(text);
    return parsed && "value" in parsed ? readPlot(path, parsed.value) : null;
  }, [path, text]);
  const files = useMemo(() => filesOfPlot({ runId }, path, group.pictures), [runId, path, group]);
  if (answer.isPending) return <Loading what="the plot" />;
  if (!plot || text === undefined) return otherwise;
  return (
    <Suspense fallback={<Loading what="the plot" />}>
      <PlotFigure plot={plot} source={text} name={group.stem} files={files} />
    </Suspense>
  );
}

/** A picture without numbers; a file of values alone is left to the artifacts. */
function Picture({ runId, group }: { runId: string; group: PlotGroup }) {
  const path = group.pictures[0]?.path ?? group.numbers?.path ?? "";
  return (
    <figure className={styles.plotPicture}>
      {group.pictures.length > 0 && <img src={fileUrl({ runId }, path)} alt={path} loading="lazy" />}
      <figcaption>
        <Link
          from="/runs/$runId"
          to="/runs/$runId"
          search={(before) => ({ ...before, tab: "artifacts" as const, model: undefined, path })}
        >
          {nameOf(path)}
        </Link>
      </figcaption>
    </figure>
  );
}
