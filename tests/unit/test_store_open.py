"""Where tracking URIs lead."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kipu.exceptions import InvalidParameter
from kipu.store.open import Place, locate, open_store


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("uri", ["a b", "./a b", "file:a%20b", "file://{}/a%20b", "{}/a b/"])
def test_a_folder_holds_everything(tmp_path: Path, uri: str) -> None:
    uri = uri.format(tmp_path)
    folder = tmp_path / "a b"
    assert locate(uri) == Place(
        uri, "folder", str(folder / "kipu.db"), folder / "journal", str(folder)
    )
    assert locate(uri).folder == folder


@pytest.mark.parametrize(
    "uri",
    [
        "sqlite:///a%20b.db",
        "sqlite:///a b.db",
        "sqlite:////{}/a%20b.db",
        "sqlite+pysqlite:///a b.db",
        "sqlite:///a b.db?timeout=3",
    ],
)
def test_a_database_stands_alone(tmp_path: Path, uri: str) -> None:
    place = locate(uri.format(str(tmp_path).lstrip("/")))
    assert place.kind == "sqlite"
    assert place.database == str(tmp_path / "a b.db")
    assert place.journal == tmp_path / "a b.db.journal"
    assert place.artifact_root == str(tmp_path / "mlruns")
    assert place.folder is None


def test_journals_for_a_server_lie_in_the_users_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIPU_HOME", str(tmp_path / "home"))
    place = locate("https://ada:secret@Track.example:5000/team/")
    assert (place.kind, place.artifact_root, place.folder) == ("http", None, None)
    assert place.journal.parent == tmp_path / "home" / "journal"
    assert place.journal.name.startswith("track.example-5000-")
    same = locate("https://track.example:5000/team")
    assert same.journal == place.journal
    assert locate("https://track.example:5000/other").journal != place.journal
    monkeypatch.delenv("KIPU_HOME")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert locate("http://x").journal.parent == tmp_path / "state" / "kipu" / "journal"


@pytest.mark.parametrize(
    ("uri", "why"),
    [
        ("postgresql://u:secret@host/db", "'postgresql', which Kipu cannot open yet"),
        ("mysql+pymysql://u:secret@host/db", "cannot open yet; it can be a folder"),
        ("databricks", "must name a folder"),
        ("", "must name a folder"),
        ("  ", "must name a folder"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("file://host/x", "names the host 'host'"),
    ],
)
def test_what_cannot_be_opened_is_explained_without_its_password(uri: str, why: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        locate(uri)
    assert why in caught.value.message
    assert "secret" not in caught.value.message


def test_runs_in_mlflows_file_layout_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mlruns" / "0").mkdir(parents=True)
    (tmp_path / "mlruns" / "0" / "meta.yaml").write_text("name: Default\n")
    with pytest.raises(InvalidParameter, match=r"kipu migrate-filestore --source .*mlruns "):
        open_store("mlruns")
    assert not (tmp_path / "mlruns" / "kipu.db").exists()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "runs.db").touch()
    with pytest.raises(InvalidParameter, match="write sqlite:///"):
        open_store("runs.db")


def test_a_server_is_no_store_to_open() -> None:
    with pytest.raises(InvalidParameter, match="is a server"):
        open_store("http://localhost:5000")


def test_odd_names_are_only_names(tmp_path: Path) -> None:
    for name in ("what?", "50%20", "a#b", "ünï"):
        store = open_store(f"{tmp_path}/{name}")
        assert store.get_experiment("0").artifact_location == f"{tmp_path}/{name}/0"
        store.close()
        assert (tmp_path / name / "kipu.db").exists()


def test_locating_loads_nothing_heavy() -> None:
    script = (
        "import sys; from kipu.store.open import locate; locate('mlruns'); "
        "print(sorted({'sqlalchemy', 'numpy', 'msgspec', 'alembic'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert out.stdout == "[]\n"
