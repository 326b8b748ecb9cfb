import type { Run } from "../api";
import { Datasets } from "./Datasets";
import { MetricsCard } from "./MetricsCard";
import { Note } from "./Note";
import { ParamsCard } from "./ParamsCard";
import { TagsCard } from "./TagsCard";
import "./overview.css";

/** What the run is made of, on one page. */
export function Overview({ run }: { run: Run }) {
  return (
    <div className="overview">
      <Note run={run} />
      <div className="overview-column">
        <MetricsCard run={run} />
      </div>
      <div className="overview-column">
        <ParamsCard params={run.params} />
        <TagsCard run={run} />
        <Datasets datasets={run.datasets} />
      </div>
    </div>
  );
}
