"""From the modules that a model imports to the distributions that it requires."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import metadata

from kipu.models.requirements import normal_name, parse_requirement, pinned

# What MLflow itself requires. MLflow lists these even where another requirement brings them,
# since its own version does not say which of theirs a model needs.
_ALWAYS_LISTED = frozenset(
    [
        "aiohttp",
        "alembic",
        "cryptography",
        "docker",
        "flask",
        "flask-cors",
        "graphene",
        "gunicorn",
        "huey",
        "matplotlib",
        "numpy",
        "pandas",
        "pyarrow",
        "scikit-learn",
        "scipy",
        "skops",
        "sqlalchemy",
        "waitress",
    ]
)
_NEVER_LISTED = frozenset(
    ["kipu", "kipu-mlflow", "mlflow", "mlflow-skinny", "mlflow-tracing", "setuptools"]
)


def requirements_of_modules(modules: Iterable[str]) -> list[str]:
    """The pinned requirements that provide some top-level modules, sorted.

    What another of them requires anyway is left out, but for what MLflow requires itself.
    """
    providers = _providers()
    names = {normal_name(one) for module in modules for one in providers.get(module, ())}
    implied = set[str]()
    for name in names:
        implied |= _required_by(name)
    kept = (names - (implied - _ALWAYS_LISTED)) - _NEVER_LISTED
    return sorted(pinned(name) for name in kept)


@cache
def _providers() -> Mapping[str, list[str]]:
    return metadata.packages_distributions()


@cache
def _required_by(distribution: str) -> frozenset[str]:
    """All that a distribution requires, directly or not, as far as it is installed."""
    found = set[str]()
    waiting = [distribution]
    while waiting:
        for name in _direct(waiting.pop()):
            if name != distribution and name not in found:
                found.add(name)
                waiting.append(name)
    return frozenset(found)


def _direct(distribution: str) -> Iterator[str]:
    try:
        lines = metadata.requires(distribution) or []
    except metadata.PackageNotFoundError:
        return
    for line in lines:
        one = parse_requirement(line)
        # Whether another marker holds is not worked out: what is not installed was not imported.
        if one is not None and "extra" not in one.marker:
            yield normal_name(one.name)
