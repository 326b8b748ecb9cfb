"""Runs as training code starts, nests, resumes and ends them."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

import kipu
from kipu.exceptions import InvalidParameter, MlflowException, ResourceNotFound
from kipu.fluent.endings import when_run_ends

pytestmark = pytest.mark.usefixtures("fresh")


def test_everything_lies_in_the_folder_mlruns(fresh: Path) -> None:
    with kipu.start_run() as run:
        kipu.log_metric("loss", 0.5)
    assert kipu.get_tracking_uri() == (fresh / "mlruns").as_uri()
    assert not kipu.is_tracking_uri_set()
    assert (fresh / "mlruns" / "kipu.db").exists()
    assert run.info.experiment_id == "0"
    assert [entry.name for entry in fresh.iterdir()] == ["mlruns"]


def test_a_run_ends_with_its_block() -> None:
    with kipu.start_run(run_name="baseline", description="a *note*") as run:
        assert kipu.active_run() is run
        assert run.info.status == "RUNNING"
    assert kipu.active_run() is None
    ended = kipu.get_run(run.info.run_id)
    assert ended.info.status == "FINISHED"
    assert ended.info.run_name == ended.data.tags["mlflow.runName"] == "baseline"
    assert ended.data.tags["mlflow.note.content"] == "a *note*"
    assert ended.info.end_time is not None


def test_an_error_in_the_block_fails_the_run_and_is_not_swallowed() -> None:
    with pytest.raises(ZeroDivisionError), kipu.start_run() as run:
        raise ZeroDivisionError
    assert kipu.get_run(run.info.run_id).info.status == "FAILED"


def test_a_second_run_must_be_nested() -> None:
    with kipu.start_run() as outer:
        with pytest.raises(MlflowException, match="is active already"):
            kipu.start_run()
        with kipu.start_run(nested=True) as inner:
            assert kipu.active_run() is inner
        assert kipu.active_run() is outer
    assert inner.data.tags["mlflow.parentRunId"] == outer.info.run_id
    parent = kipu.get_parent_run(inner.info.run_id)
    assert parent is not None
    assert parent.info.run_id == outer.info.run_id
    assert kipu.get_parent_run(outer.info.run_id) is None


def test_a_parent_may_be_named() -> None:
    with kipu.start_run() as parent:
        pass
    with kipu.start_run(parent_run_id=parent.info.run_id) as child:
        assert kipu.active_run() is child
        with pytest.raises(MlflowException, match="is not the parent"):
            kipu.start_run(nested=True, parent_run_id=parent.info.run_id)
    assert child.data.tags["mlflow.parentRunId"] == parent.info.run_id
    kipu.delete_run(parent.info.run_id)
    with pytest.raises(MlflowException, match="is deleted"):
        kipu.start_run(parent_run_id=parent.info.run_id)
    with pytest.raises(ResourceNotFound):
        kipu.start_run(parent_run_id="f" * 32)


def test_a_run_is_resumed_by_its_id() -> None:
    with kipu.start_run() as first:
        kipu.log_metric("loss", 1.0, step=0)
    with kipu.start_run(run_id=first.info.run_id, tags={"again": 1}) as second:
        assert second.info.status == "RUNNING"
        kipu.log_metric("loss", 0.5, step=1)
    run = kipu.get_run(first.info.run_id)
    assert run.data.tags["again"] == "1"
    assert run.data.metrics == {"loss": 0.5}


def test_the_environment_names_a_run_to_resume_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with kipu.start_run() as first:
        pass
    monkeypatch.setenv("MLFLOW_RUN_ID", first.info.run_id)
    with kipu.start_run() as second:
        assert second.info.run_id == first.info.run_id
    with kipu.start_run() as third:
        assert third.info.run_id != first.info.run_id


def test_a_deleted_run_cannot_be_resumed() -> None:
    with kipu.start_run() as run:
        pass
    kipu.delete_run(run.info.run_id)
    with pytest.raises(MlflowException, match="restore_run"):
        kipu.start_run(run_id=run.info.run_id)
    kipu.restore_run(run.info.run_id)
    with kipu.start_run(run_id=run.info.run_id):
        pass


def test_a_run_of_another_experiment_cannot_be_resumed() -> None:
    with kipu.start_run() as run:
        pass
    kipu.set_experiment("other")
    with pytest.raises(MlflowException, match="belongs to experiment 0"):
        kipu.start_run(run_id=run.info.run_id)


def test_logging_starts_a_run_by_itself() -> None:
    kipu.log_param("lr", 0.1)
    run = kipu.active_run()
    assert run is not None
    kipu.end_run("KILLED")
    kipu.end_run()
    last = kipu.last_active_run()
    assert last is not None
    assert (last.info.run_id, last.info.status) == (run.info.run_id, "KILLED")
    assert last.data.params == {"lr": "0.1"}


def test_runs_get_tags_of_their_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/somewhere/train.py"])
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "ada")
    with kipu.start_run(tags={"mine": 1, "mlflow.source.type": "JOB"}) as run:
        pass
    assert run.data.tags["mlflow.source.name"] == "/somewhere/train.py"
    assert run.data.tags["mlflow.source.type"] == "JOB"
    assert run.data.tags["mlflow.user"] == run.info.user_id == "ada"
    assert run.data.tags["mine"] == "1"


def test_a_description_given_twice_is_refused() -> None:
    with pytest.raises(InvalidParameter, match="not both"):
        kipu.start_run(description="a", tags={"mlflow.note.content": "b"})


def test_each_thread_has_its_own_active_run() -> None:
    found: dict[str, str | None] = {}

    def train(name: str) -> None:
        with kipu.start_run(run_name=name) as run:
            kipu.log_metric("who", 1.0)
            found[name] = run.info.run_id

    with kipu.start_run() as main:
        threads = [threading.Thread(target=train, args=(f"t{number}",)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert kipu.active_run() is main
    assert len({*found.values(), main.info.run_id}) == 5
    for run_id in found.values():
        assert run_id is not None
        run = kipu.get_run(run_id)
        assert run.data.metrics == {"who": 1.0}
        assert "mlflow.parentRunId" not in run.data.tags


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_has_no_active_run_and_can_log() -> None:
    with kipu.start_run() as run:
        kipu.log_metric("loss", 1.0)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                assert kipu.active_run() is None
                with kipu.start_run(run_name="child") as mine:
                    kipu.log_metric("loss", 2.0)
                kipu.log_metric("late", 3.0, run_id=run.info.run_id)
                kipu.flush_async_logging()
                os.write(writing, mine.info.run_id.encode())
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            child_run_id = pipe.read()
        kipu.log_metric("loss", 0.5, step=1)
    assert kipu.get_run(child_run_id).data.metrics == {"loss": 2.0}
    assert kipu.get_run(child_run_id).info.status == "FINISHED"
    assert kipu.get_run(run.info.run_id).data.metrics == {"loss": 0.5, "late": 3.0}


def test_runs_and_clients_can_be_sent_to_other_processes() -> None:
    with kipu.start_run() as run:
        for same in (copy.deepcopy(run), pickle.loads(pickle.dumps(run))):
            assert same == run
            assert same.info.run_id == run.info.run_id
        client = pickle.loads(pickle.dumps(kipu.MlflowClient()))
        assert client.get_run(run.info.run_id).info.run_id == run.info.run_id


def test_the_active_run_stays_in_its_store_when_another_is_chosen(fresh: Path) -> None:
    with kipu.start_run() as run:
        home = kipu.get_tracking_uri()
        kipu.set_tracking_uri(fresh / "elsewhere")
        assert kipu.get_tracking_uri() == (fresh / "elsewhere").as_uri()
        kipu.log_metric("loss", 0.5)
        kipu.log_param("lr", 1)
    ended = kipu.MlflowClient(home).get_run(run.info.run_id)
    assert ended.info.status == "FINISHED"
    assert (ended.data.metrics, ended.data.params) == ({"loss": 0.5}, {"lr": "1"})


@pytest.mark.parametrize(
    ("ending", "status"),
    [("", "FINISHED"), ("raise RuntimeError('x')", "FAILED"), ("sys.exit(3)", "FINISHED")],
)
def test_a_program_that_just_ends_ends_its_run_and_stores_its_points(
    fresh: Path, ending: str, status: str
) -> None:
    program = f"""
        import sys
        import kipu
        run = kipu.start_run()
        for step in range(100):
            kipu.log_metric("loss", 1 / (step + 1), step=step)
        print(run.info.run_id)
        {ending}
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        cwd=fresh,
        check=False,
    )
    run = kipu.get_run(done.stdout.strip())
    assert run.info.status == status, done.stderr
    assert len(kipu.MlflowClient().get_metric_history(run.info.run_id, "loss")) == 100
    assert list((fresh / "mlruns" / "journal").glob("*")) == []


def test_what_is_kept_back_is_written_before_the_run_ends(caplog: pytest.LogCaptureFixture) -> None:
    def breaks() -> None:
        raise KeyError("of whoever keeps something back")

    with kipu.start_run() as run:
        when_run_ends(run.info.run_id, lambda: kipu.log_metric("last", 1, run_id=run.info.run_id))
        when_run_ends(run.info.run_id, breaks)
        when_run_ends("another", breaks)
    got = kipu.get_run(run.info.run_id)
    assert (got.info.status, got.data.metrics) == ("FINISHED", {"last": 1.0})
    assert [one.levelname for one in caplog.records] == ["WARNING"]
