"""Send many requests to the servers of some models; prints what they answer.

python served_models.py MODULE FOLDER
"""

import asyncio
import datetime as dt
import importlib
import json
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

module, folder = sys.argv[1:]
mlflow: Any = importlib.import_module(module)
pyfunc: Any = importlib.import_module(f"{module}.pyfunc")
models: Any = importlib.import_module(f"{module}.models")
server: Any = importlib.import_module(f"{module}.pyfunc.scoring_server")
MlflowException = mlflow.exceptions.MlflowException
warnings.simplefilter("ignore")

JSON, CSV = "application/json", "text/csv"
TABLE = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]})
WHOLE = pd.DataFrame({"n": [1, 2]})
TIMES = pd.DataFrame({"t": [pd.Timestamp("2020-01-02")], "raw": [b"ab"], "s": ["007"]})


class Table(pyfunc.PythonModel):  # type: ignore[misc,name-defined]
    """Takes parameters and answers with a frame."""

    def predict(self, context, model_input, params=None):  # type: ignore[no-untyped-def]
        return model_input.assign(y=model_input["a"] * params["by"])


class Echo(pyfunc.PythonModel):  # type: ignore[misc,name-defined]
    """Answers with what came."""

    def predict(self, context, model_input, params=None):  # type: ignore[no-untyped-def]
        return model_input


class Told(pyfunc.PythonModel):  # type: ignore[misc,name-defined]
    """Answers with what came, as text."""

    def predict(self, context, model_input, params=None):  # type: ignore[no-untyped-def]
        return {"is": type(model_input).__name__, "params": params}


class Odd(pyfunc.PythonModel):  # type: ignore[misc,name-defined]
    """Answers with things of many kinds, or fails."""

    def predict(self, context, model_input, params=None):  # type: ignore[no-untyped-def]
        match np.asarray(model_input).tolist()[0]:
            case 0:
                raise ValueError("no zero")
            case 1:
                raise MlflowException("none of that", 3002)
            case 2:
                return pd.Series([1.5, np.nan])
            case 3:
                return pd.Series([1, 2], name="n")
            case 4:
                return [np.int64(3), np.float32(0.5), dt.date(2020, 1, 2), np.array([b"ab"])]
            case 5:
                return np.array([[1, 2], [3, 4]])
            case 6:
                return {"f": b"ab", "t": pd.Timestamp("2020-01-02 03:04:05")}
            case 7:
                return np.array([["a", None]], dtype=object)
        return None


class Hinted(pyfunc.PythonModel):  # type: ignore[misc,name-defined]
    """Is checked by its hints."""

    def predict(self, model_input: list[dict[str, float]], params: Any = None) -> list[float]:
        return [sum(row.values()) for row in model_input]


class Times(pyfunc.PythonModel):  # type: ignore[misc,name-defined]
    """Hinted with what JSON has no form for."""

    def predict(self, model_input: list[dt.datetime], params: Any = None) -> list[str]:
        return [one.isoformat() for one in model_input]


def upper(model_input: list[str]) -> list[str]:
    return [one.upper() for one in model_input]


def signature(*given: Any, **others: Any) -> Any:
    return models.infer_signature(*given, **others)


MODELS: dict[str, tuple[Any, Any]] = {
    "table": (Table(), signature(TABLE, TABLE, params={"by": 2.0, "names": ["a"]})),
    "whole": (Echo(), signature(WHOLE)),
    "times": (Echo(), signature(TIMES)),
    "array": (Echo(), signature(np.zeros((2, 2), np.float32))),
    "named": (Told(), signature({"p": np.zeros((2, 2)), "q": np.zeros(2, np.int64)})),
    "nested": (Echo(), signature([{"who": {"name": "x"}, "tags": ["a"]}])),
    "bare": (Told(), None),
    "asked": (Told(), signature([{"messages": [{"role": "a"}]}], params={"heat": 0.5})),
    "odd": (Odd(), None),
    "hinted": (Hinted(), None),
    "hinted_times": (Times(), None),
    "function": (upper, None),
}

BODIES: dict[str, tuple[str, str]] = {
    "split": (JSON, '{"dataframe_split": {"columns": ["a", "b"], "data": [[1.0, "x"]]}}'),
    "split index": (
        JSON, '{"dataframe_split": {"index": [7], "columns": ["a", "b"], "data": [[1, "x"]]}}'),
    "split extra": (JSON, '{"dataframe_split": {"columns": ["a"], "data": [[1]], "odd": 1}}'),
    "split list": (JSON, '{"dataframe_split": [1]}'),
    "records": (JSON, '{"dataframe_records": [{"a": 1.5, "b": "x"}, {"a": 2.5, "b": "y"}]}'),
    "records dict": (JSON, '{"dataframe_records": {"a": 1}}'),
    "records n": (JSON, '{"dataframe_records": [{"n": 1}, {"n": 2}]}'),
    "records n real": (JSON, '{"dataframe_records": [{"n": 1.5}]}'),
    "records n text": (JSON, '{"dataframe_records": [{"n": "one"}]}'),
    "records times": (
        JSON, '{"dataframe_records": [{"t": "2021-01-02T03:04:05", "raw": "YWI=", "s": "007"}]}'),
    "params": (
        JSON, '{"dataframe_split": {"columns": ["a", "b"], "data": [[1, "x"]]},'
        ' "params": {"by": 3, "names": ["q"]}}'),
    "params unknown": (
        JSON, '{"dataframe_split": {"columns": ["a", "b"], "data": [[1, "x"]]},'
        ' "params": {"other": 3}}'),
    "params wrong": (
        JSON, '{"dataframe_split": {"columns": ["a", "b"], "data": [[1, "x"]]},'
        ' "params": {"by": "much"}}'),
    "inputs rows": (JSON, '{"inputs": [{"a": 1.0, "b": "x"}]}'),
    "inputs columns": (JSON, '{"inputs": {"a": [1.0, 2.0], "b": ["x", "y"]}}'),
    "inputs array": (JSON, '{"inputs": [[1, 2], [3, 4]]}'),
    "inputs tensors": (JSON, '{"inputs": {"p": [[1, 2], [3, 4]], "q": [1, 2]}}'),
    "inputs texts": (JSON, '{"inputs": ["a", "b"]}'),
    "inputs times": (JSON, '{"inputs": ["2020-01-02T03:04:05"]}'),
    "inputs numbers": (JSON, '{"inputs": [{"x": 1, "y": 2.5}]}'),
    "inputs nested": (JSON, '{"inputs": [{"who": {"name": "y"}, "tags": ["b", "c"]}]}'),
    "inputs nested wrong": (JSON, '{"inputs": [{"who": {"name": 3}, "tags": "b"}]}'),
    "instances rows": (JSON, '{"instances": [{"a": 1.0, "b": "x"}, {"a": 2.0, "b": "y"}]}'),
    "instances array": (JSON, '{"instances": [[1, 2], [3, 4]]}'),
    "instances uneven": (JSON, '{"instances": {"p": [[1, 2]], "q": [1, 2]}}'),
    "messages": (JSON, '{"messages": [{"role": "a"}], "heat": 0.7, "max": 1}'),
    "prompt": (JSON, '{"prompt": "x", "params": {"a": 1}}'),
    "two forms": (JSON, '{"inputs": [1], "instances": [1]}'),
    "other key": (JSON, '{"inputs": [[1, 2], [3, 4]], "more": 1}'),
    "signature name": (JSON, '{"inputs": [[1, 2], [3, 4]], "signature_name": "x"}'),
    "no form": (JSON, '{"a": 1}'),
    "empty": (JSON, "{}"),
    "list": (JSON, "[1, 2]"),
    "number": (JSON, "3"),
    "no json": (JSON, "{"),
    "nothing": (JSON, ""),
    "csv": (CSV, "a,b\n1.5,x\n2,y\n"),
    "csv whole": (CSV, "n\n1\n2\n"),
    "csv real": (CSV, "n\n1.5\n"),
    "csv text": (CSV, "n\none\n"),
    "csv digits": (CSV, "a,b\n1,007\n"),
    "csv lacks": (CSV, "a\n1\n"),
    "csv more": (CSV, "a,b,c\n1,x,2\n"),
    "csv times": (CSV, "t,raw,s\n2021-01-02 03:04:05,ab,007\n"),
    "csv nothing": (CSV, ""),
    "csv uneven": (CSV, "a,b\n1,x,3,4\n2\n"),
    "charset": ("application/json; charset=UTF-8", '{"inputs": [[1, 2], [3, 4]]}'),
    "other charset": ("application/json; charset=latin-1", '{"inputs": [1]}'),
    "other parameter": ("application/json; form=x", '{"inputs": [1]}'),
    "other type": ("text/plain", "a"),
    "parquet not": ("application/vnd.apache.parquet", "a"),
    **{f"odd {n}": (JSON, f'{{"inputs": [{n}]}}') for n in range(9)},
}  # fmt: skip

OTHERS = [("GET", path) for path in ("/ping", "/health", "/version", "/other", "/invocations")]


async def call(app: Any, method: str, path: str, kind: str = JSON, body: str = "") -> list[Any]:
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"",
        "root_path": "", "headers": [(b"content-type", kind.encode())],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    came: list[dict[str, Any]] = []
    asked = iter([{"type": "http.request", "body": body.encode(), "more_body": False}])

    async def receive() -> dict[str, Any]:
        for message in asked:
            return message
        await asyncio.Event().wait()
        return {}

    async def send(message: dict[str, Any]) -> None:
        came.append(message)

    await app(scope, receive, send)
    kinds = dict(came[0]["headers"])[b"content-type"].decode()
    text = b"".join(one.get("body", b"") for one in came[1:]).decode()
    return [came[0]["status"], kinds, told(text, came[0]["status"])]


def told(text: str, status: int) -> Any:
    """An answer without what each says in words of its own."""
    if status == 200:
        return text
    try:
        fields = json.loads(text)
    except ValueError:
        return "a sentence"
    words = ("message", "stack_trace", "error_class", "sqlstate")
    return {key: key if key in words else one for key, one in fields.items()}


def is_meant(model: str, request: str) -> bool:
    return request.startswith("odd") == (model == "odd")


async def answers() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name, (one, described) in MODELS.items():
        place = str(Path(folder) / name)
        pyfunc.save_model(
            place, python_model=one, signature=described, pip_requirements=["cloudpickle"]
        )
        app = server.init(pyfunc.load_model(place))
        found[name] = {
            request: await call(app, "POST", "/invocations", kind, body)
            for request, (kind, body) in BODIES.items()
            if is_meant(name, request)
        }
        for method, path in OTHERS:
            found[name][f"{method} {path}"] = await call(app, method, path)
    return found


if __name__ == "__main__":
    print(json.dumps(asyncio.run(answers())))
