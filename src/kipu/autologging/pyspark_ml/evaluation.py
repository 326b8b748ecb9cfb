"""What evaluators say of a logged model's predictions, later."""

from __future__ import annotations

import weakref
from collections import defaultdict
from typing import Any, NamedTuple

import numpy as np

from kipu.autologging.arguments import argument
from kipu.autologging.caller_names import name_of
from kipu.autologging.guards import guarded
from kipu.autologging.patching import Call
from kipu.autologging.pyspark_ml.integration import SPARK_ML
from kipu.autologging.pyspark_ml.stages import class_of, cut, settings_of
from kipu.client import MlflowClient
from kipu.data.dataset_source_registry import running_code
from kipu.data.spark_dataset import SparkDataset
from kipu.entities import DatasetInput, InputTag
from kipu.entities.tag_names import MLFLOW_DATASET_CONTEXT
from kipu.service.limits import MAX_PARAM_VAL_LENGTH

_FILE = "metric_info.json"
_NAMELESS = "unknown_dataset"
# As MLflow names it: copies of a model carry it along.
_RUN = "_mlflow_run_id"


class _Prediction(NamedTuple):
    run_id: str
    dataset: str


class _Evaluated:
    """What is known of a run's later evaluations; holds no data, only ids."""

    def __init__(self) -> None:
        self._datasets: dict[str, list[int]] = defaultdict(list)
        self._calls: dict[str, int] = defaultdict(int)
        self.evaluators: dict[str, Any] = {}

    def name_dataset(self, name: str, data: Any) -> str:
        """A name of its own for each data set that the caller's code calls so."""
        known = self._datasets[name]
        if id(data) not in known:
            known.append(id(data))
        return _numbered(name, known.index(id(data)))

    def note(self, metric: str, dataset: str, evaluator: Any) -> str:
        """The key of one more evaluation."""
        key = f"{_numbered(metric, self._calls[metric])}_{dataset}"
        self._calls[metric] += 1
        self.evaluators[key] = evaluator
        return key


_evaluated: dict[str, _Evaluated] = defaultdict(_Evaluated)
_predictions: dict[int, _Prediction] = {}


def note_model(model: Any, run_id: str) -> None:
    """Remember the run of a model, to which its evaluations belong."""
    setattr(model, _RUN, run_id)


def logged_transform(call: Call, model: Any, *args: Any, **kwargs: Any) -> None:
    """Stands for ``Model.transform``."""
    answer = call.original(model, *args, **kwargs)
    run_id = getattr(model, _RUN, None)
    if run_id is not None:
        _note_prediction(run_id, answer, argument(call.function, "dataset", args, kwargs))


def logged_evaluate(call: Call, evaluator: Any, *args: Any, **kwargs: Any) -> None:
    """Stands for ``Evaluator.evaluate``."""
    value = call.original(evaluator, *args, **kwargs)
    frame = argument(call.function, "dataset", args, kwargs)
    prediction = _predictions.get(id(frame))
    if prediction is None or not _is_number(value) or not hasattr(evaluator, "getMetricName"):
        return
    params = argument(call.function, "params", args, kwargs)
    _log_metric(prediction, float(value), evaluator.copy(params) if params else evaluator)
    if call.option("log_datasets"):
        _log_data(prediction.run_id, frame)


def dataset_input(frame: Any, context: str) -> DatasetInput:
    """A frame as an input of a run, which the running code made."""
    dataset = SparkDataset(frame, running_code())
    return DatasetInput(dataset._to_mlflow_entity(), [InputTag(MLFLOW_DATASET_CONTEXT, context)])


@guarded(SPARK_ML)
def _note_prediction(run_id: str, answer: Any, data: Any) -> None:
    dataset = _evaluated[run_id].name_dataset(name_of(data, _NAMELESS), data)
    place = id(answer)
    _predictions[place] = _Prediction(run_id, dataset)
    # The id may belong to another frame afterwards.
    weakref.finalize(answer, _predictions.pop, place, None).atexit = False


@guarded(SPARK_ML)
def _log_metric(prediction: _Prediction, value: float, evaluator: Any) -> None:
    run_id, dataset = prediction
    told = {name: _short(one) for name, one in settings_of(evaluator).items()}
    about = {"evaluator_class": class_of(evaluator), "params": told}
    run = _evaluated[run_id]
    key = run.note(evaluator.getMetricName(), dataset, about)
    client = MlflowClient()
    client.log_metric(run_id, key, value)
    client.log_dict(run_id, dict(sorted(run.evaluators.items())), _FILE)


@guarded(SPARK_ML)
def _log_data(run_id: str, frame: Any) -> None:
    MlflowClient().log_inputs(run_id, [dataset_input(frame, "eval")])


def _short(value: Any) -> Any:
    text = str(value)
    return value if len(text) <= MAX_PARAM_VAL_LENGTH else cut(text, MAX_PARAM_VAL_LENGTH)


def _numbered(name: str, place: int) -> str:
    """A dash is in no variable's name, so that no other name can be this."""
    return name if place == 0 else f"{name}-{place + 1}"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
