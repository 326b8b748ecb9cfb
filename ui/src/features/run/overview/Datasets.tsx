import type { DatasetInput } from "../api";
import { Card } from "./Card";
import { Cell } from "./Cell";
import styles from "./overview.module.css";

/** The data that the run read. */
export function Datasets({ datasets }: { datasets: readonly DatasetInput[] }) {
  if (datasets.length === 0) return null;
  return (
    <Card title="Data sets" count={datasets.length}>
      {datasets.map(({ dataset, tags = [] }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same data set may have been read twice, and the list never moves.
        <div key={i} className={styles.dataset}>
          <div className={styles.datasetName}>
            <strong>{dataset.name}</strong> <code className="faint">{dataset.digest}</code>
            {tags.map(({ key, value }) => (
              <span key={key} className="chip">
                {key === "mlflow.data.context" ? value : `${key}: ${value}`}
              </span>
            ))}
          </div>
          <Cell className="faint" text={`${dataset.source_type}: ${readable(dataset.source)}`} />
          {dataset.profile && <Cell className="faint" text={`profile: ${dataset.profile}`} />}
          {dataset.schema && <Cell className="faint" text={`schema: ${dataset.schema}`} />}
        </div>
      ))}
    </Card>
  );
}

/** Sources are JSON that mostly holds one address. */
function readable(source: string): string {
  try {
    const parsed: unknown = JSON.parse(source);
    const { uri, url, path } = (parsed ?? {}) as Record<string, unknown>;
    const address = uri ?? url ?? path;
    return typeof address === "string" ? address : source;
  } catch {
    return source;
  }
}
