"""Signatures of models that are saved already."""

from __future__ import annotations

import yaml

from kipu.exceptions import InvalidParameter
from kipu.models.model import MLMODEL_FILE_NAME, Model
from kipu.models.model_signature import ModelSignature
from kipu.models.stored_files import changeable_place, edit_file


def set_signature(model_uri: str, signature: ModelSignature) -> None:
    """Give a saved model another signature.

    Args:
        model_uri: ``models:/<model id>``, ``runs:/<run id>/<name>`` or a folder. Versions of
            registered models stay as they are.
        signature: Of the model.

    Raises:
        InvalidParameter: The URI names a version, or the signature is none.
        ResourceNotFound: There is no model.

    Example:
        >>> model = kipu.pyfunc.load_model(uri)
        >>> set_signature(uri, infer_signature(data, model.predict(data)))
    """
    given: object = signature
    if not isinstance(given, ModelSignature):
        kind = type(given).__name__
        raise InvalidParameter(f"A ModelSignature is expected, not a {kind}.")

    def change(text: str) -> str:
        model = Model.from_dict(yaml.safe_load(text))
        model.signature = signature
        return model.to_yaml()

    edit_file(changeable_place(model_uri), MLMODEL_FILE_NAME, change)
