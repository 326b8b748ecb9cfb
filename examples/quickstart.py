"""Train small models on data sets that scikit-learn ships, and log everything to ./mlruns.

    python examples/quickstart.py

A run that is there already is not trained again, so a second call is quick and adds nothing.
"""

from __future__ import annotations

import itertools
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import kipu as mlflow

# The matrices are tiny: a second thread only waits for the first.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

STEPS = 300
ID_TAG = "quickstart.id"


class Progress:
    """One line that says how far the training has come."""

    def __init__(self, total: int) -> None:
        self.total, self.done = total, 0

    def step(self, what: str) -> None:
        self.done += 1
        bar = "█" * (24 * self.done // self.total)
        line = f"\r  {bar:░<24} {self.done:>3}/{self.total}  {what:<34.34}"
        sys.stdout.write(line if sys.stdout.isatty() else f"  {self.done}/{self.total} {what}\n")
        sys.stdout.flush()


@contextmanager
def once(identity: str, **run: Any) -> Iterator[Any]:
    """A run of this identity, or None when the experiment has finished it already."""
    found = mlflow.search_runs(
        filter_string=f"tags.`{ID_TAG}` = '{identity}'", output_format="list"
    )
    if any(one.info.status == "FINISHED" for one in found):
        yield None
        return
    for broken in found:
        mlflow.delete_run(broken.info.run_id)
    with mlflow.start_run(tags={ID_TAG: identity}, **run) as active:
        yield active


def experiment(name: str, note: str) -> None:
    mlflow.set_experiment(name)
    mlflow.set_experiment_tag("mlflow.note.content", note)


# --- handwritten digits: a neural network, one point of each curve an epoch -----------------------


def train_digits(hidden: int, learning_rate: float, seed: int) -> None:
    import joblib
    import numpy as np
    from sklearn.datasets import load_digits
    from sklearn.metrics import log_loss
    from sklearn.model_selection import train_test_split
    from sklearn.neural_network import MLPClassifier

    data = load_digits()
    x_train, x_test, y_train, y_test = train_test_split(
        data.data / 16, data.target, test_size=0.3, random_state=0, stratify=data.target
    )
    mlflow.log_params({
        "hidden": hidden, "learning_rate": learning_rate, "seed": seed, "optimizer": "adam",
        "batch_size": 256, "epochs": STEPS,
    })  # fmt: skip
    model = MLPClassifier(
        (hidden,), learning_rate_init=learning_rate, batch_size=256, random_state=seed
    )
    classes = np.arange(10)
    for epoch in range(STEPS):
        model.partial_fit(x_train, y_train, classes=classes)
        guessed = model.predict_proba(x_test)
        mlflow.log_metrics(
            {
                "train/loss": model.loss_,
                "train/accuracy": float(model.score(x_train, y_train)),
                "val/loss": float(log_loss(y_test, guessed, labels=classes)),
                "val/accuracy": float((guessed.argmax(1) == y_test).mean()),
                "weights/norm": float(np.linalg.norm(model.coefs_[0])),
            },
            step=epoch,
        )
        if epoch % 60 == 0:
            mlflow.log_image(weights_picture(model.coefs_[0]), key="first layer", step=epoch)
    wrong = [
        {"index": int(i), "digit": int(y_test[i]), "guess": int(guessed[i].argmax()),
         "confidence": round(float(guessed[i].max()), 4)}
        for i in np.flatnonzero(guessed.argmax(1) != y_test)
    ]  # fmt: skip
    mlflow.log_dict({"classes": classes.tolist(), "errors": len(wrong)}, "summary.json")
    if wrong:
        columns = {name: [row[name] for row in wrong] for name in wrong[0]}
        mlflow.log_table(columns, "mistakes.json")
    log_confusion(y_test, guessed.argmax(1))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "model.joblib")
        joblib.dump(model, file)
        mlflow.log_artifact(str(file), "model")


def weights_picture(weights: Any) -> Any:
    """The first 32 units' weights as small squares, in one picture."""
    import numpy as np

    tiles = weights.T[:32].reshape(-1, 8, 8)
    low, high = tiles.min(), tiles.max()
    tiles = np.pad(((tiles - low) / (high - low) * 255), ((0, 0), (1, 1), (1, 1)))
    sheet = np.concatenate([np.concatenate(row, 1) for row in tiles.reshape(-1, 8, 10, 10)], 0)
    return np.kron(sheet, np.ones((6, 6))).astype(np.uint8)


def log_confusion(truth: Any, guess: Any) -> None:
    from matplotlib.figure import Figure
    from sklearn.metrics import ConfusionMatrixDisplay

    figure = Figure(figsize=(6, 5.4), layout="tight")
    ConfusionMatrixDisplay.from_predictions(
        truth, guess, ax=figure.subplots(), cmap="Blues", colorbar=False
    )
    mlflow.log_figure(figure, "confusion.png")


DIGITS_NOTE = """# Handwritten digits

A small network on the **1,797 digits** that scikit-learn ships.

| what | how |
|---|---|
| split | 70 / 30, stratified, seed 0 |
| optimiser | Adam, batches of 256 |
| looked at | `val/loss`, `val/accuracy` per epoch |
"""


def digits(progress: Progress) -> None:
    experiment("digits", "Networks of two sizes on handwritten digits, at three learning rates.")
    for hidden, rate, seed in itertools.product((16, 64), (0.001, 0.003, 0.01), (0, 1)):
        name = f"mlp-{hidden}-lr{rate}-s{seed}"
        with once(name, run_name=name, description=DIGITS_NOTE) as run:
            if run:
                mlflow.set_tags({"model": "MLP", "data": "digits"})
                train_digits(hidden, rate, seed)
        progress.step(f"digits: {name}")


# --- diabetes: regressors, cross-validated, one nested run a fold ---------------------------------


def regressors() -> dict[str, tuple[Callable[[], Any], dict[str, Any]]]:
    from sklearn.ensemble import GradientBoostingRegressor, RandomForestRegressor
    from sklearn.linear_model import Ridge

    return {
        "ridge": (lambda: Ridge(alpha=0.1), {"alpha": 0.1}),
        "forest": (
            lambda: RandomForestRegressor(60, min_samples_leaf=5, random_state=0),
            {"n_estimators": 60, "min_samples_leaf": 5},
        ),
        "boosting": (
            lambda: GradientBoostingRegressor(
                n_estimators=STEPS, learning_rate=0.03, max_depth=3, subsample=0.8, random_state=0
            ),
            {"n_estimators": STEPS, "learning_rate": 0.03, "max_depth": 3, "subsample": 0.8},
        ),
    }


def diabetes(progress: Progress) -> None:
    import numpy as np
    from sklearn.datasets import load_diabetes
    from sklearn.metrics import mean_absolute_error, root_mean_squared_error
    from sklearn.model_selection import KFold

    experiment("diabetes", "Disease progression after a year; each fold is a run of its own.")
    x, y = load_diabetes(return_X_y=True)
    for name, (make, params) in regressors().items():
        with once(f"cv-{name}", run_name=f"cv-{name}", description=f"5 folds of *{name}*.") as run:
            if run is None:
                for fold in range(6):
                    progress.step(f"diabetes: {name}, fold {fold}")
                continue
            mlflow.log_params({"model": name, "folds": 5, **params})
            scores = []
            for fold, (train, test) in enumerate(KFold(5, shuffle=True, random_state=0).split(x)):
                with mlflow.start_run(run_name=f"{name}-fold-{fold}", nested=True):
                    mlflow.log_params({"model": name, "fold": fold, **params})
                    model = make().fit(x[train], y[train])
                    if hasattr(model, "staged_predict"):
                        for step, guess in enumerate(model.staged_predict(x[test])):
                            rmse = float(root_mean_squared_error(y[test], guess))
                            mlflow.log_metric("val/rmse", rmse, step=step)
                    guess = model.predict(x[test])
                    scores.append((
                        float(root_mean_squared_error(y[test], guess)),
                        float(mean_absolute_error(y[test], guess)),
                    ))  # fmt: skip
                    mlflow.log_metrics({"rmse": scores[-1][0], "mae": scores[-1][1]})
                progress.step(f"diabetes: {name}, fold {fold}")
            rmse, mae = np.array(scores).T
            mlflow.log_metrics({
                "rmse": rmse.mean(), "rmse.std": rmse.std(), "mae": mae.mean(),
            })  # fmt: skip
            mlflow.log_text("\n".join(f"{r:.3f},{m:.3f}" for r, m in scores), "folds.csv")
        progress.step(f"diabetes: {name}")


# --- breast cancer: boosted trees, one point of each curve a tree ---------------------------------


def cancer(progress: Progress) -> None:
    import joblib
    from matplotlib.figure import Figure
    from sklearn.datasets import load_breast_cancer
    from sklearn.ensemble import GradientBoostingClassifier
    from sklearn.metrics import RocCurveDisplay, log_loss, roc_auc_score
    from sklearn.model_selection import train_test_split

    experiment("breast-cancer", "Boosted trees of different depth.")
    data = load_breast_cancer()
    x_train, x_test, y_train, y_test = train_test_split(
        data.data, data.target, test_size=0.3, random_state=0, stratify=data.target
    )
    for depth in (1, 2, 3, 4):
        with once(f"depth-{depth}", run_name=f"trees-depth-{depth}") as run:
            if run:
                mlflow.log_params({"max_depth": depth, "trees": STEPS, "learning_rate": 0.05})
                model = GradientBoostingClassifier(
                    n_estimators=STEPS, learning_rate=0.05, max_depth=depth, subsample=0.7,
                    random_state=0,
                ).fit(x_train, y_train)  # fmt: skip
                for step, guess in enumerate(model.staged_predict_proba(x_test)):
                    mlflow.log_metrics({
                        "val/loss": float(log_loss(y_test, guess)),
                        "val/auc": float(roc_auc_score(y_test, guess[:, 1])),
                        "train/loss": float(model.train_score_[step]),
                    }, step=step)  # fmt: skip
                figure = Figure(figsize=(5, 5), layout="tight")
                RocCurveDisplay.from_estimator(model, x_test, y_test, ax=figure.subplots())
                mlflow.log_figure(figure, "roc.png")
                shares = zip(data.feature_names, model.feature_importances_, strict=True)
                mlflow.log_dict({str(k): float(v) for k, v in shares}, "importance.json")
                with tempfile.TemporaryDirectory() as folder:
                    joblib.dump(model, Path(folder, "model.joblib"))
                    mlflow.log_artifacts(folder, "model")
        progress.step(f"breast-cancer: depth {depth}")


def main() -> None:
    print(f"Training small models; their runs go to {mlflow.get_tracking_uri()}")
    progress = Progress(12 + 3 * 6 + 4)
    digits(progress)
    diabetes(progress)
    cancer(progress)
    print("\nDone. `kipu server` shows them.")


if __name__ == "__main__":
    main()
