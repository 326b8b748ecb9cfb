"""Where data came from: finding the kind of source, storing it, and fetching the data again."""

from __future__ import annotations

import http.server
import json
import sys
import threading
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, Self

import pytest

import kipu
from kipu.data import dataset_registry, dataset_source_registry, sources
from kipu.data.artifact_dataset_sources import LocalArtifactDatasetSource, S3ArtifactDatasetSource
from kipu.data.code_dataset_source import CodeDatasetSource
from kipu.data.dataset_source import DatasetSource
from kipu.data.dataset_source_registry import (
    get_registered_sources,
    register_dataset_source,
    resolve_dataset_source,
)
from kipu.data.delta_dataset_source import DeltaDatasetSource
from kipu.data.http_dataset_source import HTTPDatasetSource
from kipu.data.huggingface_dataset_source import HuggingFaceDatasetSource
from kipu.data.meta_dataset import MetaDataset
from kipu.data.spark_dataset_source import SparkDatasetSource
from kipu.data.uc_volume_dataset_source import UCVolumeDatasetSource
from kipu.exceptions import InvalidParameter, MlflowException, ResourceNotFound, Unavailable

HEADERS = {
    "/named": 'attachment; filename="given.csv"',
    "/path": 'attachment; filename="../given.csv"',
    "/dots": "attachment; filename=..",
}


class Site(http.server.BaseHTTPRequestHandler):
    """Four bytes at any address, but for those that are gone, short, or busy at first."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        busy = self.path == "/busy" and self.asked.count("/busy") < 3
        self.send_response(404 if self.path == "/gone" else 503 if busy else 200)
        if self.path in HEADERS:
            self.send_header("Content-Disposition", HEADERS[self.path])
        self.send_header("Content-Length", "9" if self.path == "/short" else "4")
        self.end_headers()
        self.wfile.write(b"a,b\n")

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", "0")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_BACKOFF_JITTER", "0")
    Site.asked.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def registries() -> Iterator[None]:
    yield
    get_registered_sources.cache_clear()
    dataset_registry.get_registered_constructors.cache_clear()


class TableSource(DatasetSource):
    """What a plug-in brings."""

    def __init__(self, name: str) -> None:
        self.name = name

    @staticmethod
    def _get_source_type() -> str:
        return "table"

    def load(self) -> Any:
        return self.name

    @staticmethod
    def _can_resolve(raw_source: Any) -> bool:
        return str(raw_source).startswith("table")

    @classmethod
    def _resolve(cls, raw_source: Any) -> Self:
        return cls(str(raw_source).removeprefix("table:"))

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name}

    @classmethod
    def from_dict(cls, source_dict: dict[Any, Any]) -> Self:
        return cls(source_dict["name"])


class BrokenSource(TableSource):
    @staticmethod
    def _can_resolve(raw_source: Any) -> bool:
        if raw_source == "table:unknowable":
            raise OSError("away")
        return TableSource._can_resolve(raw_source)

    @classmethod
    def _resolve(cls, raw_source: Any) -> Self:
        raise ValueError("out of order")


def test_a_local_file_is_its_own_copy_unless_another_is_wanted(tmp_path: Path) -> None:
    place = tmp_path / "x.csv"
    place.write_text("a,b\n")
    for raw in (place, str(place), place.as_uri()):
        source = resolve_dataset_source(raw)
        assert isinstance(source, LocalArtifactDatasetSource)
        assert source.load() == str(place)
        assert Path(source.load(tmp_path / "copy")).read_text() == "a,b\n"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResourceNotFound, match=r"gone\.csv"):
        resolve_dataset_source(tmp_path / "gone.csv").load()


def test_a_file_of_the_web_is_downloaded_whole(site: str, tmp_path: Path) -> None:
    for path, name in (
        ("/x.csv?y=/z", "x.csv"), ("/named", "given.csv"), ("/", "dataset_source"),
        ("/..", "dataset_source"),
    ):  # fmt: skip
        place = Path(HTTPDatasetSource(site + path).load(tmp_path / "new"))
        assert (place.name, place.read_bytes()) == (name, b"a,b\n")
        assert place.parent == tmp_path / "new"
    assert Path(HTTPDatasetSource(site + "/x").load()).read_bytes() == b"a,b\n"


def test_a_server_cannot_choose_the_folder(site: str, tmp_path: Path) -> None:
    for path in ("/path", "/dots"):
        with pytest.raises(InvalidParameter, match="a path, not a name"):
            HTTPDatasetSource(site + path).load(tmp_path / "new")
    assert list(tmp_path.rglob("*")) == []


def test_nothing_of_a_broken_download_stays(site: str, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="missing"):
        HTTPDatasetSource(site + "/short").load(tmp_path)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(MlflowException, match="404") as caught:
        HTTPDatasetSource(site + "/gone").load(tmp_path)
    assert caught.value.get_http_status_code() == 404
    with pytest.raises(Unavailable):
        HTTPDatasetSource("http://127.0.0.1:9/x").load(tmp_path)
    with pytest.raises(InvalidParameter, match="http"):
        HTTPDatasetSource("file:///etc/hostname").load(tmp_path)


def test_a_busy_server_is_asked_again(site: str, tmp_path: Path) -> None:
    assert Path(HTTPDatasetSource(site + "/busy").load(tmp_path)).read_bytes() == b"a,b\n"
    assert Site.asked == ["/busy"] * 3
    Site.asked.clear()
    with pytest.raises(MlflowException, match="404"):
        HTTPDatasetSource(site + "/gone").load(tmp_path)
    assert Site.asked == ["/gone"]


def test_a_folder_that_cannot_be_written_is_no_fault_of_the_server(
    site: str, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FileExistsError):
        HTTPDatasetSource(site + "/x").load(tmp_path / "file")


def test_the_last_kind_that_knows_a_source_wins_with_a_warning() -> None:
    register_dataset_source(TableSource)
    with pytest.warns(UserWarning, match="taken for a TableSource"):
        source = resolve_dataset_source("table_a")
    assert (type(source), source.load()) == (TableSource, "table_a")
    assert isinstance(
        resolve_dataset_source("table_a", [LocalArtifactDatasetSource]), LocalArtifactDatasetSource
    )
    assert isinstance(kipu.data.get_dataset_source_from_json('{"name": "a"}', "table"), TableSource)
    assert sources.TableSource is TableSource
    assert "TableSource" in dir(sources)


def test_a_kind_that_fails_is_passed_over_with_a_warning() -> None:
    register_dataset_source(TableSource)
    register_dataset_source(BrokenSource)
    several = pytest.warns(UserWarning, match="taken for a BrokenSource")
    with several, pytest.warns(UserWarning, match="out of order"):
        assert type(resolve_dataset_source("table:a", [TableSource])) is TableSource
    with pytest.warns(UserWarning, match="away"):
        assert type(resolve_dataset_source("table:unknowable", [TableSource])) is TableSource


def test_what_no_kind_knows_is_not_found() -> None:
    with pytest.raises(ResourceNotFound, match="unknown://x"):
        resolve_dataset_source("unknown://x")
    with pytest.raises(ResourceNotFound, match="No kind"):
        resolve_dataset_source("http://[half")
    with pytest.raises(ResourceNotFound, match="'nothing'"):
        kipu.data.get_dataset_source_from_json("{}", "nothing")
    with pytest.raises(InvalidParameter, match="A S3ArtifactDatasetSource needs"):
        S3ArtifactDatasetSource.from_dict({})


def from_table(name: str | None = None, digest: str | None = None) -> MetaDataset:
    """What a plug-in brings; the annotation is postponed."""
    return MetaDataset(TableSource("t"), name, digest)


def test_plug_ins_bring_kinds_and_constructors(monkeypatch: pytest.MonkeyPatch) -> None:
    points = {
        "mlflow.dataset_source": [("a", "TableSource"), ("b", "gone")],
        "mlflow.dataset_constructor": [("from_table", "from_table"), ("make", "from_table")],
    }
    module: Any = ModuleType("a_plug_in")
    module.TableSource, module.from_table = TableSource, from_table
    monkeypatch.setitem(sys.modules, "a_plug_in", module)

    def entry_points(group: str) -> list[EntryPoint]:
        return [EntryPoint(name, f"a_plug_in:{what}", group) for name, what in points[group]]

    monkeypatch.setattr(dataset_source_registry, "entry_points", entry_points)
    monkeypatch.setattr(dataset_registry, "entry_points", entry_points)
    get_registered_sources.cache_clear()
    dataset_registry.get_registered_constructors.cache_clear()
    with pytest.warns(UserWarning, match="a_plug_in:gone could not be loaded"):
        assert TableSource in get_registered_sources()
    with pytest.warns(UserWarning, match="begins with from_"):
        made = kipu.data.from_table(name="n")  # type: ignore[attr-defined]
    assert made.name == "n"
    assert "from_table" in dir(kipu.data)


def test_a_constructor_must_look_like_one() -> None:
    def from_nothing(name: str) -> MetaDataset:
        raise AssertionError(name)

    def from_number(name: str, digest: str) -> int:
        raise AssertionError(name, digest)

    assert dataset_registry.register_constructor(from_table) == "from_table"
    assert kipu.data.from_table is from_table  # type: ignore[attr-defined]
    for wrong, why in ((from_nothing, "digest"), (from_number, "return a Dataset")):
        with pytest.raises(InvalidParameter, match=why):
            dataset_registry.register_constructor(wrong)  # type: ignore[arg-type]
    with pytest.raises(InvalidParameter, match="begins with from_"):
        dataset_registry.register_constructor(from_table, "table")
    with pytest.raises(AttributeError, match="from_nothing"):
        kipu.data.from_nothing  # type: ignore[attr-defined]  # noqa: B018


def test_sources_that_need_a_library_say_which() -> None:
    for source, library in (
        (SparkDatasetSource(path="p"), "pyspark"), (SparkDatasetSource(sql="s"), "pyspark"),
        (DeltaDatasetSource(path="p"), "pyspark"), (HuggingFaceDatasetSource("p"), "datasets"),
    ):  # fmt: skip
        with pytest.raises(MlflowException, match=f"pip install {library}"):
            source.load()
    with pytest.raises(MlflowException, match="run the program again"):
        CodeDatasetSource({}).load()
    with pytest.raises(MlflowException, match="lies in Databricks"):
        UCVolumeDatasetSource("/Volumes/a/b/c/d").load()


def test_a_hub_source_loads_what_it_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    library: Any = ModuleType("datasets")
    library.load_dataset = lambda **told: told
    monkeypatch.setitem(sys.modules, "datasets", library)
    source = HuggingFaceDatasetSource.from_json(
        HuggingFaceDatasetSource("p", "c", split="train", revision="r").to_json()
    )
    told = source.load(streaming=True)
    assert told["name"] == "c"
    assert told["streaming"]
    assert "trust_remote_code" not in told
    assert HuggingFaceDatasetSource("p", trust_remote_code=True).load()["trust_remote_code"]
    assert HuggingFaceDatasetSource.from_json(HuggingFaceDatasetSource("p").to_json()).split is None
    with pytest.raises(KeyError, match="split"):
        source.load(split="test")


def test_a_table_of_a_databricks_catalog_says_so() -> None:
    source = DeltaDatasetSource(delta_table_name="main.s.t", delta_table_version=2)
    assert json.loads(source.to_json()) == {
        "delta_table_name": "main.s.t",
        "delta_table_version": 2,
        "is_databricks_uc_table": True,
        "delta_table_id": None,
    }
    again = DeltaDatasetSource.from_json(source.to_json())
    assert (again.delta_table_version, again.path, again.delta_table_id) == (2, None, None)
