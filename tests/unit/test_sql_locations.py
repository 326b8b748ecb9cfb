"""Artifact locations: kept relative where the artifacts travel with the database."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kipu.store.open import PROXY_ROOT, open_store
from kipu.store.sql.locations import Locations, join


@pytest.mark.parametrize(
    ("location", "joined"),
    [
        ("/a/b", "/a/b/x/y"),
        ("/a/b/", "/a/b/x/y"),
        ("mlflow-artifacts:/", "mlflow-artifacts:/x/y"),
        ("file:///a", "file:///a/x/y"),
        ("s3://bucket", "s3://bucket/x/y"),
        ("s3://bucket/p?versions=1", "s3://bucket/p/x/y?versions=1"),
        ("/what?/a", "/what?/a/x/y"),
        ("0", "0/x/y"),
    ],
)
def test_paths_are_put_behind_any_location(location: str, joined: str) -> None:
    assert join(location, "x", "y") == joined


@pytest.mark.parametrize("root", ["/data/mlruns", "mlflow-artifacts:/", "file:///data", "C:\\runs"])
def test_what_is_kept_leads_back(root: str) -> None:
    for portable in (True, False):
        locations = Locations(root, portable)
        for named in (join(root, "some", "where"), "s3://b/x", "/elsewhere", root + "x/y"):
            assert locations.resolved(locations.kept(named)) == named
        assert locations.resolved(locations.of_new_experiment("7")) == join(root, "7")


def test_only_portable_stores_keep_relative_locations() -> None:
    assert Locations("/data", portable=True).kept("/data/a/b") == "a/b"
    assert Locations("/data", portable=True).kept("/data") == "/data"
    assert Locations("/data", portable=True).kept("/data2/a") == "/data2/a"
    assert Locations("/data", portable=False).kept("/data/a/b") == "/data/a/b"
    assert Locations("/data", portable=False).of_new_experiment("7") == "/data/7"


def test_a_folder_that_is_moved_still_finds_its_artifacts(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    store = open_store(str(before))
    named = store.create_experiment("named", str(before / "here"), [])
    elsewhere = store.create_experiment("elsewhere", "s3://bucket/x", [])
    ids = [store.create_run(one, "u", 1, [], "r").info.run_id for one in ("0", named, elsewhere)]
    for run_id in ids:
        store.update_run_info(run_id, "FINISHED", 2, None)
        store.get_run(run_id)  # so that its document is put away
    model = store.create_logged_model("0", "m", None, [], [], None)
    store.close()
    shutil.move(before, after)
    store = open_store(str(after))
    assert store.get_experiment(named).artifact_location == f"{after}/here"
    assert [store.get_run(run_id).info.artifact_uri for run_id in ids] == [
        f"{after}/0/{ids[0]}/artifacts",
        f"{after}/here/{ids[1]}/artifacts",
        f"s3://bucket/x/{ids[2]}/artifacts",
    ]
    found = store.get_logged_model(model.model_id).artifact_location
    assert found == f"{after}/0/models/{model.model_id}/artifacts"
    store.close()


def test_a_client_and_a_server_read_one_folder_each_in_its_own_words(tmp_path: Path) -> None:
    client = open_store(str(tmp_path))
    server = open_store(str(tmp_path), artifact_root=PROXY_ROOT)
    run_id = client.create_run("0", "u", 1, [], "r").info.run_id
    client.update_run_info(run_id, "FINISHED", 2, None)
    for _ in range(2):
        found = (client.get_run(run_id).info, server.get_run(run_id).info)
        assert [info.artifact_uri for info in found] == [
            f"{tmp_path}/0/{run_id}/artifacts",
            f"mlflow-artifacts:/0/{run_id}/artifacts",
        ]
    made = server.create_experiment("by the server", None, [])
    assert client.get_experiment(made).artifact_location == f"{tmp_path}/{made}"
    client.close()
    server.close()


def test_a_server_with_artifacts_elsewhere_still_finds_those_of_the_folder(tmp_path: Path) -> None:
    client = open_store(str(tmp_path))
    run_id = client.create_run("0", "u", 1, [], "r").info.run_id
    server = open_store(str(tmp_path), artifact_root=PROXY_ROOT, portable=False)
    assert server.get_run(run_id).info.artifact_uri == f"{tmp_path}/0/{run_id}/artifacts"
    made = server.create_experiment("by the server", None, [])
    for store in (client, server):
        assert store.get_experiment(made).artifact_location == f"mlflow-artifacts:/{made}"
        store.close()


def test_a_database_keeps_where_its_first_owner_worked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "first")
    open_store(f"sqlite:///{tmp_path}/tracking.db").close()
    monkeypatch.chdir(tmp_path / "second")
    store = open_store(f"sqlite:///{tmp_path}/tracking.db")
    assert store.get_experiment("0").artifact_location == f"{tmp_path}/first/mlruns/0"
    store.close()
