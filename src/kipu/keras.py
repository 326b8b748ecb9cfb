"""Keras 3: models, and automatic logging, under the path that MLflow's users know."""

from typing import TYPE_CHECKING

from kipu.autologging.keras import autolog
from kipu.flavors.keras import (
    FLAVOR_NAME,
    _load_pyfunc,
    get_default_conda_env,
    get_default_pip_requirements,
    load_model,
    log_model,
    save_model,
)

__all__ = [
    "FLAVOR_NAME",
    "MLflowCallback",
    "MlflowCallback",
    "_load_pyfunc",
    "autolog",
    "get_default_conda_env",
    "get_default_pip_requirements",
    "load_model",
    "log_model",
    "save_model",
]

if TYPE_CHECKING:
    from kipu.autologging.keras.callbacks import MlflowCallback

    MLflowCallback = MlflowCallback
else:

    def __getattr__(name: str) -> object:
        # The classes derive from Keras' own, which is imported with their first use.
        if name in ("MlflowCallback", "MLflowCallback"):
            try:
                from kipu.autologging.keras.callbacks import MlflowCallback  # noqa: PLC0415
            except ModuleNotFoundError as error:
                raise AttributeError(
                    f"{name} needs {error.name}, which is not installed"
                ) from error
            return MlflowCallback
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
