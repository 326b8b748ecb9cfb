"""Where an experiment's artifacts may lie."""

from __future__ import annotations

import os
from urllib.parse import urlparse

from kipu.environment_variables import MLFLOW_ARTIFACT_LOCATION_MAX_LENGTH
from kipu.exceptions import InvalidParameter


def check_artifact_location(location: str) -> str:
    """The location as it can be stored: a local path is made absolute.

    Raises:
        InvalidParameter: It is too long, a ``runs:`` URI, or has a fragment or (of a scheme that
            knows them) ``;params``, which would be lost when paths are put behind it.
    """
    limit = MLFLOW_ARTIFACT_LOCATION_MAX_LENGTH.get()
    if len(location) > limit:
        raise InvalidParameter(
            f"The artifact location has {len(location)} characters; at most {limit} are allowed."
        )
    uri = urlparse(location)
    if uri.scheme == "runs":
        raise InvalidParameter(
            f"The artifact location {location!r} names a run; it must be a folder or a URI of an "
            "artifact store."
        )
    if uri.fragment or (uri.scheme and uri.params):
        raise InvalidParameter(
            f"The artifact location {location!r} must have no fragment ('#') and no parameters "
            "(';')."
        )
    if uri.scheme == "":
        return os.path.abspath(location)
    return location
