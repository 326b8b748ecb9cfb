"""What an ``MLmodel`` file says of the generic flavor."""

from __future__ import annotations

import platform
from copy import deepcopy
from typing import Any

from kipu.exceptions import ResourceNotFound
from kipu.models.loaders import FLAVOR_NAME
from kipu.models.model import Model


def add_pyfunc(
    model: Model,
    loader_module: str,
    data: str | None = None,
    code: str | None = None,
    conda_env: str | None = None,
    python_env: str | None = None,
    model_config: dict[str, Any] | None = None,
    model_code_path: str | None = None,
    **kwargs: Any,
) -> Model:
    """Say in a model's description how it is loaded as a generic one; paths are in its folder.

    Args:
        model: The description.
        loader_module: The module with ``_load_pyfunc(path)``.
        data: What it is given; left out, the model's folder.
        code: Folder with Python files that the model brings along.
        conda_env: File with its conda environment.
        python_env: File with its Python environment.
        model_config: Its configuration.
        model_code_path: Its code, where it is a model from code.
        **kwargs: Further fields, such as ``predict_fn``.

    Returns:
        The description.
    """
    conf = deepcopy(kwargs)
    conf["loader_module"] = loader_module
    conf["python_version"] = platform.python_version()
    environment = {"conda": conda_env, "virtualenv": python_env}
    optional: dict[str, Any] = {
        "code": code,
        "data": data,
        "env": {name: one for name, one in environment.items() if one},
        "config": model_config,
        "model_code_path": model_code_path,
    }
    conf |= {name: one for name, one in optional.items() if one}
    return model.add_flavor(FLAVOR_NAME, **conf)


def flavor_conf(folder: Any, flavor: str) -> dict[str, Any]:
    """What a flavor needs to load a model.

    Args:
        folder: The model's, or its URI.
        flavor: Such as ``sklearn``.

    Raises:
        ResourceNotFound: The model does not have this flavor.
    """
    flavors = Model.load(folder).flavors
    if flavor not in flavors:
        raise ResourceNotFound(f"The model has no flavor {flavor!r}, but {sorted(flavors)}.")
    conf: dict[str, Any] = flavors[flavor]
    return conf
