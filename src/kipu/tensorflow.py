"""TensorFlow: models, and automatic logging, under the path that MLflow's users know."""

from typing import TYPE_CHECKING

from kipu.autologging.tensorflow import autolog
from kipu.flavors.tensorflow import (
    FLAVOR_NAME,
    _load_pyfunc,
    get_default_conda_env,
    get_default_pip_requirements,
    get_global_custom_objects,
    load_checkpoint,
    load_model,
    log_model,
    save_model,
)

__all__ = [
    "FLAVOR_NAME",
    "MLflowCallback",
    "MlflowCallback",
    "MlflowModelCheckpointCallback",
    "_load_pyfunc",
    "autolog",
    "get_default_conda_env",
    "get_default_pip_requirements",
    "get_global_custom_objects",
    "load_checkpoint",
    "load_model",
    "log_model",
    "save_model",
]

if TYPE_CHECKING:
    from kipu.autologging.keras.callbacks import MlflowModelCheckpointCallback
    from kipu.autologging.keras.callbacks import TensorFlowCallback as MlflowCallback

    MLflowCallback = MlflowCallback
else:
    _CALLBACKS = {
        "MLflowCallback": "TensorFlowCallback",
        "MlflowCallback": "TensorFlowCallback",
        "MlflowModelCheckpointCallback": "MlflowModelCheckpointCallback",
    }

    def __getattr__(name: str) -> object:
        # The classes derive from Keras' own, which is imported with their first use.
        if name in _CALLBACKS:
            try:
                from kipu.autologging.keras import callbacks  # noqa: PLC0415
            except ModuleNotFoundError as error:
                raise AttributeError(
                    f"{name} needs {error.name}, which is not installed"
                ) from error
            return getattr(callbacks, _CALLBACKS[name])
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
