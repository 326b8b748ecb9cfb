import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { CopyButton } from "@/components/CopyButton";
import { formatExact } from "@/components/chart/numbers";
import { Failure } from "@/components/Failure";
import { formatNumber, plural } from "@/lib/format";
import { type LoggedModel, type ModelMetric, modelUri, runModels } from "@/lib/loggedModels";
import type { Run } from "../api";
import runStyles from "../run.module.css";
import { Card } from "./Card";
import styles from "./overview.module.css";

/** More models, such as checkpoints, and more metrics of one are shown only when asked for. */
const SOME_MODELS = 3;
const SOME_METRICS = 8;

/** The models that the run logged; a name leads to the model's files. */
export function ModelsCard({ run: { info, modelSteps } }: { run: Run }) {
  const answer = useQuery(runModels(info.experiment_id, info.run_id));
  const [all, setAll] = useState(false);
  if (answer.isError) {
    return (
      <Card title="Models">
        <Failure what="the models" error={answer.error} retry={answer.refetch} />
      </Card>
    );
  }
  // Most runs have none, so that nothing is said before it is known.
  if (!answer.data || answer.data.models.length === 0) return null;
  const { models, more } = answer.data;
  const shown = all ? models : models.slice(0, SOME_MODELS);
  const hasSteps = models.some(({ id }) => modelSteps[id]);
  return (
    <Card title="Models" {...(!more && { count: models.length })}>
      {shown.map((model) => (
        <Model key={model.id} model={model} step={hasSteps ? modelSteps[model.id] : undefined} />
      ))}
      {models.length > shown.length && (
        <button type="button" className={styles.cardFold} onClick={() => setAll(true)}>
          and {plural(models.length - shown.length, "more model")}
        </button>
      )}
      {more && models.length === shown.length && <p className="faint">and older ones</p>}
    </Card>
  );
}

function Model({ model, step }: { model: LoggedModel; step: number | undefined }) {
  return (
    <article className={styles.model} aria-label={model.name}>
      <div className={styles.modelLine}>
        <Link
          from="/runs/$runId"
          to="/runs/$runId"
          search={(before) => ({ ...before, tab: "artifacts", model: model.id, path: undefined, as: undefined })}
          className={`link ${styles.modelName}`}
          title="The model's files"
        >
          {model.name}
        </Link>
        <ModelStatus model={model} />
        {model.type && <span className="faint">{model.type}</span>}
        {step !== undefined && <span className="faint tabular">step {step.toLocaleString("en-US")}</span>}
        {model.versions.map(({ name, version }) => (
          <span key={`${name}/${version}`} className="chip" title="A version in the model registry">
            {name} v{version}
          </span>
        ))}
        <span className={styles.modelUri}>
          <CopyButton text={modelUri(model.id)} label={`Copy ${modelUri(model.id)}, to load this model`}>
            URI
          </CopyButton>
        </span>
      </div>
      <div className={styles.modelLine}>
        <code className="faint">{model.id}</code>
        <CopyButton text={model.id} label="Copy the model's id" />
      </div>
      {model.metrics.length > 0 && <ModelMetrics metrics={model.metrics} />}
    </article>
  );
}

function ModelStatus({ model: { status, statusMessage } }: { model: LoggedModel }) {
  const [label, look] = LOOKS[status] ?? [status, ""];
  return (
    <span className={`chip ${look ?? ""}`} title={statusMessage || undefined}>
      {label}
    </span>
  );
}

const LOOKS: Record<string, [label: string, look: string | undefined]> = {
  PENDING: ["Pending", runStyles.statusWarn],
  READY: ["Ready", runStyles.statusGood],
  FAILED: ["Failed", runStyles.statusBad],
};

function ModelMetrics({ metrics }: { metrics: readonly ModelMetric[] }) {
  const [all, setAll] = useState(false);
  const isOneOfMany = new Set(metrics.map(({ dataset }) => dataset)).size > 1;
  const shown = all ? metrics : metrics.slice(0, SOME_METRICS);
  return (
    <div className={`${styles.modelMetrics} tabular`}>
      <dl>
        {shown.map(({ key, value, dataset }) => (
          <div key={JSON.stringify([key, dataset])} title={dataset && `${key} on ${dataset}`}>
            <dt>
              {key}
              {dataset && isOneOfMany && <span className="faint"> on {dataset}</span>}
            </dt>
            <dd title={formatExact(value)}>{formatNumber(value)}</dd>
          </div>
        ))}
      </dl>
      {metrics.length > shown.length && (
        <button type="button" className={runStyles.textButton} onClick={() => setAll(true)}>
          and {plural(metrics.length - shown.length, "more metric")}
        </button>
      )}
    </div>
  );
}
