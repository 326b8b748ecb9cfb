import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { Failure } from "@/components/Failure";
import { Icon } from "@/components/Icon";
import { Loading } from "@/components/Loading";
import { Segments } from "@/components/Segments";
import { useChanges } from "@/lib/changes";
import { plural } from "@/lib/format";
import { useFocusKey } from "@/lib/useFocusKey";
import { useNow } from "@/lib/useNow";
import { type Experiment, experiments } from "./api";
import { ExperimentDialog, type ExperimentQuestion } from "./ExperimentDialog";
import { ExperimentRow } from "./ExperimentRow";
import styles from "./ExperimentsPage.module.css";

const route = getRouteApi("/");
const VIEWS = { active: "Active", deleted: "Deleted" } as const;
const QUIET_MS = 2000;

/** All experiments, those with the newest run first. */
export function ExperimentsPage() {
  const { find = "", view = "active" } = route.useSearch();
  const navigate = useNavigate({ from: "/" });
  const [question, setQuestion] = useState<ExperimentQuestion>();
  const query = useQuery(experiments(view));
  const now = useNow(30_000);
  const field = useFocusKey("/");
  useExperimentChanges();

  return (
    <main className={styles.page}>
      <title>Experiments · Kipu</title>
      <div className={styles.head}>
        <h1>Experiments</h1>
        {query.data && <span className="faint tabular">{query.data.length > 0 && query.data.length}</span>}
        <button
          type="button"
          className={`button primary ${styles.create}`}
          onClick={() => setQuestion({ kind: "create" })}
        >
          <Icon name="plus" />
          New experiment
        </button>
      </div>
      <div className={styles.bar}>
        <label className={styles.find}>
          <Icon name="search" />
          <input
            ref={field}
            className="input"
            type="search"
            placeholder="Find by name, tag or note"
            aria-label="Find experiments"
            value={find}
            onChange={(event) =>
              navigate({ search: (old) => ({ ...old, find: event.target.value || undefined }), replace: true })
            }
          />
        </label>
        <Segments
          label="Which experiments"
          options={VIEWS}
          value={view}
          onChange={(chosen) =>
            navigate({
              search: (old) => ({ ...old, view: chosen === "deleted" ? "deleted" : undefined }),
              replace: true,
            })
          }
        />
      </div>
      {query.isPending ? (
        <Loading what="experiments" />
      ) : query.isError ? (
        <Failure what="the experiments" error={query.error} retry={query.refetch} />
      ) : (
        <List all={query.data} find={find} view={view} now={now} ask={setQuestion} />
      )}
      {question && <ExperimentDialog question={question} onClose={() => setQuestion(undefined)} />}
    </main>
  );
}

type ListProps = {
  all: readonly Experiment[];
  find: string;
  view: "active" | "deleted";
  now: number;
  ask: (question: ExperimentQuestion) => void;
};

function List({ all, find, view, now, ask }: ListProps) {
  const found = all.filter((experiment) => matches(experiment, find));
  if (all.length === 0) {
    return (
      <div className="notice">
        <h2>{view === "deleted" ? "Nothing is deleted" : "No experiments yet"}</h2>
        <p>
          {view === "deleted"
            ? "Experiments that you delete wait here until they are restored or removed for good."
            : "An experiment begins with its first run, or with the button above."}
        </p>
      </div>
    );
  }
  if (found.length === 0) {
    return (
      <div className="notice">
        <h2>No experiment matches “{find}”</h2>
        <p>Names, tags and notes of {plural(all.length, "experiment")} were looked through.</p>
      </div>
    );
  }
  return (
    <div className={styles.list} role="table" aria-label="Experiments">
      <div className={styles.columns} role="row">
        <span role="columnheader">Name</span>
        <span role="columnheader" className={styles.number}>
          Runs
        </span>
        <span role="columnheader" className={styles.number}>
          Running
        </span>
        <span role="columnheader" className={styles.time}>
          Last run
        </span>
        <span role="columnheader">
          <span className="visually-hidden">Actions</span>
        </span>
      </div>
      {found.map((experiment) => (
        <ExperimentRow key={experiment.experiment_id} experiment={experiment} now={now} ask={ask} />
      ))}
    </div>
  );
}

/** Whether every word of the search occurs in the name, the note or a tag. */
function matches(experiment: Experiment, find: string): boolean {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const text = [experiment.name, ...Object.entries(experiment.tags).flat()].join("\n").toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Ask for the list again when runs change anywhere, but at most every two seconds. */
function useExperimentChanges(): void {
  const client = useQueryClient();
  const last = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useChanges({}, () => {
    clearTimeout(timer.current);
    const wait = Math.max(0, last.current + QUIET_MS - Date.now());
    timer.current = setTimeout(() => {
      last.current = Date.now();
      client.invalidateQueries({ queryKey: ["experiments"] });
    }, wait);
  });
}
