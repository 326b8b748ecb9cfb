"""Copying MLflow's file layout: what is whole comes along, what is damaged is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import kipu
from kipu.cli import main
from kipu.client import MlflowClient
from kipu.entities import Metric, ViewType
from kipu.migration.filestore import FileStore
from kipu.store.open import open_store
from kipu.store.sql.adopt import SqlAdoption

NUMBER = "441157946289383731"
RUN = "e91585e8af664796953a3dcc71eaa549"
OTHER = "0193d0ad69c445ad951d0ca60cd14485"
MODEL = "m-db525585dfe644a989b342971ff571f1"

Migrate = Callable[..., Result]


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def write_experiment(root: Path, number: str, name: str, more: str = "") -> Path:
    meta = f"experiment_id: '{number}'\nname: {name}\nlifecycle_stage: active\n{more}"
    return write(root / number / "meta.yaml", meta).parent


def write_run(experiment: Path, run_id: str, more: str = "") -> Path:
    meta = (
        f"run_id: {run_id}\nrun_name: one\nstatus: 3\nstart_time: 1000\nend_time: 2000\n"
        f"lifecycle_stage: active\nuser_id: ana\nsource_type: 4\ntags: []\n{more}"
    )
    return write(experiment / run_id / "meta.yaml", meta).parent


@pytest.fixture
def mlruns(tmp_path: Path) -> Path:
    """Two experiments, two runs and a model, all whole."""
    root = tmp_path / "old" / "mlruns"
    write_experiment(root, "0", "Default", "creation_time: 5\n")
    experiment = write_experiment(
        root, NUMBER, "first", "artifact_location: /away/1\nlast_update_time: 7\n"
    )
    write(experiment / "tags/a/b", "nested")
    run = write_run(experiment, RUN, f"artifact_uri: /away/1/{RUN}/artifacts\n")
    write(run / "params/opt/lr", "0.1")
    write(run / "tags/team", "red\n")
    write(run / "metrics/loss", "1000 0.5 1\n1001 0.25 2\n")
    write_run(experiment, OTHER)
    return root


@pytest.fixture
def migrate(tmp_path: Path, mlruns: Path) -> Migrate:
    """Run the command from ``mlruns`` into the folder ``new``."""

    def run(*options: str, source: Path = mlruns) -> Result:
        words = ["--source", str(source), "--target", str(tmp_path / "new"), *options]
        return CliRunner().invoke(main, ["migrate-filestore", *words])

    return run


@pytest.fixture
def copy(fresh: Path) -> MlflowClient:
    """A client of the target."""
    return MlflowClient(str(fresh / "new"))


def history(client: MlflowClient, key: str, run_id: str = RUN) -> list[tuple[object, ...]]:
    return [
        (one.timestamp, one.value, one.step, one.dataset_name, one.dataset_digest)
        for one in client.get_metric_history(run_id, key)
    ]


def test_the_copy_has_ids_names_times_and_places(migrate: Migrate, copy: MlflowClient) -> None:
    done = migrate()
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    assert done.stdout.splitlines()[:2] == [
        "Default (0): 0 runs and 0 logged models",
        f"first ({NUMBER}): 2 runs and 0 logged models",
    ]
    assert copy.get_experiment("0").creation_time == 5
    found = copy.get_experiment(NUMBER)
    assert (found.name, found.tags, found.last_update_time) == ("first", {"a/b": "nested"}, 7)
    run = copy.get_run(RUN)
    assert run.info.artifact_uri == f"/away/1/{RUN}/artifacts"
    assert (run.info.status, run.info.start_time, run.info.end_time) == ("FINISHED", 1000, 2000)
    assert (run.data.params, run.data.tags) == ({"opt/lr": "0.1"}, {"team": "red\n"})
    assert history(copy, "loss") == [(1000, 0.5, 1, None, None), (1001, 0.25, 2, None, None)]


def test_progress_can_be_silenced_and_the_folder_above_named(
    migrate: Migrate, mlruns: Path
) -> None:
    done = migrate("--no-progress", source=mlruns.parent)
    assert done.exit_code == 0
    (line,) = done.stdout.splitlines()
    assert line.startswith("Copied 2 runs and 0 models of 2 experiments to ")


def test_every_kind_of_metric_line_is_read(
    migrate: Migrate, mlruns: Path, copy: MlflowClient
) -> None:
    lines = "5 1.5\n6 nan 3\n7 -inf -4\n8 2.0 1 my data d1\n\n"
    write(mlruns / NUMBER / RUN / "metrics/odd", lines)
    assert migrate().exit_code == 0
    found = history(copy, "odd")
    assert str(found[1][1]) == "nan"
    assert [one[::2] for one in found] == [
        (5, 0, None), (6, 3, None), (7, -4, None), (8, 1, "d1")
    ]  # fmt: skip
    assert found[3][3] == "my data"


DAMAGE = {
    "a cut line": (f"{NUMBER}/{RUN}/metrics/loss", "1 0.5 1\n2 0.5 1", "Line 2: '2 0.5 1' was not"),
    "words": (f"{NUMBER}/{RUN}/metrics/loss", "1 0.5 1\na b c\n", "Line 2: 'a b c' is no point"),
    "four fields": (f"{NUMBER}/{RUN}/metrics/loss", "1 0.5 1 x\n2 1 2\n", "Line 1: '1 0.5 1 x'"),
    "a time before 1970": (f"{NUMBER}/{RUN}/metrics/loss", "-1 0.5 1\n2 1 2\n", "Line 1: The time"),
    "no points": (f"{NUMBER}/{RUN}/metrics/void", "\n", "It holds no point."),
    "a metric's name": (f"{NUMBER}/{RUN}/metrics/lo$$", "1 1 1\n", "'$' is not allowed"),
    "a param's name": (f"{NUMBER}/{RUN}/params/a?", "x", "'?' is not allowed"),
    "a tag's name": (f"{NUMBER}/{RUN}/tags/a*", "x", "'*' is not allowed"),
    "an input": (f"{NUMBER}/{RUN}/inputs/1/meta.yaml", "source_type: DATASET\n", "no source_id"),
    "an output": (f"{NUMBER}/{RUN}/outputs/m-1/meta.yaml", "[", "It is no YAML"),
    "a model": (f"{NUMBER}/models/m-1/meta.yaml", "model_id: m-2\n", "another model, m-2"),
    "a run": (f"{NUMBER}/{'a' * 32}/meta.yaml", "", "It is empty"),
    "another run": (f"{NUMBER}/{'a' * 32}/meta.yaml", f"run_id: {RUN}\n", "another run"),
    "a moved run": (
        f"{NUMBER}/{'a' * 32}/meta.yaml", f"run_id: {'a' * 32}\nexperiment_id: 5\n", "belongs to",
    ),
    "a status": (
        f"{NUMBER}/{'a' * 32}/meta.yaml", f"run_id: {'a' * 32}\nstatus: 9\n", "No run status 9",
    ),
    "a time": (
        f"{NUMBER}/{'a' * 32}/meta.yaml", f"run_id: {'a' * 32}\nstart_time: soon\n", "'soon' is no",
    ),
    "an experiment": ("77/meta.yaml", "experiment_id: 77\n", "It has no name"),
    "its id": ("77/meta.yaml", "experiment_id: 78\nname: a\n", "another experiment, 78"),
    "no number": ("notes/meta.yaml", "experiment_id: notes\nname: a\n", "no number for a name"),
    "an id that is taken": (f".trash/{NUMBER}/meta.yaml", "name: a\n", "has this id, too"),
    "a name that is taken": ("77/meta.yaml", "experiment_id: 77\nname: first\n", "has the name"),
    "a registered model": ("models/a:b/meta.yaml", "name: a:b\n", "no slash and no colon"),
}  # fmt: skip


@pytest.mark.parametrize(("path", "text", "reason"), DAMAGE.values(), ids=DAMAGE)
def test_damage_is_named_and_the_rest_is_copied(
    migrate: Migrate, mlruns: Path, copy: MlflowClient, path: str, text: str, reason: str
) -> None:
    write(mlruns / path, text)
    done = migrate()
    assert done.exit_code == 1
    told, total = done.stderr.splitlines()
    file, _, why = told.partition(": ")
    assert str(mlruns / path).startswith(file)
    assert reason in why
    assert total == "Error: 1 pieces could not be copied; they are named above."
    run = copy.get_run(RUN)
    assert len(history(copy, "loss")) == (1 if path.endswith("loss") else 2)
    assert (run.data.params, run.data.tags) == ({"opt/lr": "0.1"}, {"team": "red\n"})
    assert len(copy.search_runs(["0", NUMBER])) == 2
    assert len(copy.search_experiments()) == 2


def test_a_run_that_is_there_twice_is_named(
    migrate: Migrate, mlruns: Path, copy: MlflowClient
) -> None:
    twice = write_run(write_experiment(mlruns, "77", "other"), RUN)
    done = migrate()
    assert done.exit_code == 1
    assert f"{twice}: A run of another experiment has this id, too." in done.stderr
    assert copy.get_run(RUN).info.experiment_id == NUMBER


def test_a_missing_description_is_named(migrate: Migrate, mlruns: Path, copy: MlflowClient) -> None:
    (mlruns / NUMBER / OTHER / "meta.yaml").unlink()
    write(mlruns / NUMBER / RUN / "tags/bad", "").write_bytes(b"\xff")
    done = migrate()
    assert done.exit_code == 1
    assert set(done.stderr.splitlines()[:2]) == {
        f"{mlruns / NUMBER / OTHER / 'meta.yaml'}: It is missing.",
        f"{mlruns / NUMBER / RUN / 'tags/bad'}: It is not text in UTF-8.",
    }
    assert [run.info.run_id for run in copy.search_runs([NUMBER])] == [RUN]


def test_a_second_start_completes_what_was_broken_off(
    migrate: Migrate, copy: MlflowClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = SqlAdoption.adopt_run

    def broken(self: SqlAdoption, run: kipu.entities.Run, *rest: object) -> bool:
        if run.info.run_id == RUN:
            raise KeyboardInterrupt
        return whole(self, run, *rest)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(SqlAdoption, "adopt_run", broken)
        assert migrate().exit_code == 1
    assert [run.info.run_id for run in copy.search_runs([NUMBER])] == [OTHER]
    done = migrate()
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1].endswith("1 more were there already.")
    assert len(copy.search_runs([NUMBER])) == 2
    assert len(history(copy, "loss")) == 2


def test_a_target_that_holds_something_else_is_refused(
    migrate: Migrate, copy: MlflowClient
) -> None:
    mine = copy.create_run("0").info.run_id
    done = migrate()
    assert done.exit_code == 1
    assert f"holds the run {mine}" in done.stderr
    number = copy.create_experiment("mine")
    assert f"holds the experiment {number}" in migrate().stderr
    assert {one.name for one in copy.search_experiments(ViewType.ALL)} == {"Default", "mine"}


def test_what_is_no_file_store_is_refused_and_nothing_made(
    migrate: Migrate, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    done = migrate(source=tmp_path / "empty")
    assert done.exit_code == 1
    assert "holds no experiments in MLflow's file layout" in done.stderr
    assert not (tmp_path / "new").exists()
    open_store(str(tmp_path / "ours")).close()
    assert "is a store of Kipu's already" in migrate(source=tmp_path / "ours").stderr
    result = CliRunner().invoke(
        main, ["migrate-filestore", "--source", str(tmp_path / "old"), "--target", "http://a"]
    )
    assert result.exit_code == 1
    assert "is a server" in result.stderr


def test_deleted_things_stay_deleted(migrate: Migrate, mlruns: Path, copy: MlflowClient) -> None:
    gone = write_experiment(mlruns / ".trash", "88", "gone", "last_update_time: 60\n")
    run = write_run(gone, "a" * 32)
    meta = run / "meta.yaml"
    meta.write_text(meta.read_text().replace("active", "deleted"))
    assert migrate().exit_code == 0
    assert copy.get_experiment("88").lifecycle_stage == "deleted"
    assert copy.get_run("a" * 32).info.lifecycle_stage == "deleted"
    copy.restore_experiment("88")
    assert copy.get_run("a" * 32).info.lifecycle_stage == "active"


def test_relative_places_begin_beside_mlruns(
    migrate: Migrate, mlruns: Path, copy: MlflowClient
) -> None:
    experiment = write_experiment(mlruns, "77", "old", "artifact_location: ./mlruns/77\n")
    write_run(experiment, "a" * 32, f"artifact_uri: ./mlruns/77/{'a' * 32}/artifacts\n")
    write(experiment / ("a" * 32) / "artifacts/a.txt", "hello")
    assert migrate().exit_code == 0
    assert copy.get_experiment("77").artifact_location == str(experiment)
    assert [one.path for one in copy.list_artifacts("a" * 32)] == ["a.txt"]


def test_the_points_of_a_model_go_with_their_run(
    migrate: Migrate, mlruns: Path, copy: MlflowClient, tmp_path: Path
) -> None:
    model = mlruns / NUMBER / "models" / MODEL
    write(model / "meta.yaml", f"model_id: {MODEL}\nname: net\nstatus: 2\ncreation_timestamp: 1\n")
    write(model / "metrics/loss", f"1000 0.5 1 {RUN}\nbad\n")
    done = migrate()
    assert "Line 1" not in done.stderr
    assert f"{model / 'metrics/loss'}: Line 2: 'bad' has 1 fields" in done.stderr
    assert copy.get_logged_model(MODEL).metrics == [
        Metric("loss", 0.5, 1000, 1, MODEL, None, None, RUN)
    ]
    copy.delete_run(RUN)
    store = open_store(str(tmp_path / "new"))
    store.purge_runs([RUN])
    assert store.get_logged_model(MODEL).metrics is None
    store.close()


def test_many_points_come_in_parts(mlruns: Path, tmp_path: Path) -> None:
    lines = "".join(f"{step} {step / 7} {step}\n" for step in range(450_000))
    write(mlruns / NUMBER / RUN / "metrics/long", lines)
    told: list[str] = []
    store = open_store(str(tmp_path / "many"))
    for _ in FileStore(mlruns, lambda path, why: told.append(f"{path}: {why}")).copy(store):
        pass
    assert told == []
    (long,) = (one for one in store.metric_summaries(RUN) if one.key == "long")
    assert (long.count, long.max, long.step) == (450_000, 449_999 / 7, 449_999)
    store.close()


def test_what_cannot_be_read_is_named(migrate: Migrate, mlruns: Path) -> None:
    link = mlruns / NUMBER / RUN / "params/lost"
    link.symlink_to(mlruns / "nowhere")
    done = migrate()
    assert done.exit_code == 1
    assert f"{link}: It cannot be read: No such file or directory." in done.stderr


def test_a_registry_alone_is_copied(mlruns: Path, migrate: Migrate, copy: MlflowClient) -> None:
    models = mlruns.parent / "registry/models"
    write(models / "shop/meta.yaml", "name: shop\ncreation_timestamp: 3\n")
    write(models / "shop/version-2/meta.yaml", "name: shop\nsource: s3://a/b\nversion: 2\n")
    write(models / "shop/aliases/best", "2")
    write(models / "shop/aliases/lost", "9")
    done = migrate(source=models.parent)
    assert done.exit_code == 1
    assert "aliases/lost: It names the version '9', which was not copied." in done.stderr
    assert copy.get_registered_model("shop").aliases == {"best": "2"}
    assert copy.get_model_version_by_alias("shop", "best").source == "s3://a/b"


def test_experiments_update_has_nothing_to_change(fresh: Path) -> None:
    def update(*words: str) -> Result:
        return CliRunner().invoke(main, ["experiments", "update", *words])

    done = update("--experiment-id", "0")
    assert (done.exit_code, done.stdout) == (
        0, "Experiment with id 0 has no settings to update.\n"
    )  # fmt: skip
    assert update("-x", "77").exit_code == 1
    assert "No Experiment with id=77" in update("-x", "77").stderr
    for words in (("--trace-archive-now",), ("--trace-archival-retention", "30d")):
        refused = update("-x", "0", *words)
        assert refused.exit_code == 2
        assert "Kipu keeps no traces" in refused.stderr
