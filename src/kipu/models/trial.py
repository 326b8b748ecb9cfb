"""A model that is about to be logged, tried with its own example as a server would."""

from __future__ import annotations

import logging
from pathlib import Path

from kipu.models.environment_reads import watching
from kipu.models.loaders import FLAVOR_NAME, names_read
from kipu.models.model import MLMODEL_FILE_NAME, Model
from kipu.models.scoring import parse_json
from kipu.models.serving_input import answer_of

ENV_VAR_FILE_NAME = "environment_variables.txt"
_HEADER = (
    "# Keys and tokens of the environment that the model read while its input example was tried.\n"
    "# Where it is deployed, it may need them, too.\n"
)
_NOTED = (
    "API_KEY",
    "API_TOKEN",
    "DATABRICKS_HOST",
    "DATABRICKS_USERNAME",
    "DATABRICKS_PASSWORD",
    "DATABRICKS_TOKEN",
    "DATABRICKS_INSECURE",
    "DATABRICKS_CLIENT_ID",
    "DATABRICKS_CLIENT_SECRET",
    "_DATABRICKS_WORKSPACE_HOST",
    "_DATABRICKS_WORKSPACE_ID",
)
"""A name that contains one of these is noted, as with MLflow; values never are."""

_log = logging.getLogger(__name__)


def try_example(folder: Path, model: Model) -> None:
    """Load a saved model and let it answer its own example; a failure is a warning.

    What it reads from the environment meanwhile is written into its description.

    Args:
        folder: The model's, with everything in it.
        model: Its description.
    """
    serving_input = model.get_serving_input(str(folder))
    if not serving_input or FLAVOR_NAME not in model.flavors:
        return
    read = names_read()
    with watching(read):
        try:
            answer_of(folder, model, parse_json(serving_input, model))
        except Exception as error:
            shown = serving_input if len(serving_input) <= 50 else f"{serving_input[:50]}..."
            _log.warning(
                "A server of this model could not answer its input example %s: %s. The model is "
                "logged all the same. kipu.models.predict(model_uri, input_data) tries it in an "
                "environment of its own.",
                shown,
                error,
            )
    names = sorted(name for name in read if any(part in name for part in _NOTED))
    if not names:
        return
    (folder / ENV_VAR_FILE_NAME).write_text(_HEADER + "\n".join(names) + "\n", "utf-8")
    _log.info("The model reads %s from the environment.", ", ".join(names))
    model.env_vars = names
    model.save(folder / MLMODEL_FILE_NAME)
