"""Artifacts: logged, listed, downloaded, loaded."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from walk.step import Walk, step


def _tree(w: Walk, run: str, path: str | None = None) -> Any:
    found = []
    for info in w.client.list_artifacts(run, path):
        found.append([info.path, info.is_dir, info.file_size])
        if info.is_dir:
            found += _tree(w, run, info.path)
    return found


def _files(folder: Any) -> dict[str, int]:
    place = Path(folder)
    return {str(f.relative_to(place)): f.stat().st_size for f in place.rglob("*") if f.is_file()}


def _some(w: Walk) -> Path:
    """A folder with files, one of them deeper."""
    folder = w.folder()
    (folder / "deep/er").mkdir(parents=True)
    (folder / "a.txt").write_text("alpha")
    (folder / "deep/er/b.txt").write_text("beta")
    return folder


@step
def a_file_is_logged(w: Walk) -> Any:
    run = w.run("one file")
    w.client.log_artifact(run, str(_some(w) / "a.txt"))
    return _tree(w, run)


@step
def a_file_is_logged_into_a_folder(w: Walk) -> Any:
    run = w.run("one file in a folder")
    w.client.log_artifact(run, str(_some(w) / "a.txt"), "x/y")
    return _tree(w, run)


@step
def a_folder_is_logged_as_an_artifact(w: Walk) -> Any:
    run = w.run("a folder as artifact")
    place = w.folder() / "named"
    place.mkdir()
    (place / "f.txt").write_text("f")
    w.client.log_artifact(run, str(place))
    w.client.log_artifact(run, str(place), "under")
    return _tree(w, run)


@step
def a_folders_files_are_logged(w: Walk) -> Any:
    run = w.run("a folder's files")
    w.client.log_artifacts(run, str(_some(w)))
    w.client.log_artifacts(run, str(_some(w)), "again")
    return _tree(w, run)


@step
def an_empty_folder_leaves_nothing(w: Walk) -> Any:
    run = w.run("an empty folder")
    w.client.log_artifacts(run, str(w.folder()))
    return _tree(w, run)


@step
def an_empty_file_is_a_file(w: Walk) -> Any:
    run = w.run("an empty file")
    w.client.log_text(run, "", "empty.txt")
    return [_tree(w, run), Path(w.client.download_artifacts(run, "empty.txt")).read_text()]


@step
def a_file_is_overwritten(w: Walk) -> Any:
    run = w.run("overwritten")
    w.client.log_text(run, "first", "t.txt")
    w.client.log_text(run, "the second", "t.txt")
    return [_tree(w, run), Path(w.client.download_artifacts(run, "t.txt")).read_text()]


@step
def paths_of_any_characters_are_kept(w: Walk) -> Any:
    run = w.run("odd paths")
    names = ["ä ö.txt", "a+b&c=d.txt", "x;y,z.txt", "[b]{c}.txt", "q'u\"ote.txt"]
    for name in names:
        w.client.log_text(run, name, f"odd/{name}")
    fetched = Path(w.client.download_artifacts(run, "odd"))
    return [_tree(w, run), {f.name: f.read_text() for f in fetched.iterdir()}]


@step
def a_percent_sign_is_kept(w: Walk) -> Any:
    run = w.run("percent")
    w.client.log_text(run, "x", "per%cent.txt")
    return [_tree(w, run), Path(w.client.download_artifacts(run, "per%cent.txt")).read_text()]


@step
def what_is_not_there_cannot_be_logged(w: Walk) -> Any:
    run = w.run("nothing to log")
    missing = str(w.folder() / "missing")
    return w.outcomes(
        file=lambda: w.client.log_artifact(run, missing),
        unknown_run=lambda: w.client.log_text("0" * 32, "x", "x.txt"),
        read=lambda: _tree(w, run),
    )


@step
def a_missing_folders_files_cannot_be_logged(w: Walk) -> Any:
    run = w.run("no folder to log")
    missing = str(w.folder() / "missing")
    return [w.outcome(lambda: w.client.log_artifacts(run, missing)), _tree(w, run)]


@step
def paths_out_of_the_run_are_refused(w: Walk) -> Any:
    run = w.run("paths out")
    paths = ["../x.txt", "/x.txt", "a/../../x.txt", ".", ".."]
    return [w.each(paths, lambda path: w.client.log_text(run, "x", path)), _tree(w, run)]


@step
def paths_are_brought_to_their_shortest_form(w: Walk) -> Any:
    run = w.run("paths to shorten")
    paths = ["a//b.txt", "a/./c.txt", "./d.txt", "x/../e.txt"]
    return [w.each(paths, lambda path: w.client.log_text(run, "x", path)), _tree(w, run)]


@step
def texts_and_dicts_are_logged(w: Walk) -> Any:
    run = w.run("texts and dicts")
    w.client.log_text(run, "Grüße\n", "t/hello.txt")
    w.client.log_text(run, "<p>x</p>", "page.html")
    w.client.log_dict(run, {"b": [1, 2.5, None, True], "a": {"ä": "ü"}}, "d.json")
    w.client.log_dict(run, {"b": [1, 2.5, None, True], "a": {"ä": "ü"}}, "d.yaml")
    w.client.log_dict(run, {"x": 1}, "d.other")
    w.client.log_dict(run, [1, 2], "list.json")
    read = {}
    for name in ("t/hello.txt", "page.html", "d.json", "d.yaml", "d.other"):
        read[name] = Path(w.client.download_artifacts(run, name)).read_text("utf-8")
    return [_tree(w, run), read]


@step
def figures_and_images_are_logged(w: Walk) -> Any:
    import numpy as np

    run = w.run("images")
    picture = np.zeros((4, 6, 3), np.uint8)
    w.client.log_image(run, picture, "named.png")
    fetched = Path(w.client.download_artifacts(run, "named.png"))
    w.client.log_image(run, picture, key="dog", step=3, timestamp=1000)
    names = [path for path, folder, _ in _tree(w, run) if not folder]
    return [fetched.read_bytes()[:4].hex(), sorted(len(name.split("%")) for name in names)]


@step
def bad_images_are_refused(w: Walk) -> Any:
    import numpy as np

    run = w.run("bad images")
    log = w.client.log_image
    good = np.zeros((2, 2), np.uint8)
    return w.outcomes(
        neither=lambda: log(run, good),
        both=lambda: log(run, good, "a.png", key="k"),
        shape=lambda: log(run, np.zeros((2, 2, 5), np.uint8), "a.png"),
        flat=lambda: log(run, np.zeros(4, np.uint8), "a.png"),
    )


@step
def tables_are_logged_and_grow(w: Walk) -> Any:
    run = w.run("tables")
    m = w.mlflow
    w.client.log_table(run, {"x": [1, 2], "y": ["a", "b"]}, "t.json")
    w.client.log_table(run, {"x": [3], "y": ["c"]}, "t.json")
    m.set_experiment(w.name("artifacts"))
    whole = w.client.load_table(w.experiment(), "t.json", [run])
    extra = w.client.load_table(w.experiment(), "t.json", [run], extra_columns=["run_id"])
    return [
        whole.to_dict("list"),
        sorted(extra.columns),
        w.read(run).data.tags.get("mlflow.loggedArtifacts"),
        w.outcome(lambda: w.client.load_table(w.experiment(), "none.json", [run])),
    ]


@step
def a_stream_is_logged(w: Walk) -> Any:
    run = w.run("a stream")
    w.client.log_stream(run, io.BytesIO(b"bytes" * 100), "s/stream.bin")
    return _tree(w, run)


@step
def of_a_run_without_any_are_none(w: Walk) -> Any:
    return _tree(w, w.run("no artifacts"))


@step
def are_listed_below_a_path(w: Walk) -> Any:
    run = w.run("listed")
    w.client.log_artifacts(run, str(_some(w)))
    paths = [None, "", "deep", "deep/er", "deep/", "a.txt", "missing", "deep/er/b.txt"]
    return w.each(paths, lambda p: [[i.path, i.is_dir] for i in w.client.list_artifacts(run, p)])


@step
def are_listed_within_the_run_only(w: Walk) -> Any:
    run = w.run("listed within")
    w.client.log_text(run, "x", "x.txt")
    return w.each(
        ["..", "../..", "/", "/etc", "a/../..", "%2e%2e"],
        lambda path: [i.path for i in w.client.list_artifacts(run, path)],
    )


@step
def of_an_unknown_run_are_refused(w: Walk) -> Any:
    return w.outcomes(
        list=lambda: w.client.list_artifacts("0" * 32),
        download=lambda: w.client.download_artifacts("0" * 32, "x"),
    )


@step
def are_downloaded(w: Walk) -> Any:
    run = w.run("downloaded")
    w.client.log_artifacts(run, str(_some(w)))
    there = w.folder()
    return w.outcomes(
        file=lambda: Path(w.client.download_artifacts(run, "a.txt")).read_text(),
        deep=lambda: Path(w.client.download_artifacts(run, "deep/er/b.txt")).read_text(),
        folder=lambda: _files(w.client.download_artifacts(run, "deep")),
        all=lambda: _files(w.client.download_artifacts(run, "")),
        into=lambda: str(
            Path(w.client.download_artifacts(run, "deep/er/b.txt", str(there))).relative_to(there)
        ),
        into_left=lambda: _files(there),
    )


@step
def that_are_not_there_cannot_be_downloaded(w: Walk) -> Any:
    run = w.run("nothing to download")
    w.client.log_text(run, "x", "there.txt")
    return w.each(
        ["missing.txt", "missing/deeper.txt"],
        lambda path: Path(w.client.download_artifacts(run, path)).exists(),
    )


@step
def out_of_the_run_cannot_be_downloaded(w: Walk) -> Any:
    run = w.run("downloads out")
    return w.each(["../x", "a/../../x"], lambda path: w.client.download_artifacts(run, path))


@step
def are_kept_when_a_run_is_deleted(w: Walk) -> Any:
    run = w.run("deleted with files")
    w.client.log_text(run, "x", "x.txt")
    w.client.delete_run(run)
    return w.outcomes(
        list=lambda: _tree(w, run),
        download=lambda: Path(w.client.download_artifacts(run, "x.txt")).read_text(),
        restore=lambda: w.client.restore_run(run),
        after=lambda: _tree(w, run),
    )


@step
def are_logged_into_a_deleted_run(w: Walk) -> Any:
    run = w.run("deleted before files")
    w.client.delete_run(run)
    return [w.outcome(lambda: w.client.log_text(run, "x", "x.txt")), _tree(w, run)]


@step
def of_some_megabytes_come_back_whole(w: Walk) -> Any:
    import hashlib

    run = w.run("large")
    data = bytes(range(256)) * 20_000
    place = w.folder() / "large.bin"
    place.write_bytes(data)
    w.client.log_artifact(run, str(place))
    back = Path(w.client.download_artifacts(run, "large.bin")).read_bytes()
    return [len(back), hashlib.sha256(back).hexdigest() == hashlib.sha256(data).hexdigest()]


@step
def are_written_fluently(w: Walk) -> Any:
    m = w.mlflow
    m.set_experiment(w.name("fluent artifacts"))
    with m.start_run(run_name="fluent") as run:
        m.log_artifact(str(_some(w) / "a.txt"), "one")
        m.log_artifacts(str(_some(w)), "many")
        m.log_text("text", "t.txt")
        m.log_dict({"a": 1}, "d.json")
        m.log_table({"x": [1]}, "table.json")
        uri = m.get_artifact_uri()
        deeper = m.get_artifact_uri("many/a.txt")
    run_id = run.info.run_id
    return [
        _tree(w, run_id), uri == run.info.artifact_uri, deeper == uri + "/many/a.txt",
        m.artifacts.load_text(f"runs:/{run_id}/t.txt"),
        m.artifacts.load_dict(f"runs:/{run_id}/d.json"),
        m.load_table("table.json", [run_id]).to_dict("list"),
    ]  # fmt: skip


@step
def are_written_to_the_given_run_fluently(w: Walk) -> Any:
    m = w.mlflow
    run = w.run("given", "fluent artifacts")
    m.log_text("text", "t.txt", run_id=run)
    m.log_dict({"a": 1}, "d.json", run_id=run)
    m.log_artifact(str(_some(w) / "a.txt"), run_id=run)
    return [_tree(w, run), m.active_run()]


@step
def are_found_by_their_address(w: Walk) -> Any:
    a = w.mlflow.artifacts
    run = w.run("addressed", "fluent artifacts")
    w.client.log_artifacts(run, str(_some(w)))
    uri = w.read(run).info.artifact_uri
    there = w.folder()
    return w.outcomes(
        by_run=lambda: Path(a.download_artifacts(run_id=run, artifact_path="a.txt")).read_text(),
        by_uri=lambda: Path(a.download_artifacts(f"runs:/{run}/deep/er/b.txt")).read_text(),
        by_place=lambda: Path(a.download_artifacts(f"{uri}/a.txt")).read_text(),
        into=lambda: _files(a.download_artifacts(f"runs:/{run}/deep", dst_path=str(there))),
        listed=lambda: [i.path for i in a.list_artifacts(f"runs:/{run}")],
        listed_deep=lambda: [i.path for i in a.list_artifacts(f"runs:/{run}/deep")],
        listed_by_run=lambda: [i.path for i in a.list_artifacts(run_id=run, artifact_path="deep")],
    )


@step
def addresses_that_cannot_be_are_refused(w: Walk) -> Any:
    a = w.mlflow.artifacts
    run = w.run("addressed badly", "fluent artifacts")
    return w.outcomes(
        nothing=lambda: a.download_artifacts(),
        both=lambda: a.download_artifacts(f"runs:/{run}/x", run_id=run),
        neither_listed=lambda: a.list_artifacts(),
        unknown_run=lambda: a.download_artifacts(f"runs:/{'0' * 32}/x"),
        text_missing=lambda: a.load_text(f"runs:/{run}/missing.txt"),
    )


@step
def that_are_no_json_are_no_dict(w: Walk) -> Any:
    run = w.run("no json", "fluent artifacts")
    w.client.log_text(run, "{not json", "bad.json")
    return w.mlflow.artifacts.load_dict(f"runs:/{run}/bad.json")
