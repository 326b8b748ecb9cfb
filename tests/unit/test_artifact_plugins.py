"""Artifact stores and experiments that other packages bring."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import kipu
from kipu.blobs import plugin
from kipu.blobs.interface import BlobStore
from kipu.blobs.open import open_blobs
from kipu.entities import FileInfo
from kipu.exceptions import InvalidParameter, MlflowException
from kipu.fluent import default_experiment
from kipu.plugins import Registry
from kipu.store.artifact.artifact_repo import ArtifactRepository
from kipu.tracking.default_experiment.abstract_context import DefaultExperimentProvider


class Drawer(ArtifactRepository):
    """Files under ``drawer:/folder``, kept as a plug-in would keep them elsewhere."""

    def _place(self, path: str | None) -> Path:
        return Path(self.artifact_uri.removeprefix("drawer:"), path or "")

    def log_artifact(self, local_file: str, artifact_path: str | None = None) -> None:
        self._place(artifact_path).mkdir(parents=True, exist_ok=True)
        shutil.copy(local_file, self._place(artifact_path))

    def log_artifacts(self, local_dir: str, artifact_path: str | None = None) -> None:
        shutil.copytree(local_dir, self._place(artifact_path), dirs_exist_ok=True)

    def list_artifacts(self, path: str | None = None) -> list[FileInfo]:
        place = self._place(path)
        return [
            FileInfo(
                str(found.relative_to(self._place(None))),
                found.is_dir(),
                None if found.is_dir() else found.stat().st_size,
            )
            for found in (place.iterdir() if place.is_dir() else ())
        ]

    def _download_file(self, remote_file_path: str, local_path: str) -> None:
        shutil.copyfile(self._place(remote_file_path), local_path)

    def delete_artifacts(self, artifact_path: str | None = None) -> None:
        shutil.rmtree(self._place(artifact_path))


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package whose entry points name the class above."""
    info = tmp_path / "site" / "drawers-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: drawers\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[mlflow.artifact_repository]\ndrawer = drawers:Drawer\nold = drawers:old\n"
    )
    (tmp_path / "site" / "drawers.py").write_text("Drawer = old = None\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    import drawers  # type: ignore[import-not-found]

    monkeypatch.setattr(drawers, "Drawer", Drawer)
    monkeypatch.setattr(
        drawers, "old", lambda artifact_uri: Drawer(artifact_uri.replace("old:", "drawer:"))
    )
    plugin.maker.cache_clear()
    yield
    plugin.maker.cache_clear()


@pytest.fixture
def blobs(installed: None, tmp_path: Path) -> BlobStore:
    return open_blobs(f"drawer:{tmp_path}/drawer", "http://127.0.0.1:1")


def test_files_go_there_and_come_back(blobs: BlobStore, tmp_path: Path) -> None:
    blobs.put("a/b.txt", io.BytesIO(b"0123456789"), 10)
    (tmp_path / "local").write_bytes(b"other")
    blobs.put_file("c.txt", tmp_path / "local")
    assert (tmp_path / "drawer" / "a" / "b.txt").read_bytes() == b"0123456789"
    assert blobs.list() == [FileInfo("a", True), FileInfo("c.txt", False, 5)]
    assert blobs.list("a") == [FileInfo("a/b.txt", False, 10)]
    assert blobs.list("c.txt") == blobs.list("nothing") == []
    assert [blobs.is_dir(path) for path in ("", "a", "c.txt")] == [True, True, False]
    whole, part = blobs.open("a/b.txt"), blobs.open("a/b.txt", 2, 5)
    assert (whole.size, b"".join(whole.chunks)) == (10, b"0123456789")
    assert (part.size, b"".join(part.chunks)) == (10, b"234")
    blobs.delete("a")
    assert not blobs.is_dir("a")


def test_what_does_not_fit_is_refused(blobs: BlobStore, tmp_path: Path) -> None:
    with pytest.raises(InvalidParameter, match="10 bytes"):
        blobs.put("cut.txt", io.BytesIO(b"012"), 10)
    assert blobs.list() == []
    with pytest.raises(InvalidParameter, match=r"\.\."):
        blobs.put("../out.txt", io.BytesIO(b""))
    blobs.put("a/b.txt", io.BytesIO(b"0"))
    with pytest.raises(InvalidParameter, match="folder"):
        blobs.open("a")


def test_older_plugins_take_the_uri_alone(installed: None, tmp_path: Path) -> None:
    blobs = open_blobs(f"old:{tmp_path}/drawer", "http://127.0.0.1:1")
    blobs.put("a.txt", io.BytesIO(b"1"))
    assert (tmp_path / "drawer" / "a.txt").read_bytes() == b"1"


def test_a_scheme_that_nobody_knows_is_refused(installed: None) -> None:
    with pytest.raises(InvalidParameter, match="plug-in"):
        open_blobs("cupboard:/x")


@pytest.mark.usefixtures("fresh", "installed")
def test_the_artifacts_of_an_experiment_lie_there(tmp_path: Path) -> None:
    experiment = kipu.create_experiment("kept", f"drawer:{tmp_path}/drawer")
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots" / "a.svg").write_text("<svg/>")
    with kipu.start_run(experiment_id=experiment) as run:
        kipu.log_text("good", "notes/n.md")
        kipu.log_artifacts(str(tmp_path / "plots"), "plots")
        assert kipu.get_artifact_uri("notes") == (
            f"drawer:{tmp_path}/drawer/{run.info.run_id}/artifacts/notes"
        )
    client = kipu.MlflowClient()
    assert [one.path for one in client.list_artifacts(run.info.run_id)] == ["notes", "plots"]
    assert kipu.artifacts.load_text(f"runs:/{run.info.run_id}/notes/n.md") == "good"
    place = client.download_artifacts(run.info.run_id, "", str(tmp_path / "copy"))
    assert Path(place, "plots", "a.svg").read_text() == "<svg/>"


def test_a_repository_downloads_with_what_its_class_says(tmp_path: Path) -> None:
    repository = Drawer(f"drawer:{tmp_path}/drawer")
    (tmp_path / "x").write_text("1")
    repository.log_artifact(str(tmp_path / "x"), "a/b")
    assert Path(repository.download_artifacts("a/b/x")).read_text() == "1"
    whole = repository.download_artifacts("", str(tmp_path / "copy"))
    assert Path(whole, "a", "b", "x").read_text() == "1"
    assert repository.get_local_path("a") is None
    assert repository.max_workers > 0
    with pytest.raises(MlflowException) as refused:
        ArtifactRepository.delete_artifacts(repository)
    assert refused.value.error_code == "NOT_IMPLEMENTED"


@pytest.mark.usefixtures("fresh")
def test_a_package_knows_the_experiment_where_nobody_chose_one(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Job(DefaultExperimentProvider):
        def in_context(self) -> bool:
            return True

        def get_experiment_id(self) -> str:
            return made

    class Elsewhere(Job):
        def in_context(self) -> bool:
            return False

    class Broken(Job):
        def get_experiment_id(self) -> str:
            raise RuntimeError("no experiment today")

    made = kipu.create_experiment("of the job")
    registry: Registry[DefaultExperimentProvider] = Registry("none")
    for kind in (Broken, Elsewhere, Job):
        registry.register(kind)
    monkeypatch.setattr(default_experiment, "providers", registry)
    with kipu.start_run() as run:
        pass
    assert run.info.experiment_id == made
    assert "no experiment today" in caplog.text
    kipu.set_experiment("chosen")
    with kipu.start_run() as other:
        pass
    assert other.info.experiment_id != made
