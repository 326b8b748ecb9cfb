"""Removing for good: artifacts, rows, space; what must stay; and what an interruption leaves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import kipu
from kipu.blobs.local import LocalBlobs
from kipu.cli import main
from kipu.client.purge import Kept, Purge, Removed
from kipu.entities import Metric, ViewType
from kipu.exceptions import MlflowException
from kipu.journal.records import SUFFIX
from kipu.store.open import open_store
from kipu.testing.server import kipu_server

Gc = Callable[..., Result]


@pytest.fixture
def gc(fresh: Path) -> Gc:
    """Run ``kipu gc`` in a folder of its own, whose ``mlruns`` is the store."""

    def run(*options: str) -> Result:
        return CliRunner().invoke(main, ["gc", *options])

    return run


def a_run(experiment_id: str | None = None) -> str:
    """A finished run with points and a file of 1,000 bytes."""
    with kipu.start_run(experiment_id=experiment_id) as run:
        kipu.log_metrics({"loss": 0.5}, step=1)
        kipu.log_text("x" * 1000, "notes/a.txt")
    return run.info.run_id


def removed(kind: str, id_: str) -> str:
    return f"{kind} with ID {id_} has been permanently deleted."


def test_gc_removes_what_is_deleted_and_nothing_else(gc: Gc, fresh: Path) -> None:
    doomed, stays = a_run(), a_run()
    kipu.delete_run(doomed)
    result = gc()
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[0] == removed("Run", doomed)
    assert "1.0 kB of artifacts" in result.stdout.splitlines()[-1]
    with pytest.raises(MlflowException, match="not found"):
        kipu.get_run(doomed)
    assert not (fresh / "mlruns" / "0" / doomed).exists()
    assert kipu.get_run(stays).data.metrics == {"loss": 0.5}
    assert (fresh / "mlruns" / "0" / stays / "artifacts/notes/a.txt").read_text() == "x" * 1000


def test_gc_removes_deleted_experiments_and_frees_their_names(gc: Gc, fresh: Path) -> None:
    experiment = kipu.create_experiment("tried")
    first, second = a_run(experiment), a_run(experiment)
    kipu.delete_run(first)
    kipu.delete_experiment(experiment)
    result = gc()
    assert result.exit_code == 0, result.output
    assert set(result.stdout.splitlines()[:3]) == {
        removed("Run", first),
        removed("Run", second),
        removed("Experiment", experiment),
    }
    assert not (fresh / "mlruns" / experiment).exists()
    assert kipu.create_experiment("tried") != experiment
    assert gc().stdout == "Freed 0 B of disk: 0 B of artifacts, 0 B of the database.\n"


def test_a_dry_run_names_everything_and_removes_nothing(gc: Gc) -> None:
    experiment = kipu.create_experiment("tried")
    run_id = a_run(experiment)
    kipu.delete_experiment(experiment)
    assert gc("--dry-run").stdout.splitlines() == [
        f"Run with ID {run_id} would be permanently deleted.",
        f"Experiment with ID {experiment} would be permanently deleted.",
    ]
    assert kipu.get_run(run_id).data.metrics == {"loss": 0.5}


def test_named_runs_alone_are_removed(gc: Gc) -> None:
    named, other = a_run(), a_run()
    experiment = kipu.create_experiment("deleted, but not named")
    kipu.delete_experiment(experiment)
    for run_id in (named, other):
        kipu.delete_run(run_id)
    assert removed("Run", named) in gc("--run-ids", named).stdout
    assert kipu.get_run(other).info.lifecycle_stage == "deleted"
    assert kipu.get_experiment(experiment).lifecycle_stage == "deleted"


@pytest.mark.parametrize(
    ("option", "make"),
    [("--run-ids", a_run), ("--experiment-ids", lambda: kipu.create_experiment("active"))],
)
def test_what_is_active_is_refused_by_name(gc: Gc, option: str, make: Callable[[], str]) -> None:
    active, doomed = make(), a_run()
    kipu.delete_run(doomed)
    result = gc(option, active)
    assert result.exit_code == 1
    assert f"{active} is not deleted" in result.stderr
    assert kipu.get_run(doomed).info.lifecycle_stage == "deleted"


def test_what_is_not_there_is_refused_by_name(gc: Gc) -> None:
    for option, id_ in (("--run-ids", "f" * 32), ("--experiment-ids", "99"),
                        ("--logged-model-ids", "m-1")):  # fmt: skip
        result = gc(option, id_)
        assert result.exit_code == 1
        assert id_ in result.stderr


def test_what_was_deleted_lately_can_be_spared(gc: Gc) -> None:
    run_id = a_run()
    kipu.delete_run(run_id)
    assert removed("Run", run_id) not in gc("--older-than", "1d2h").stdout
    named = gc("--older-than", "1d2h", "--run-ids", run_id)
    assert named.exit_code == 1
    assert "more recently than --older-than allows" in named.stderr
    for wrong in ("", "soon", "5", "3d later"):
        assert gc("--older-than", wrong).exit_code == 2
    assert removed("Run", run_id) in gc("--older-than", "0.001s").stdout


def test_an_experiment_with_a_restored_run_stays(gc: Gc) -> None:
    experiment = kipu.create_experiment("half")
    run_id, other = a_run(experiment), a_run(experiment)
    kipu.delete_experiment(experiment)
    kipu.restore_run(run_id)
    result = gc()
    assert result.exit_code == 0
    assert f"The experiment {experiment} stays: its run {run_id} was restored." in result.stderr
    assert removed("Run", other) in result.stdout
    assert kipu.get_run(run_id).data.metrics == {"loss": 0.5}
    assert gc("--experiment-ids", experiment).exit_code == 1


def test_gc_removes_deleted_models_with_their_files(gc: Gc, fresh: Path) -> None:
    named, other, stays = (
        kipu.create_external_model(name=name).model_id for name in ("one", "two", "three")
    )
    client = kipu.MlflowClient()
    home = fresh / "mlruns" / "0" / "models"
    for model_id in (named, other, stays):
        (home / model_id / "artifacts").mkdir(parents=True, exist_ok=True)
        (home / model_id / "artifacts" / "weights").write_text("x" * 1000)
    for model_id in (named, other):
        client.delete_logged_model(model_id)
    assert gc("--logged-model-ids", stays).exit_code == 1
    result = gc("--logged-model-ids", named)
    assert removed("Logged model", named) in result.stdout
    assert removed("Logged model", other) in gc().stdout
    assert [folder.name for folder in home.iterdir()] == [stays]
    assert client.get_logged_model(stays).name == "three"


class PowerCutError(Exception):
    pass


def test_a_second_gc_completes_one_that_was_cut_off(
    gc: Gc, fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = kipu.create_experiment("tried")
    run_id = a_run(experiment)
    kipu.delete_experiment(experiment)

    def broken(*_: object) -> None:
        raise PowerCutError

    for moment in ("kipu.store.sql.purge.SqlPurge.purge_runs",
                   "kipu.store.sql.purge.SqlPurge.purge_experiment"):  # fmt: skip
        with monkeypatch.context() as patched:
            patched.setattr(moment, broken)
            assert isinstance(gc().exception, PowerCutError)
        assert not (fresh / "mlruns" / experiment / run_id).exists()
        assert gc("--dry-run").stdout.endswith(
            f"Experiment with ID {experiment} would be permanently deleted.\n"
        )
    assert gc().exit_code == 0
    assert gc("--dry-run").stdout == ""


def test_a_run_whose_artifacts_cannot_be_removed_stays(
    gc: Gc, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck, goes = a_run(), a_run()
    kipu.delete_run(stuck)
    kipu.delete_run(goes)
    delete = LocalBlobs.delete

    def refuse(self: LocalBlobs, path: str) -> None:
        if path == f"{stuck}/artifacts":
            raise PermissionError(13, "Permission denied", path)
        delete(self, path)

    with monkeypatch.context() as patched:
        patched.setattr(LocalBlobs, "delete", refuse)
        result = gc()
    assert result.exit_code == 1
    assert f"The run {stuck} stays: its artifacts cannot be removed" in result.stderr
    assert result.stdout.splitlines()[0] == removed("Run", goes)
    assert kipu.get_run(stuck).data.metrics == {"loss": 0.5}
    assert removed("Run", stuck) in gc().stdout


def test_points_that_a_store_refused_go_with_their_run(gc: Gc, fresh: Path) -> None:
    doomed, stays = a_run(), a_run()
    kipu.delete_run(doomed)
    aside = fresh / "mlruns" / "journal" / "rejected"
    aside.mkdir()
    for run_id in (doomed, stays):
        (aside / f"{run_id}-0123456789abcdef{SUFFIX}").touch()
    gc()
    assert [file.name.partition("-")[0] for file in aside.iterdir()] == [stays]


def test_a_place_that_somebody_chose_is_not_removed(gc: Gc, fresh: Path) -> None:
    chosen = fresh / "shared"
    (chosen / "models").mkdir(parents=True)
    experiment = kipu.create_experiment("elsewhere", str(chosen))
    run_id = a_run(experiment)
    kipu.delete_experiment(experiment)
    assert gc().exit_code == 0
    assert not (chosen / run_id).exists()
    assert (chosen / "models").is_dir()


def test_gc_works_beside_a_server(gc: Gc, fresh: Path) -> None:
    with kipu_server(fresh) as server:
        client = kipu.MlflowClient(server.uri)
        doomed = client.create_run("0").info.run_id
        stays = client.create_run("0").info.run_id
        for run_id in (doomed, stays):
            client.log_batch(run_id, [Metric("m", 1.0, 1, 1)], synchronous=True)
            client.log_text(run_id, "text", "a.txt")
            assert client.get_run(run_id).data.metrics == {"m": 1.0}
        client.delete_run(doomed)
        store = f"sqlite:///{fresh}/kipu.db"
        lost = gc("--backend-store-uri", store)
        assert lost.exit_code == 1
        assert "--artifacts-destination" in lost.stderr
        assert client.get_run(doomed).info.lifecycle_stage == "deleted"

        result = gc("--backend-store-uri", store, "--artifacts-destination", f"{fresh}/artifacts")
        assert result.exit_code == 0, result.output
        assert not (fresh / "artifacts" / "0" / doomed).exists()
        for use in (client.get_run, client.restore_run):
            with pytest.raises(MlflowException) as caught:
                use(doomed)
            assert caught.value.error_code == "RESOURCE_DOES_NOT_EXIST"
        with pytest.raises(MlflowException) as caught:
            client.log_batch(doomed, [Metric("m", 1.0, 2, 2)], synchronous=True)
        assert caught.value.error_code == "RESOURCE_DOES_NOT_EXIST"
        assert [run.info.run_id for run in client.search_runs(["0"], "", ViewType.ALL)] == [stays]

        client.delete_run(stays)
        through = gc("--backend-store-uri", store, "--tracking-uri", server.uri)
        assert through.exit_code == 0, through.output
        assert not any((fresh / "artifacts" / "0").glob("*/artifacts/*"))


def test_a_server_alone_is_no_store_to_remove_from(gc: Gc) -> None:
    result = gc("--tracking-uri", "http://127.0.0.1:1")
    assert result.exit_code == 1
    assert "--backend-store-uri" in result.stderr


@pytest.fixture
def many(fresh: Path) -> list[str]:
    """More deleted runs than one transaction takes."""
    store = open_store(str(fresh / "mlruns"))
    run_ids = [store.create_run("0", "u", at, [], "r").info.run_id for at in range(250)]
    for run_id in run_ids:
        store.delete_run(run_id)
    store.close()
    return run_ids


def test_many_runs_go_in_several_transactions(fresh: Path, many: list[str]) -> None:
    purge = Purge(str(fresh / "mlruns"))
    gone = [done.id for done in purge.run(purge.store.plan_purge(1 << 62)) if hasattr(done, "id")]
    assert sorted(gone) == sorted(many)
    assert purge.store.deleted_runs() == []
    purge.store.close()


def test_what_was_restored_since_it_was_planned_keeps_its_files(fresh: Path) -> None:
    experiment = kipu.create_experiment("tried")
    run_id, other = a_run(experiment), a_run()
    model_id = kipu.create_external_model(name="net", experiment_id=experiment).model_id
    kipu.delete_experiment(experiment)
    kipu.delete_run(other)
    purge = Purge(str(fresh / "mlruns"))
    plan = purge.store.plan_purge(1 << 62)
    kipu.MlflowClient().restore_experiment(experiment)
    done = list(purge.run(plan))
    purge.store.close()
    assert done[:3] == [
        Kept(f"The run {run_id} stays: it was restored."),
        Removed("run", other),
        Kept(f"The logged model {model_id} stays: it was restored."),
    ]
    assert isinstance(done[3], Kept)
    assert (fresh / "mlruns" / experiment / run_id / "artifacts/notes/a.txt").exists()
    assert kipu.get_logged_model(model_id).name == "net"


def test_what_lies_beside_the_artifacts_of_a_run_is_left_alone(gc: Gc, fresh: Path) -> None:
    run_id = a_run()
    kipu.delete_run(run_id)
    folder = fresh / "mlruns" / "0" / run_id
    (folder / "meta.yaml").write_text("of the files of MLflow from which the run was copied")
    assert removed("Run", run_id) in gc().stdout
    assert [file.name for file in folder.iterdir()] == ["meta.yaml"]
