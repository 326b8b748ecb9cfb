"""Models in ONNX: of one input and of two, with options, with tensors beside the graph."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import onnx
import pandas as pd
from harness import keep_logged, plain, refusal
from onnx import TensorProto, helper, numpy_helper

GIVEN = {"pip_requirements": ["onnx", "onnxruntime"]}


def _graph(two: bool) -> Any:
    weights = numpy_helper.from_array(np.arange(600, dtype="f4").reshape(2, 300) / 100, "w")
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 2])]
    nodes = [helper.make_node("MatMul", ["x", "w"], ["h" if two else "y"])]
    if two:
        inputs.append(helper.make_tensor_value_info("b", TensorProto.FLOAT, [None, 1]))
        nodes.append(helper.make_node("Add", ["h", "b"], ["y"]))
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 300])]
    graph = helper.make_graph(nodes, "g", inputs, outputs, [weights])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(made)
    return made


def save(folder: Path) -> None:
    one, two = _graph(two=False), _graph(two=True)
    mlflow.onnx.save_model(
        one, folder / "one", input_example=np.ones((1, 2), "f4"),
        onnx_session_options={"execution_mode": "sequential", "intra_op_num_threads": 1},
        onnx_execution_providers=["CPUExecutionProvider"], **GIVEN,
    )  # fmt: skip
    if "kipu" in sys.modules:  # onnx itself takes the tensors out, and MLflow leaves it at that
        assert one.graph.initializer[0].raw_data == _graph(two=False).graph.initializer[0].raw_data
    mlflow.onnx.save_model(two, folder / "two", save_as_external_data=False, **GIVEN)
    info = mlflow.onnx.log_model(_graph(two=False), name="one", metadata={"team": "x"}, **GIVEN)
    keep_logged(info, folder / "logged")


def answers(folder: Path, name: str) -> Any:
    model = mlflow.pyfunc.load_model(str(folder / name))
    own = mlflow.onnx.load_model(str(folder / name))
    x, b = np.array([[1.0, 2.0]]), np.array([[0.5]])
    told: dict[str, Any] = {"nodes": [node.op_type for node in own.graph.node]}
    if name == "two":
        told["dict"] = plain(model.predict({"x": x, "b": b.astype("f4")}))
        told["array"] = refusal(model.predict, x)
    else:
        told["frame"] = plain(model.predict(pd.DataFrame(x, columns=["p", "q"])))
        told["array"] = plain(model.predict(x.astype("f4")))
    told["bad option"] = refusal(
        mlflow.onnx.save_model,
        own,
        Path(tempfile.mkdtemp(), "bad"),
        onnx_session_options={"mode": 1},
    )
    return told
