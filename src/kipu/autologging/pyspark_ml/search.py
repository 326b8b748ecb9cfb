"""What a search found: a nested run for each setting, a table with all of them, and the best."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from kipu.autologging.pyspark_ml.integration import SPARK_ML
from kipu.autologging.pyspark_ml.stages import Names, as_params, params_of, tags_of, tried_params
from kipu.client import MlflowClient
from kipu.entities import Metric
from kipu.entities.tag_names import MLFLOW_AUTOLOGGING, MLFLOW_PARENT_RUN_ID
from kipu.fluent.context import resolve_tags
from kipu.service.limits import MAX_PARAMS_TAGS_PER_BATCH

Scores = Mapping[str, list[float]]
"""Of each setting that was tried, by the metric."""


def log_search(run_id: str, search: Any, model: Any, names: Names) -> None:
    """Log the settings that a search tried into its run and runs below that.

    Args:
        run_id: The search's run.
        search: The estimator.
        model: What it answered.
        names: Of its stages.
    """
    client = MlflowClient()
    scores, best = scores_of(search, model)
    tried = tried_params(search, names)
    try:
        _log_nested_runs(client, run_id, search, scores, names)
    except Exception as error:
        SPARK_ML.warn("Some of the search's settings have no run of their own: %s", error)
    client.log_text(run_id, table_of(tried, scores), "search_results.csv")
    client.log_dict(run_id, tried[best], "best_parameters.json")
    found = as_params({f"best_{name}": value for name, value in tried[best].items()})
    client.log_batch(run_id, params=found)


def scores_of(search: Any, model: Any) -> tuple[Scores, int]:
    """The scores of all settings, and the place of the best."""
    evaluator = search.getEvaluator()
    metric = evaluator.getMetricName()
    if hasattr(model, "avgMetrics"):
        scores = {f"avg_{metric}": list(model.avgMetrics)}
        if hasattr(model, "stdMetrics"):
            scores[f"std_{metric}"] = list(model.stdMetrics)
    else:
        scores = {metric: list(model.validationMetrics)}
    first = next(iter(scores.values()))
    best = np.argmax(first) if evaluator.isLargerBetter() else np.argmin(first)
    return scores, int(best)


def table_of(tried: list[dict[str, Any]], scores: Scores) -> str:
    """A line for each setting: all of it as JSON, its scores, and each param in its column."""
    columns = dict.fromkeys(name for settings in tried for name in settings)
    text = io.StringIO()
    write = csv.writer(text, lineterminator="\n").writerow
    write(["params", *scores, *(f"param.{name}" for name in columns)])
    for place, settings in enumerate(tried):
        values = (settings.get(name) for name in columns)
        write(
            [
                json.dumps(settings, default=str),
                *(found[place] for found in scores.values()),
                *values,
            ]
        )
    return text.getvalue()


def _log_nested_runs(
    client: MlflowClient, run_id: str, search: Any, scores: Scores, names: Names
) -> None:
    parent = client.get_run(run_id).info
    # When each setting was tried is not known: no later than now.
    end_ms = time.time_ns() // 1_000_000
    common = resolve_tags() | {MLFLOW_AUTOLOGGING: SPARK_ML.name, MLFLOW_PARENT_RUN_ID: run_id}
    for place, settings in enumerate(search.getEstimatorParamMaps()):
        estimator = search.getEstimator().copy(settings)
        run = client.create_run(
            parent.experiment_id, parent.start_time, common | tags_of(estimator)
        )
        params = as_params(params_of(estimator, names))
        metrics = [Metric(key, found[place], end_ms, 0) for key, found in scores.items()]
        for start in range(0, max(len(params), 1), MAX_PARAMS_TAGS_PER_BATCH):
            some = params[start : start + MAX_PARAMS_TAGS_PER_BATCH]
            client.log_batch(run.info.run_id, metrics=[] if start else metrics, params=some)
        client.set_terminated(run.info.run_id, end_time=end_ms)
