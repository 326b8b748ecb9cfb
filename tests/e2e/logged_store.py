"""Logs the runs that the browser tests look at: ``python logged_store.py FOLDER``."""

import sys

import numpy as np

import kipu
from kipu.autologging.plots import ConfusionMatrix, Importance, RocCurve, RocOfClass, log_plot


def double(model_input: list[int]) -> list[int]:
    """A model."""
    return [2 * number for number in model_input]


folder = sys.argv[1]
kipu.set_tracking_uri(folder)
kipu.set_experiment("curves")
kipu.set_experiment_tag("mlflow.note.content", "What the browser looks at.")
for number in range(6):
    with kipu.start_run(run_name=f"run-{number}", description=f"# Note {number}\n\nSome **text**."):
        kipu.log_params({"lr": 0.1 * (number + 1), "same": "for all"})
        for step in range(300):
            kipu.log_metrics(
                {
                    "train/loss": 1 / (step + 1 + number),
                    "val/loss": 2 / (step + 1 + number),
                    "accuracy": step / 300,
                },
                step=step,
            )
        kipu.log_metric("score", number)
        if number == 0:
            kipu.log_text("plain words", "texts/plain.txt")
            kipu.log_text("a,b\n1,2\n3,4\n", "numbers.csv")
            words = [f"column {i} " + "wide " * (i % 3) * 5 for i in range(12)]
            kipu.log_text(",".join(words) + "\n" + ",".join("1" * 12) + "\n", "wide.csv")
            kipu.log_dict({"nested": {"answer": 42}}, "facts.json")
            kipu.log_table({"x": [1, 2], "word": ["eins", "zwei"]}, "table.json")
            kipu.log_image(np.full((8, 8, 3), 200, np.uint8), "dot.png")
            for step in (0, 10):
                kipu.log_image(np.full((16, 16), step * 20, np.uint8), key="grid", step=step)
            kipu.log_text(
                "<script>try { window.parent.pwned = 1 } catch {}</script>hello page", "page.html"
            )
            run_id = kipu.active_run().info.run_id
            rates = np.linspace(0, 1, 101)
            for name, plot in {
                "training_confusion_matrix": ConfusionMatrix(["cat", "dog"], [[30, 10], [1, 59]]),
                "training_roc_curve": RocCurve([RocOfClass("dog", rates, np.sqrt(rates), 2 / 3)]),
                "feature_importance_gain": Importance(
                    [f"feature {i}" for i in range(40)], np.arange(40), "gain"
                ),
            }.items():
                log_plot(kipu.MlflowClient(), run_id, name, plot)
            model = kipu.pyfunc.log_model(
                name="doubler", python_model=double, pip_requirements=["numpy<3"],
                input_example=[1, 2], registered_model_name="shown-doubler",
            )  # fmt: skip
            kipu.log_metric("exactness", 1, model_id=model.model_id)
            with kipu.start_run(run_name="child", nested=True):
                kipu.log_metric("score", 100)
