"""Which store the process uses: what was set, else the environment, else a folder here."""

from __future__ import annotations

from pathlib import Path

from kipu.environment_variables import MLFLOW_REGISTRY_URI, MLFLOW_TRACKING_URI

DEFAULT_FOLDER = "mlruns"

_tracking_uri: str | None = None
_registry_uri: str | None = None


def set_tracking_uri(uri: str | Path | None) -> None:
    """Choose the store for this process and the processes that it starts.

    Args:
        uri: A folder, ``sqlite:///path``, or a server's ``http://host:port``. None or the empty
            text goes back to the default.

    Example:
        >>> kipu.set_tracking_uri("http://127.0.0.1:5000")
    """
    global _tracking_uri
    if isinstance(uri, Path):
        uri = uri.absolute().resolve().as_uri()
    _tracking_uri = uri or None
    if _tracking_uri is None:
        MLFLOW_TRACKING_URI.unset()
    else:
        MLFLOW_TRACKING_URI.set(_tracking_uri)


def get_tracking_uri() -> str:
    """The store in use: what was set, else ``MLFLOW_TRACKING_URI``, else the default.

    The default is the folder ``mlruns`` in the working directory, as an absolute ``file:`` URI.
    """
    if _tracking_uri is not None:
        return _tracking_uri
    return MLFLOW_TRACKING_URI.get() or (Path.cwd() / DEFAULT_FOLDER).as_uri()


def is_tracking_uri_set() -> bool:
    """Whether the store was chosen, in this process or by the environment."""
    return bool(_tracking_uri or MLFLOW_TRACKING_URI.get())


def set_registry_uri(uri: str | Path) -> None:
    """Choose the model registry; left alone, it is the tracking store."""
    global _registry_uri
    _registry_uri = uri.absolute().resolve().as_uri() if isinstance(uri, Path) else uri or None
    if _registry_uri is not None:
        MLFLOW_REGISTRY_URI.set(_registry_uri)
    else:
        MLFLOW_REGISTRY_URI.unset()


def get_registry_uri() -> str:
    """The model registry in use: what was set, else ``MLFLOW_REGISTRY_URI``, else the store."""
    return chosen_registry_uri() or get_tracking_uri()


def chosen_registry_uri() -> str | None:
    """The model registry that was set, by a call or by the environment."""
    return _registry_uri or MLFLOW_REGISTRY_URI.get() or None
