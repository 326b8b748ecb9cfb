"""Models of scikit-learn in every format, and by every function that predicts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow
import mlflow.sklearn
import numpy as np
import pandas as pd
from harness import keep_logged, plain, refusal
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

X, y = load_iris(return_X_y=True, as_frame=True)
MIXED = pd.DataFrame({"size": [1.0, 2.0, 3.0, 4.0], "colour": ["red", "blue", "red", "green"]})
TREE = "sklearn.tree._tree.Tree"


def save(folder: Path) -> None:
    given = {"pip_requirements": ["scikit-learn"]}
    line = LogisticRegression(max_iter=500).fit(X, y)
    mlflow.sklearn.save_model(line, folder / "skops", input_example=X[:3], **given)
    mlflow.sklearn.save_model(
        RandomForestClassifier(3, random_state=0).fit(X.to_numpy(), y),
        folder / "forest",
        skops_trusted_types=[TREE],
        input_example=X[:3].to_numpy(),
        metadata={"by": "me"},
        **given,
    )
    for kind in ("pickle", "cloudpickle"):
        mlflow.sklearn.save_model(line, folder / kind, serialization_format=kind, **given)
    for name in ("predict_proba", "predict_log_proba"):
        mlflow.sklearn.save_model(line, folder / name, pyfunc_predict_fn=name, **given)
    columns = ColumnTransformer([("size", StandardScaler(), ["size"]),
                                 ("colour", OneHotEncoder(), ["colour"])])  # fmt: skip
    pipeline = make_pipeline(columns, LinearRegression()).fit(MIXED, [1.0, 2.0, 3.0, 5.0])
    mlflow.sklearn.save_model(pipeline, folder / "pipeline", input_example=MIXED[:2], **given)
    own = make_pipeline(FunctionTransformer(lambda frame: frame * 2), LinearRegression())
    mlflow.sklearn.save_model(
        own.fit(X, y), folder / "own", serialization_format="cloudpickle", **given
    )
    mlflow.sklearn.save_model(StandardScaler().fit(X), folder / "scaler", **given)
    note = folder.parent / "note.txt"
    note.write_text("hello")
    with mlflow.start_run():
        info = mlflow.sklearn.log_model(
            line, name="line", input_example=X[:2], params={"kind": "line"},
            extra_files=[str(note)], step=3, **given,
        )  # fmt: skip
    keep_logged(info, folder / "logged")


def answers(folder: Path, name: str) -> Any:
    uri = str(folder / name)
    raw = mlflow.sklearn.load_model(uri)
    if name == "scaler":
        generic = refusal(mlflow.pyfunc.load_model, uri)
        return {"raw": plain(raw.transform(X[:4])), "generic": generic}
    data = MIXED if name == "pipeline" else X.iloc[::29]
    data = data.to_numpy() if name == "forest" else data
    model = mlflow.pyfunc.load_model(uri)
    odd = np.array([["a", "b", "c", "d"]], dtype=object)
    return {
        "class": type(model.get_raw_model()).__name__,
        "raw": plain(raw.predict(data)),
        "pyfunc": plain(model.predict(data)),
        "odd": "raised" in refusal(model.predict, odd),
        "metadata": model.metadata.metadata,
    }
