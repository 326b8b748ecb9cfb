import type { Run } from "../api";
import { Datasets } from "./Datasets";
import { MetricsCard } from "./MetricsCard";
import { ModelsCard } from "./ModelsCard";
import { Note } from "./Note";
import styles from "./overview.module.css";
import { ParamsCard } from "./ParamsCard";
import { TagsCard } from "./TagsCard";

/** What the run is made of, on one page. */
export function Overview({ run }: { run: Run }) {
  return (
    <div className={styles.overview}>
      <Note run={run} />
      <div className={styles.overviewColumn}>
        <MetricsCard run={run} />
      </div>
      <div className={styles.overviewColumn}>
        <ModelsCard run={run} />
        <ParamsCard params={run.params} />
        <TagsCard run={run} />
        <Datasets datasets={run.datasets} />
      </div>
    </div>
  );
}
