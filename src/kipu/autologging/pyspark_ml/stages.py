"""An estimator as text: the names, params and order of the stages that it is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from kipu.entities import Param
from kipu.service.limits import MAX_ENTITY_KEY_LENGTH, MAX_PARAM_VAL_LENGTH

Names = Mapping[str, str]
"""Of stages, by their ids."""


def class_of(instance: Any) -> str:
    """The full name of its class."""
    kind = type(instance)
    return f"{kind.__module__}.{kind.__name__}"


def tags_of(estimator: Any) -> dict[str, str]:
    """The tags that tell what an estimator is."""
    return {"estimator_name": type(estimator).__name__, "estimator_class": class_of(estimator)}


def is_search(instance: Any) -> bool:
    """Whether it fits another estimator with many settings, to find the best."""
    from pyspark.ml.tuning import CrossValidator, TrainValidationSplit

    return isinstance(instance, (CrossValidator, TrainValidationSplit))


def settings_of(instance: Any) -> dict[str, Any]:
    """Its params with values that are given or defaults, by name."""
    return {
        param.name: instance.getOrDefault(param)
        for param in instance.params
        if instance.isDefined(param)
    }


def inner_stages(instance: Any) -> dict[str, Any]:
    """Those of its params that have params themselves: estimators, models and evaluators."""
    from pyspark.ml.param import Params

    return {
        name: value for name, value in settings_of(instance).items() if isinstance(value, Params)
    }


def all_stages(stage: Any) -> Iterator[Any]:
    """The stage and all within, depth first."""
    from pyspark.ml import Pipeline

    yield stage
    inner = stage.getStages() if isinstance(stage, Pipeline) else inner_stages(stage).values()
    for one in inner:
        yield from all_stages(one)


def names_of(estimator: Any) -> Names:
    """A name for each stage: its class, with a number where there are several of it."""
    stages = list(all_stages(estimator))
    total = Counter(type(stage).__name__ for stage in stages)
    seen = Counter[str]()
    names = {}
    for stage in stages:
        kind = type(stage).__name__
        seen[kind] += 1
        names[stage.uid] = f"{kind}_{seen[kind]}" if total[kind] > 1 else kind
    return names


def has_hierarchy(estimator: Any) -> bool:
    """Whether there is anything within."""
    from pyspark.ml import Pipeline

    return isinstance(estimator, Pipeline) or bool(inner_stages(estimator))


def hierarchy_of(stage: Any, names: Names) -> dict[str, Any]:
    """The stage's name and those of all within, by the parts that they play."""
    from pyspark.ml import Pipeline
    from pyspark.ml.classification import OneVsRest

    told: dict[str, Any] = {"name": names[stage.uid]}
    if isinstance(stage, Pipeline):
        return told | {"stages": [hierarchy_of(one, names) for one in stage.getStages()]}
    if isinstance(stage, OneVsRest):
        return told | {"classifier": hierarchy_of(stage.getClassifier(), names)}
    if is_search(stage):
        return told | {
            "evaluator": hierarchy_of(stage.getEvaluator(), names),
            "tuned_estimator": hierarchy_of(stage.getEstimator(), names),
        }
    inner = {name: hierarchy_of(one, names) for name, one in inner_stages(stage).items()}
    return told | ({"params": inner} if inner else {})


def params_of(instance: Any, names: Names, prefix: str = "") -> dict[str, Any]:
    """The params of an estimator and of all within, whose names come before theirs.

    Not those of what a search varies: they are told in files and in nested runs.
    """
    from pyspark.ml import Pipeline
    from pyspark.ml.param import Params

    told: dict[str, Any] = {}
    for name, value in settings_of(instance).items():
        if isinstance(instance, Pipeline) and name == "stages":
            told[prefix + name] = [names[stage.uid] for stage in value]
            inner = value
        elif is_search(instance) and name == "estimatorParamMaps":
            continue
        elif isinstance(value, Params):
            told[prefix + name] = names[value.uid]
            inner = [] if is_search(instance) and name == "estimator" else [value]
        else:
            told[prefix + name] = value
            inner = []
        for stage in inner:
            told |= params_of(stage, names, f"{names[stage.uid]}.")
    return told


def tried_params(search: Any, names: Names) -> list[dict[str, Any]]:
    """The settings that a search tries.

    Raises:
        ValueError: Some are of an estimator that is not within the search.
    """
    return [
        {_key(param, names): value for param, value in settings.items()}
        for settings in search.getEstimatorParamMaps()
    ]


def description_of(estimator: Any, names: Names) -> dict[str, Any]:
    """What ``estimator_info.json`` tells: the stages, and what searches among them try."""
    told: dict[str, Any] = {}
    if has_hierarchy(estimator):
        told["hierarchy"] = hierarchy_of(estimator, names)
    for search in filter(is_search, all_stages(estimator)):
        tuned = search.getEstimator()
        told[names[search.uid]] = {
            "tuning_parameter_map_list": tried_params(search, names),
            "tuned_estimator_parameter_map": params_of(tuned, names, f"{names[tuned.uid]}."),
        }
    return told


def as_params(settings: Mapping[str, Any]) -> list[Param]:
    """Settings as a run keeps them; text that is too long ends with dots."""
    return [
        Param(cut(str(key), MAX_ENTITY_KEY_LENGTH), cut(str(value), MAX_PARAM_VAL_LENGTH))
        for key, value in settings.items()
    ]


def cut(text: str, limit: int) -> str:
    """Text that is no longer than that."""
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def _key(param: Any, names: Names) -> str:
    if param.parent not in names:
        raise ValueError(f"A search tries {param}, which is of no estimator within it.")
    return f"{names[param.parent]}.{param.name}"
