"""Spark models out of folders."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from kipu.flavors.spark.hadoop import SparkFiles
from kipu.flavors.spark.prediction import SparkPredictor
from kipu.flavors.spark.saving import FLAVOR_NAME
from kipu.flavors.spark.session import session_for_loading
from kipu.models.folder import load_flavor
from kipu.models.model import Model

_CONNECT = "pyspark.ml.connect."


def load_model(model_uri: str, dfs_tmpdir: str | None = None, dst_path: str | None = None) -> Any:
    """Load a Spark model.

    Args:
        model_uri: ``runs:/<run id>/<artifact path>``, ``models:/<name>/<version>``, a folder, ...
        dfs_tmpdir: Folder on the file system of a cluster to which the model is copied; left out,
            ``MLFLOW_DFS_TMP``. Sessions that read this machine's disk do without.
        dst_path: Folder to download to; left out, a temporary one.

    Returns:
        A ``PipelineModel``, in the session in use, or in a local one that is made.

    Raises:
        ResourceNotFound: There is no model, or it is no Spark model.
    """
    folder, conf = load_flavor(model_uri, FLAVOR_NAME, dst_path)
    return _read(folder / conf["model_data"], conf.get("model_class"), dfs_tmpdir)


def _load_pyfunc(path: str) -> SparkPredictor:
    meta = Model.load(Path(path).parent)
    kind = meta.flavors[FLAVOR_NAME].get("model_class")
    model = _read(Path(path), kind, None)
    session = None if _is_connect(kind) else session_for_loading()
    return SparkPredictor(session, model, meta.signature)


def _read(data: Path, kind: str | None, dfs_tmpdir: str | None) -> Any:
    if _is_connect(kind):
        module, _, name = str(kind).rpartition(".")
        return getattr(importlib.import_module(module), name).loadFromLocal(str(data))
    from pyspark.ml import PipelineModel

    return PipelineModel.load(SparkFiles(session_for_loading(), dfs_tmpdir).reachable(data))


def _is_connect(kind: str | None) -> bool:
    return kind is not None and kind.startswith(_CONNECT)
