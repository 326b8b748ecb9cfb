"""What packages that use MLflow take from it, beyond the functions that everybody calls."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import kipu
from kipu.testing.server import kipu_server

Ask = Callable[[str], Any]
Command = Callable[..., subprocess.CompletedProcess[str]]


def answer(program: str, shim_site: Path, cwd: Path) -> Any:
    """What a program prints as JSON, with the shim in reach."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"import json\n{program}"],
        capture_output=True, text=True, check=False, cwd=cwd, env=environment(shim_site),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(params=["kipu", "mlflow"])
def ask(request: pytest.FixtureRequest, shim_site: Path, tmp_path: Path) -> Ask:
    """Runs a program that says ``import mlflow``, with Kipu or the shim under this name."""
    line = f"import {request.param} as mlflow\n"
    return lambda text: answer(text.replace("import mlflow\n", line), shim_site, tmp_path)


def environment(shim_site: Path, **further: str) -> dict[str, str]:
    source = str(Path(kipu.__file__).parents[1])
    kept = {"PATH": os.environ["PATH"], "HOME": str(shim_site.parent)}
    return {**kept, "PYTHONPATH": f"{shim_site}{os.pathsep}{source}", **further}


PATHS = {
    "Optuna": "mlflow.utils.validation.MAX_TAG_VAL_LENGTH == 8000",
    "Lightning": "mlflow.tracking.context.registry.resolve_tags is "
    "mlflow.tracking.context.resolve_tags and mlflow.utils.mlflow_tags.MLFLOW_RUN_NAME == "
    "'mlflow.runName' and mlflow.entities.Metric and mlflow.entities.Param",
    "transformers": "(mlflow.utils.validation.MAX_PARAM_VAL_LENGTH, "
    "mlflow.utils.validation.MAX_PARAMS_TAGS_PER_BATCH) == (6000, 100) and "
    "mlflow.is_tracking_uri_set() is False",
    "MONAI": "mlflow.entities.RunStatus.to_string(3) == 'FINISHED' and "
    "mlflow.entities.LifecycleStage.ACTIVE == 'active' and mlflow.entities.DatasetInput and "
    "isinstance(mlflow.MlflowClient.tracking_uri, property)",
    "Ray": "mlflow.get_registry_uri() == mlflow.get_tracking_uri() and mlflow.set_registry_uri and "
    "mlflow.utils.mlflow_tags.MLFLOW_PARENT_RUN_ID == 'mlflow.parentRunId'",
    "Ignite": "mlflow.utils.validation.validate_param_and_metric_name('a/b c.d:e') and "
    "not mlflow.utils.validation.validate_param_and_metric_name('a?')",
    "skorch": "mlflow.entities.Run and mlflow.MlflowClient.log_batch",
    "FLAML": "isinstance(mlflow.utils.autologging_utils.AUTOLOGGING_INTEGRATIONS, dict) and "
    "mlflow.utils.autologging_utils.autologging_is_disabled('nothing') is True and "
    "mlflow.tracking.fluent._active_experiment_id is None",
    "kedro": "mlflow.artifacts.download_artifacts and "
    "mlflow.tracking.client.MlflowClient is mlflow.MlflowClient and "
    "mlflow.tracking.request_header.registry._request_header_provider_registry.register and "
    "mlflow.tracking.request_header.abstract_request_header_provider.RequestHeaderProvider and "
    "mlflow.utils.name_utils._generate_random_name().count('-') == 2 and "
    "mlflow.entities.logged_model.LoggedModel is mlflow.entities.LoggedModel and "
    "mlflow.entities.metric.Metric is mlflow.entities.Metric",
    "dagster": "all([getattr(mlflow, n) is not NotImplemented for n in dir(mlflow)])",
    "export-import": "mlflow.exceptions.RestException.mro()[1] is mlflow.MlflowException and "
    "mlflow.utils.uri.is_databricks_uri('databricks://profile') and "
    "not mlflow.utils.uri.is_databricks_uri('databricks-uc') and mlflow.tracking.fluent.start_run "
    "and mlflow.pyfunc.context.get_prediction_context() is None",
}


LINES = [
    "from mlflow.utils.validation import MAX_TAG_VAL_LENGTH",
    "from mlflow.tracking.context.registry import resolve_tags",
    "from mlflow.tracking.context import resolve_tags",
    "from mlflow.utils.mlflow_tags import MLFLOW_RUN_NAME, MLFLOW_PARENT_RUN_ID",
    "from mlflow.utils.validation import validate_param_and_metric_name",
    "from mlflow.store.tracking import SEARCH_MAX_RESULTS_THRESHOLD",
    "from mlflow.utils.autologging_utils import AUTOLOGGING_INTEGRATIONS",
    "from mlflow.utils.autologging_utils import autologging_is_disabled",
    "from mlflow.tracking.fluent import _active_experiment_id",
    "from mlflow.tracking.client import MlflowClient",
    "from mlflow.tracking.request_header.registry import _request_header_provider_registry",
    "from mlflow.tracking.request_header.abstract_request_header_provider import "
    "RequestHeaderProvider",
    "from mlflow.utils.name_utils import _generate_random_name",
    "from mlflow.entities.logged_model import LoggedModel",
    "from mlflow.entities.metric import Metric",
    "from mlflow.entities.run_status import RunStatus",
    "from mlflow.exceptions import MlflowException, RestException",
    "from mlflow.utils.uri import is_databricks_uri",
    "from mlflow.pyfunc.context import Context, set_prediction_context",
    "from mlflow.protos.databricks_pb2 import RESOURCE_DOES_NOT_EXIST, ErrorCode",
    "from mlflow.store.artifact.artifact_repo import ArtifactRepository",
    "from mlflow.store.entities.paged_list import PagedList",
    "from mlflow.tracking.default_experiment.abstract_context import DefaultExperimentProvider",
    "from mlflow.tracking.request_auth.abstract_request_auth_provider import RequestAuthProvider",
    "import mlflow.tracking.fluent",
    "import mlflow.pyfunc.context",
]

# Each in a process of its own, so that none finds what another has loaded.
EACH = """
import os, sys, traceback
failed = []
for case in CASES:
    child = os.fork()
    if not child:
        try:
            exec(case, {})
        except BaseException:
            sys.stderr.write(case + chr(10) + traceback.format_exc())
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        failed.append(case)
print(json.dumps(failed))
"""


def test_deep_names_are_there_after_a_bare_import(ask: Ask) -> None:
    cases = ", ".join(f'"""import mlflow\nassert {expression}"""' for expression in PATHS.values())
    assert ask(f"CASES = [{cases}]{EACH}") == []


def test_deep_names_are_imported_first_thing(shim_site: Path, tmp_path: Path) -> None:
    assert answer(f"CASES = {LINES!r}{EACH}", shim_site, tmp_path) == []


def test_the_module_can_be_copied(ask: Ask) -> None:
    # Ray copies what holds it.
    program = """
import copy
import mlflow
print(json.dumps(copy.deepcopy({"mlflow": mlflow})["mlflow"] is mlflow))
"""
    assert ask(program) is True


def test_functions_are_replaced_in_place(ask: Ask) -> None:
    # As SwanLab does.
    program = """
import mlflow
kept, seen = mlflow.log_metric, []
def log_metric(*arguments, **options):
    seen.append(arguments)
    return kept(*arguments, **options)
mlflow.log_metric = log_metric
with mlflow.start_run() as run:
    mlflow.log_metric("loss", 0.5, 3)
point, = mlflow.MlflowClient().get_metric_history(run.info.run_id, "loss")
print(json.dumps([seen, point.step]))
"""
    assert ask(program) == [[["loss", 0.5, 3]], 3]


def test_the_experiment_is_left_in_the_environment(ask: Ask) -> None:
    # Ray's workers look there.
    program = """
import os
import mlflow
made = mlflow.set_experiment("digits").experiment_id
print(json.dumps([os.environ["MLFLOW_EXPERIMENT_ID"] == made,
                  mlflow.tracking.fluent._active_experiment_id == made]))
"""
    assert ask(program) == [True, True]


def test_calls_as_packages_make_them(ask: Ask) -> None:
    # transformers, accelerate, MONAI and mmengine.
    program = """
import numpy
import mlflow
with mlflow.start_run() as run:
    mlflow.log_params({"a": 1}, synchronous=False)
    mlflow.log_metrics(metrics={"m": 1.0}, step=2, synchronous=False)
    mlflow.log_metric("n", 1.0, 4)
    mlflow.log_text("words", "t.txt")
    mlflow.log_image(numpy.zeros((4, 4, 3), dtype="uint8"), "i.png")
client = mlflow.tracking.MlflowClient(mlflow.get_tracking_uri())
found, = client.search_runs("0")
client.log_inputs(found.info.run_id, [])
print(json.dumps([found.data.params, found.data.metrics,
                  [one.path for one in client.list_artifacts(run.info.run_id)],
                  len(mlflow.search_experiments(filter_string="name = 'Default'"))]))
"""
    assert ask(program) == [{"a": "1"}, {"m": 1.0, "n": 1.0}, ["i.png", "t.txt"], 1]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with kipu_server(tmp_path_factory.mktemp("server")) as process:
        yield process.uri


@pytest.fixture
def command(shim_site: Path, tmp_path: Path, server: str) -> Command:
    """Runs ``python -m`` with some arguments, against a server."""
    return lambda *arguments: subprocess.run(
        [sys.executable, "-m", *arguments],
        capture_output=True, text=True, check=False, cwd=tmp_path,
        env=environment(shim_site, MLFLOW_TRACKING_URI=server),
    )  # fmt: skip


WAYS = {
    "Java": ("mlflow.store.artifact.cli",),
    "R": ("mlflow", "artifacts"),
    "Kipu": ("kipu.store.artifact.cli",),
}


@pytest.mark.parametrize("who", WAYS)
def test_clients_of_other_languages_move_files(
    command: Command, who: str, server: str, tmp_path: Path
) -> None:
    client = kipu.MlflowClient(server)
    run_id = client.create_run("0").info.run_id
    (tmp_path / "up" / "sub").mkdir(parents=True)
    (tmp_path / "up" / "a.txt").write_text("hi\n")
    (tmp_path / "up" / "sub" / "b.txt").write_text("yo\n")

    def call(*arguments: str) -> str:
        done = command(*WAYS[who], *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "log-artifacts" in call("--help")
    assert call("log-artifact", "--local-file", "up/a.txt", "--run-id", run_id) == ""
    assert call("log-artifact", "-l", "up/a.txt", "-r", run_id, "-a", "d") == ""
    assert call("log-artifacts", "--local-dir", "up", "--run-id", run_id,
                "--artifact-path", "dd") == ""  # fmt: skip
    assert call("list", "--run-id", run_id) == (
        '[{\n  "path": "a.txt",\n  "is_dir": false,\n  "file_size": 3\n}, '
        '{\n  "path": "d",\n  "is_dir": true\n}, {\n  "path": "dd",\n  "is_dir": true\n}]\n'
    )
    assert call("list", "--run-id", run_id, "--artifact-path", "nothing") == "[]\n"
    told = call("download", "--run-id", run_id, "--artifact-path", "dd")
    place = Path(told.removesuffix("\n"))
    assert (place / "sub" / "b.txt").read_text() == "yo\n"
    told = call("download", "--run-id", run_id, "--artifact-path", "d/a.txt", "--dst-path", "down")
    assert Path(told.removesuffix("\n")).read_text() == "hi\n"
    assert told.startswith(str(tmp_path / "down"))


def test_what_goes_wrong_there_is_one_sentence_and_a_code(command: Command) -> None:
    failed = command(*WAYS["Java"], "download", "--run-id", "0" * 32, "-a", "x")
    assert failed.returncode == 1
    assert failed.stdout == ""
    assert "Traceback" not in failed.stderr
    assert "0" * 32 in failed.stderr


def test_the_package_is_a_command(command: Command) -> None:
    assert command("mlflow", "--version").returncode == 0
    assert "server" in command("mlflow", "--help").stdout
