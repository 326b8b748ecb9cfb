"""A PyTorch model as a generic one: frames and arrays in, the same out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from kipu.environment_variables import MLFLOW_DEFAULT_PREDICTION_DEVICE
from kipu.flavors.pytorch.loading import is_only_looking, load_module


class PyTorchWrapper:
    """Predicts with a module, without gradients.

    Args:
        pytorch_model: The module.
        device: Where it is, such as ``"cpu"``.
    """

    def __init__(self, pytorch_model: Any, device: Any) -> None:
        self.pytorch_model = pytorch_model
        self.device = device
        self._is_forecasting = is_forecasting_model(pytorch_model)

    def get_raw_model(self) -> Any:
        """The module itself."""
        return self.pytorch_model

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """What the module answers to a batch.

        Args:
            data: A pandas frame of numbers, given to the module as 32 bit floats, or a NumPy array,
                given to it as it is. A forecasting model takes a frame of any kind.
            params: Further arguments of the module's ``forward``.

        Returns:
            For a frame, a frame with the same index; for an array, an array.

        Raises:
            TypeError: The data is of another kind, or the module answers with no single tensor.
            ValueError: ``params`` names a device.
        """
        import torch

        if params and "device" in params:
            raise ValueError(
                "The device is chosen when the model is loaded, not for each prediction: "
                "kipu.pyfunc.load_model(uri, model_config={'device': 'cuda'})."
            )
        is_frame = _is_frame(data)
        given = self._as_input(data, is_frame)
        with torch.no_grad():
            if self._is_forecasting:
                answer = self.pytorch_model.predict(given)
            else:
                # PyTorch warns of arrays that it may not write to.
                array = given if given.flags.writeable else given.copy()
                batch = torch.from_numpy(array).to(self.device)
                answer = self.pytorch_model(batch, **(params or {}))
            if not isinstance(answer, torch.Tensor):
                raise TypeError(
                    "A generic model answers with one tensor; this one answers with "
                    f"{type(answer).__name__!r}."
                )
            # NumPy has no brain floats.
            full = answer.float() if answer.dtype == torch.bfloat16 else answer
            numbers = full.detach().cpu().numpy()
        if is_frame and not self._is_forecasting:
            return sys.modules["pandas"].DataFrame(numbers, index=data.index)
        return numbers

    def _as_input(self, data: Any, is_frame: bool) -> Any:
        import numpy as np

        if is_frame:
            return data if self._is_forecasting else data.to_numpy(dtype=np.float32)
        if not isinstance(data, np.ndarray):
            raise TypeError(
                "A PyTorch model takes a pandas.DataFrame or a numpy.ndarray, not a "
                f"{type(data).__name__}."
            )
        if self._is_forecasting:
            raise TypeError("A forecasting model takes a pandas.DataFrame, not a numpy.ndarray.")
        return data


def _load_pyfunc(
    path: str, model_config: dict[str, Any] | None = None, weights_only: bool = False
) -> PyTorchWrapper:
    """The generic model, for ``kipu.pyfunc.load_model``.

    Args:
        path: The model's data folder.
        model_config: Its ``device`` says where the model is put. Left out, it is
            ``MLFLOW_DEFAULT_PREDICTION_DEVICE``, else a GPU where there is one.
        weights_only: As ``torch.load`` has it.
    """
    import torch

    device = (model_config or {}).get("device") or MLFLOW_DEFAULT_PREDICTION_DEVICE.get()
    if is_only_looking():
        device = "cpu"
    elif device is None:
        device = "cuda" if torch.cuda.is_available() else "cpu"
    module = load_module(Path(path), device=device, weights_only=weights_only)
    return PyTorchWrapper(module, device)


def is_forecasting_model(model: Any) -> bool:
    """Whether it is of the library pytorch-forecasting, which predicts from frames."""
    models = sys.modules.get("pytorch_forecasting.models")
    return models is not None and isinstance(model, models.BaseModel)


def _is_frame(data: Any) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(data, pandas.DataFrame)
