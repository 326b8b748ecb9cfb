"""A model in ONNX that runs: execution providers, session options, input and output by name."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kipu.exceptions import InvalidParameter

PROVIDERS = ("CUDAExecutionProvider", "CPUExecutionProvider")
_CPU = "CPUExecutionProvider"
_OPTIONS = {
    "execution_mode": ("sequential", "parallel"),
    "graph_optimization_level": (0, 1, 2, 99),
    "intra_op_num_threads": None,
    "inter_op_num_threads": None,
    "extra_session_config": None,
}
"""The session options, and the values that each may have."""

_log = logging.getLogger(__name__)


def check_session_options(options: Mapping[str, Any] | None) -> None:
    """Refuse options that ``OnnxSession`` does not know.

    Raises:
        TypeError: They are no mapping.
        ValueError: There is no such option, or no such value of it.
    """
    if not options:
        return
    if not isinstance(options, Mapping):
        raise TypeError(f"Session options are a dict, not a {type(options).__name__}.")
    for name, value in options.items():
        if name not in _OPTIONS:
            raise ValueError(
                f"There is no session option {name!r}; there are {', '.join(_OPTIONS)}."
            )
        allowed = _OPTIONS[name]
        given = value.lower() if isinstance(value, str) else value
        if allowed is not None and given not in allowed:
            raise ValueError(f"{name} is one of {list(allowed)}, not {value!r}.")


class OnnxSession:
    """A model in ONNX as a generic model.

    Args:
        file: The model's.
        providers: What runs it, the best first: names, or names with options. What is not there,
            or does not start, is left out with a warning.
        options: See ``check_session_options``.
    """

    def __init__(
        self,
        file: Path,
        providers: str | Iterable[Any] = PROVIDERS,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        wanted = [providers] if isinstance(providers, str) else list(providers)
        wanted = [tuple(one) if isinstance(one, list) else one for one in wanted]
        self.rt = _session(str(file), wanted, options or {})
        self.inputs = [(one.name, one.type) for one in self.rt.get_inputs()]
        self.output_names = [one.name for one in self.rt.get_outputs()]

    def get_raw_model(self) -> Any:
        """The ``onnxruntime.InferenceSession``."""
        return self.rt

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """The outputs by name: a frame for a frame, else a dict of arrays.

        Args:
            data: A dict of arrays by input; an array, for a model of one input; or a frame, whose
                values are that input or whose columns are the inputs.
            params: Ignored.

        Raises:
            InvalidParameter: An array is given to a model of several inputs.
            TypeError: It is something else.
        """
        import numpy as np
        import pandas as pd

        feed = self._single_floats(self._feed(data))
        answers = dict(zip(self.output_names, self.rt.run(self.output_names, feed), strict=True))
        if isinstance(data, pd.DataFrame):
            return pd.DataFrame(
                {name: np.asarray(one).reshape(-1) for name, one in answers.items()}
            )
        return answers

    def _feed(self, data: Any) -> dict[str, Any]:
        import numpy as np
        import pandas as pd

        names = [name for name, _ in self.inputs]
        if isinstance(data, dict):
            return dict(data)
        if isinstance(data, np.ndarray):
            if len(names) != 1:
                raise InvalidParameter(
                    f"The model has {len(names)} inputs, so one array is not enough. Give a dict "
                    f"of arrays, or a frame, with {', '.join(names)}."
                )
            return {names[0]: data}
        if isinstance(data, pd.DataFrame):
            if len(names) == 1:
                return {names[0]: data.to_numpy()}
            return {name: data[name].to_numpy() for name in names}
        raise TypeError(
            f"Models in ONNX take a frame, an array or a dict of arrays, not a "
            f"{type(data).__name__}."
        )

    def _single_floats(self, feed: dict[str, Any]) -> dict[str, Any]:
        """Doubles become single floats where the model wants these; JSON knows no difference."""
        import numpy as np

        singles = {name for name, kind in self.inputs if kind == "tensor(float)"}
        return {
            name: one.astype(np.float32)
            if name in singles and getattr(one, "dtype", None) == np.float64
            else one
            for name, one in feed.items()
        }


def _session(file: str, wanted: list[Any], options: Mapping[str, Any]) -> Any:
    import onnxruntime

    there = set(onnxruntime.get_available_providers())
    usable = [one for one in wanted if _name(one) in there] or [_CPU]
    settings = _settings(options)
    try:
        session = onnxruntime.InferenceSession(file, providers=usable, sess_options=settings)
    except Exception as error:
        if usable == [_CPU]:
            raise
        _log.warning("The model runs on the CPU, since %s did not start: %s", usable, error)
        return onnxruntime.InferenceSession(file, providers=[_CPU], sess_options=settings)
    missing = [one for one in map(_name, wanted) if one not in session.get_providers()]
    # The usual list names CUDA for machines that have it.
    if missing and list(map(_name, wanted)) != list(PROVIDERS):
        _log.warning("The model runs without %s, which are not there.", ", ".join(missing))
    return session


def _settings(options: Mapping[str, Any]) -> Any:
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    for name in ("inter_op_num_threads", "intra_op_num_threads"):
        if options.get(name):
            setattr(settings, name, options[name])
    if options.get("execution_mode"):
        mode = f"ORT_{options['execution_mode'].upper()}"
        settings.execution_mode = getattr(onnxruntime.ExecutionMode, mode)
    if options.get("graph_optimization_level"):
        level = onnxruntime.GraphOptimizationLevel(options["graph_optimization_level"])
        settings.graph_optimization_level = level
    for key, value in (options.get("extra_session_config") or {}).items():
        settings.add_session_config_entry(key, value)
    return settings


def _name(provider: Any) -> str:
    return str(provider[0] if isinstance(provider, tuple) else provider)
