"""Which store is used, and how points get there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import kipu
from kipu.client.opening import open_tracking
from kipu.client.values import as_float
from kipu.entities import Metric, Param, RunTag
from kipu.exceptions import InvalidParameter, ResourceNotFound
from kipu.testing.served import application, on_port

pytestmark = pytest.mark.usefixtures("fresh")


class TestUris:
    def test_a_uri_that_was_set_is_left_to_child_processes(self, fresh: Path) -> None:
        kipu.set_tracking_uri("store")
        assert kipu.get_tracking_uri() == os.environ["MLFLOW_TRACKING_URI"] == "store"
        assert kipu.is_tracking_uri_set()
        assert kipu.get_registry_uri() == "store"
        kipu.set_tracking_uri("")
        assert kipu.get_tracking_uri() == (fresh / "mlruns").as_uri()
        assert "MLFLOW_TRACKING_URI" not in os.environ

    def test_the_environment_chooses_and_kipu_wins(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", "a")
        assert kipu.get_tracking_uri() == "a"
        monkeypatch.setenv("KIPU_TRACKING_URI", "b")
        assert kipu.get_tracking_uri() == "b"

    def test_the_registry_may_be_elsewhere(self) -> None:
        kipu.set_registry_uri("http://registry")
        assert kipu.get_registry_uri() == "http://registry"
        kipu.set_registry_uri("")
        assert kipu.get_registry_uri() == kipu.get_tracking_uri()

    def test_a_relative_folder_follows_the_working_directory(
        self, fresh: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = open_tracking("store")
        assert open_tracking("store") is first
        assert open_tracking((fresh / "store").as_uri()) is first
        (fresh / "sub").mkdir()
        monkeypatch.chdir(fresh / "sub")
        assert open_tracking("store") is not first

    def test_an_sqlite_file_is_a_store(self, fresh: Path) -> None:
        client = kipu.MlflowClient("sqlite:///some.db")
        run = client.create_run("0")
        client.log_metric(run.info.run_id, "m", 1.0)
        assert client.get_run(run.info.run_id).data.metrics == {"m": 1.0}
        assert (fresh / "some.db").exists()
        assert client.tracking_uri == "sqlite:///some.db"

    @pytest.mark.parametrize("uri", ["ftp://x", "databricks", "sqlite://"])
    def test_a_uri_of_no_store_is_refused_at_once(self, uri: str) -> None:
        with pytest.raises(InvalidParameter, match="tracking URI"):
            kipu.MlflowClient(uri)

    def test_credentials_are_neither_printed_nor_journaled(self) -> None:
        tracking = open_tracking("http://me:secret@host.example/x")
        assert tracking.server == "http://host.example/x"
        assert tracking.journal.target == "http://host.example/x"


class TestClient:
    def test_runs_are_made_changed_and_ended(self) -> None:
        client = kipu.MlflowClient()
        run = client.create_run("0", start_time=5, tags={"a": 1, "mlflow.user": "ada"})
        assert (run.info.start_time, run.info.user_id) == (5, "ada")
        run_id = run.info.run_id
        client.update_run(run_id, name="better")
        client.update_run(run_id, status="SCHEDULED")
        changed = client.get_run(run_id)
        assert (changed.info.run_name, changed.info.status) == ("better", "SCHEDULED")
        client.set_terminated(run_id, "FAILED", end_time=9)
        ended = client.get_run(run_id)
        assert (ended.info.status, ended.info.end_time) == ("FAILED", 9)
        client.delete_run(run_id)
        assert client.get_run(run_id).info.lifecycle_stage == "deleted"
        client.restore_run(run_id)
        client.delete_tag(run_id, "a")
        assert "a" not in client.get_run(run_id).data.tags

    def test_experiments_are_made_renamed_deleted_and_restored(self, fresh: Path) -> None:
        client = kipu.MlflowClient()
        experiment_id = client.create_experiment("a", fresh / "art", {"k": 1})
        client.rename_experiment(experiment_id, "b")
        client.set_experiment_tag(experiment_id, "l", 2)
        client.delete_experiment_tag(experiment_id, "k")
        found = client.get_experiment_by_name("b")
        assert found is not None
        assert found.tags == {"l": "2"}
        run = client.create_run(experiment_id)
        client.log_text(run.info.run_id, "x", "x.txt")
        assert (fresh / "art" / run.info.run_id / "artifacts" / "x.txt").exists()
        client.delete_experiment(experiment_id)
        assert client.get_experiment(experiment_id).lifecycle_stage == "deleted"
        assert experiment_id not in [one.experiment_id for one in client.search_experiments()]
        client.restore_experiment(experiment_id)
        assert client.get_run(run.info.run_id).info.lifecycle_stage == "active"

    def test_a_batch_may_be_of_any_size(self) -> None:
        client = kipu.MlflowClient()
        run_id = client.create_run("0").info.run_id
        client.log_batch(
            run_id,
            [Metric("m", float(step), 1, step) for step in range(2500)],
            [Param(f"p{number}", "x") for number in range(150)],
            [RunTag("t", "y")],
        )
        client.log_batch(
            run_id, [Metric("n", 1, 1, step) for step in range(1200)], synchronous=True
        )
        run = client.get_run(run_id)
        assert run.data.metrics == {"m": 2499.0, "n": 1.0}
        assert len(run.data.params) == 150
        assert len(client.get_metric_history(run_id, "m")) == 2500
        assert len(client.get_metric_history(run_id, "n")) == 1200

    def test_a_batch_with_a_wrong_point_writes_no_point(self) -> None:
        client = kipu.MlflowClient()
        run_id = client.create_run("0").info.run_id
        for wrong in (Metric("a@b", 1.0, 1, 1), Metric("m", 1.0, -1, 1)):
            with pytest.raises(InvalidParameter):
                client.log_batch(run_id, [Metric("m", 1.0, 1, 1), wrong])
        assert client.get_run(run_id).data.metrics == {}

    def test_a_run_that_is_not_there_is_told(self) -> None:
        client = kipu.MlflowClient()
        for call in (client.get_run, client.delete_run, client.set_terminated):
            with pytest.raises(ResourceNotFound):
                call("f" * 32)
        with pytest.raises(ResourceNotFound):
            client.log_metric("f" * 32, "m", 1.0)
        assert client.get_metric_history("f" * 32, "m") == []


def test_points_of_a_killed_process_are_there_after_the_next_start(fresh: Path) -> None:
    program = """
        import os, signal
        import kipu
        run = kipu.start_run()
        for step in range(5000):
            kipu.log_metric("loss", step / 2, step=step)
        os.write(1, run.info.run_id.encode())
        os.kill(os.getpid(), signal.SIGKILL)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        stdout=subprocess.PIPE,
        cwd=fresh,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    client = kipu.MlflowClient()
    history = client.get_metric_history(done.stdout.decode(), "loss")
    assert [point.step for point in history] == list(range(5000))


def test_processes_may_log_into_one_run(fresh: Path) -> None:
    program = """
        import sys
        import kipu
        for step in range(300):
            kipu.log_metric("loss", step, step=step + 300 * int(sys.argv[2]), run_id=sys.argv[1])
    """
    run = kipu.MlflowClient().create_run("0")
    script = [sys.executable, "-c", textwrap.dedent(program), run.info.run_id]
    processes = [
        subprocess.Popen([*script, str(number)], cwd=fresh, stderr=subprocess.PIPE)
        for number in range(3)
    ]
    for process in processes:
        assert process.communicate()[1] == b""
        assert process.returncode == 0
    history = kipu.MlflowClient().get_metric_history(run.info.run_id, "loss")
    assert sorted(point.step for point in history) == list(range(900))


def test_as_float_takes_tensors_of_tensorflow() -> None:
    class Scalar:
        def item(self) -> float:
            return 0.5

    class Tensor:
        def numpy(self) -> Scalar:
            return Scalar()

    assert as_float("m", Tensor()) == 0.5


class TestAnyServer:
    """What an official server would take without a word is refused before anything is sent."""

    @pytest.fixture
    def client(self) -> kipu.MlflowClient:
        return kipu.MlflowClient("http://127.0.0.1:9")  # nobody listens

    @pytest.mark.parametrize("status", ["DONE", "finished", 3])
    def test_a_status_that_there_is_not(self, client: kipu.MlflowClient, status: str) -> None:
        with pytest.raises(InvalidParameter, match="status"):
            client.set_terminated("r", status)
        with pytest.raises(InvalidParameter, match="status"):
            client.update_run("r", status)

    @pytest.mark.parametrize(
        ("timestamp", "step"), [(2**63, 0), (0, 2**63), (0, -(2**63) - 1), (2**70, None)]
    )
    def test_a_point_beyond_64_bits(
        self, client: kipu.MlflowClient, timestamp: int, step: int | None
    ) -> None:
        with pytest.raises(InvalidParameter, match="64 bits"):
            client.log_metric("r", "m", 1.0, timestamp, step, synchronous=True)

    @pytest.mark.parametrize("run_id", ["a/b", "../x", "", 5])
    def test_a_run_id_that_cannot_be(self, client: kipu.MlflowClient, run_id: str) -> None:
        with pytest.raises(InvalidParameter, match="run id"):
            client.get_run(run_id)


def test_a_run_that_is_not_there_has_an_empty_history(tmp_path: Path) -> None:
    with on_port(application(tmp_path)) as uri:
        assert kipu.MlflowClient(uri).get_metric_history("0" * 32, "m") == []
    assert kipu.MlflowClient().get_metric_history("0" * 32, "m") == []
