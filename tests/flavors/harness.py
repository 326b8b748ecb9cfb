"""What scripts of both interpreters use: plain answers, kept models."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def plain(answer: Any) -> Any:
    """An answer of a model as JSON takes it; floats rounded to six digits."""
    if hasattr(answer, "detach"):
        answer = answer.detach().cpu().numpy()
    elif type(answer).__module__.startswith("tensorflow") and hasattr(answer, "numpy"):
        answer = answer.numpy()
    kind = type(answer).__name__
    if kind == "DataFrame":
        return {
            "frame": {str(name): plain(answer[name].tolist()) for name in answer.columns},
            "types": [str(one) for one in answer.dtypes],
        }
    if kind == "Series":
        return {"series": plain(answer.tolist())}
    if kind == "ndarray":
        return {"array": plain(answer.tolist()), "type": str(answer.dtype)}
    if hasattr(answer, "toarray"):
        return {"sparse": plain(answer.toarray().tolist())}
    if isinstance(answer, dict):
        return {str(key): plain(one) for key, one in answer.items()}
    if isinstance(answer, (list, tuple)):
        return [plain(one) for one in answer]
    if hasattr(answer, "item"):
        answer = answer.item()
    if isinstance(answer, float):
        return float(f"{answer:.6g}")
    if isinstance(answer, (str, int, bool)) or answer is None:
        return answer
    return str(answer)


def refusal(call: Any, *given: Any, **named: Any) -> Any:
    """The answer of a call, or the code of what it raises, or its class where there is no code."""
    try:
        return plain(call(*given, **named))
    except Exception as error:
        return {"raised": getattr(error, "error_code", None) or type(error).__name__}


def keep_logged(info: Any, folder: Path) -> None:
    """Copy a logged model's files to a folder."""
    import mlflow

    folder.mkdir(parents=True, exist_ok=True)
    mlflow.artifacts.download_artifacts(info.model_uri, dst_path=str(folder))
    # MLflow notes there where the copy comes from.
    (folder / "registered_model_meta").unlink(missing_ok=True)
