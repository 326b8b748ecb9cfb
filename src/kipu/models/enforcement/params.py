"""Parameters of a prediction."""

from __future__ import annotations

import logging
from typing import Any

from kipu.exceptions import InvalidParameter, MlflowException
from kipu.types.params import ParamSchema, ParamSpec

_log = logging.getLogger(__name__)


def enforce_params(
    params: dict[str, Any] | None, schema: ParamSchema | None
) -> dict[str, Any] | None:
    """Parameters as the signature has them: checked, defaults filled in, unknown ones left out.

    Raises:
        InvalidParameter: They are no dictionary, or values are of other types.
    """
    if schema is None:
        if params:
            _log.warning(
                "The model's signature has no parameters, so these are ignored: %r", params
            )
            return {}
        return params
    given: object = {} if params is None else params
    if not isinstance(given, dict):
        raise InvalidParameter(f"Parameters are a dictionary, not a {type(given).__name__}.")
    if not isinstance(schema, ParamSchema):
        raise InvalidParameter(f"The schema is a ParamSchema, not a {type(schema).__name__}.")
    if not all(isinstance(name, str) for name in given):
        _log.warning("Names of parameters are text; these are made text: %s", list(given))
        given = {str(name): value for name, value in given.items()}
    specs = {one.name: one for one in schema.params}
    if unknown := sorted(given.keys() - specs.keys()):
        _log.warning("Unknown parameters are ignored: %s; known are %s.", unknown, list(specs))
    checked, refused = {}, []
    for name, value in given.items():
        if name in specs:
            try:
                checked[name] = ParamSpec.validate_param_spec(value, specs[name])
            except MlflowException as error:
                refused.append(f"{name}: {error.message}")
    if refused:
        raise InvalidParameter("Invalid parameters found: " + "; ".join(refused))
    return checked | {name: one.default for name, one in specs.items() if name not in checked}
