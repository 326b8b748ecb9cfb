"""Files, texts, figures, images and tables of runs."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.figure
import numpy as np
import pandas as pd
import PIL.Image
import pytest
import yaml

import kipu
from kipu.entities import FileInfo
from kipu.exceptions import InvalidParameter, MlflowException, ResourceNotFound
from kipu.testing.served import application, on_port

mpl.use("agg")


@pytest.fixture
def run(fresh: Path) -> kipu.ActiveRun:
    return kipu.start_run()


def paths(run: kipu.ActiveRun, folder: str | None = None) -> list[str]:
    return [info.path for info in kipu.MlflowClient().list_artifacts(run.info.run_id, folder)]


def content(run: kipu.ActiveRun, path: str) -> str:
    return kipu.artifacts.load_text(f"runs:/{run.info.run_id}/{path}")


class TestFiles:
    def test_a_file_is_copied_under_its_name(self, run: kipu.ActiveRun, fresh: Path) -> None:
        (fresh / "a.txt").write_text("hello")
        kipu.log_artifact("a.txt")
        kipu.log_artifact(fresh / "a.txt", "deep/er")
        assert paths(run) == ["a.txt", "deep"]
        assert paths(run, "deep/er") == ["deep/er/a.txt"]
        assert content(run, "deep/er/a.txt") == "hello"

    def test_a_folder_is_copied_with_or_without_its_name(
        self, run: kipu.ActiveRun, fresh: Path
    ) -> None:
        (fresh / "out" / "sub").mkdir(parents=True)
        (fresh / "out" / "sub" / "b.txt").write_text("b")
        kipu.log_artifact("out")
        kipu.log_artifacts("out", "flat")
        assert paths(run) == ["flat", "out"]
        assert content(run, "out/sub/b.txt") == content(run, "flat/sub/b.txt") == "b"

    def test_what_is_not_there_is_refused(self, run: kipu.ActiveRun) -> None:
        with pytest.raises(FileNotFoundError, match="There is no file 'nothing'"):
            kipu.log_artifact("nothing")
        with pytest.raises(InvalidParameter, match="'nothing' is not a folder"):
            kipu.log_artifacts("nothing")

    @pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", "%2e%2e/x"])
    def test_no_path_leads_out(self, run: kipu.ActiveRun, path: str) -> None:
        with pytest.raises(InvalidParameter):
            kipu.log_text("x", path)

    def test_the_listing_tells_size_and_kind(self, run: kipu.ActiveRun) -> None:
        kipu.log_text("12345", "folder/five.txt")
        client = kipu.MlflowClient()
        assert client.list_artifacts(run.info.run_id) == [FileInfo("folder", True, None)]
        assert client.list_artifacts(run.info.run_id, "folder") == [
            FileInfo("folder/five.txt", False, 5)
        ]
        assert client.list_artifacts(run.info.run_id, "absent") == []

    def test_the_uri_of_an_artifact_names_its_place(self, run: kipu.ActiveRun) -> None:
        kipu.log_text("x", "a/b.txt")
        root = kipu.get_artifact_uri()
        assert root == run.info.artifact_uri
        assert kipu.get_artifact_uri("a/b.txt") == f"{root}/a/b.txt"
        assert kipu.artifacts.load_text(f"{root}/a/b.txt") == "x"


class TestDownloads:
    def test_a_local_artifact_is_found_where_it_lies(self, run: kipu.ActiveRun) -> None:
        kipu.log_text("x", "a/b.txt")
        place = kipu.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="a/b.txt")
        assert place == f"{run.info.artifact_uri}/a/b.txt"

    def test_a_folder_is_copied_to_a_destination(self, run: kipu.ActiveRun, fresh: Path) -> None:
        kipu.log_text("x", "a/b.txt")
        kipu.log_text("y", "a/c/d.txt")
        uri = f"runs:/{run.info.run_id}/a"
        place = Path(kipu.artifacts.download_artifacts(uri, dst_path="new/folder"))
        assert place == fresh / "new" / "folder" / "a"
        assert (place / "b.txt").read_text() == "x"
        assert (place / "c" / "d.txt").read_text() == "y"
        whole = kipu.MlflowClient().download_artifacts(run.info.run_id, "", "all")
        assert (Path(whole) / "a" / "c" / "d.txt").read_text() == "y"

    @pytest.mark.parametrize("path", ["", ".", "a/.."])
    def test_the_root_is_no_file(self, run: kipu.ActiveRun, fresh: Path, path: str) -> None:
        with pytest.raises(InvalidParameter, match="artifact"):
            kipu.log_text("x", path)
        with on_port(application(fresh / "served")) as uri:
            client = kipu.MlflowClient(uri)
            there = client.create_run("0").info.run_id
            with pytest.raises(InvalidParameter, match="artifact"):
                client.log_text(there, "x", path)

    def test_files_are_read_by_uri_and_by_path(self, fresh: Path) -> None:
        (fresh / "d.json").write_text('{"a": [1]}')
        assert kipu.artifacts.load_dict((fresh / "d.json").as_uri()) == {"a": [1]}
        assert kipu.artifacts.load_dict("d.json") == {"a": [1]}
        listed = kipu.artifacts.list_artifacts(str(fresh))
        assert [info.path for info in listed] == [f"{fresh.name}/d.json"]

    def test_what_is_not_there_is_told(self, run: kipu.ActiveRun) -> None:
        with pytest.raises(ResourceNotFound):
            kipu.artifacts.download_artifacts(f"runs:/{run.info.run_id}/absent")
        with pytest.raises(ResourceNotFound):
            kipu.artifacts.load_text(f"runs:/{'f' * 32}/a")
        with pytest.raises(InvalidParameter, match="names no run"):
            kipu.artifacts.load_text("runs:/")
        with pytest.raises(InvalidParameter, match="either artifact_uri or run_id"):
            kipu.artifacts.download_artifacts()
        with pytest.raises(InvalidParameter, match="goes with run_id"):
            kipu.artifacts.download_artifacts("runs:/a", artifact_path="b")
        with pytest.raises(InvalidParameter, match="s3"):
            kipu.artifacts.download_artifacts("s3://bucket/key")

    def test_content_that_is_something_else_is_told(self, run: kipu.ActiveRun) -> None:
        kipu.log_stream(io.BytesIO(b"\xff\xfe\x00"), "binary")
        uri = f"runs:/{run.info.run_id}/binary"
        for load in (kipu.artifacts.load_text, kipu.artifacts.load_dict, kipu.artifacts.load_image):
            with pytest.raises(MlflowException) as told:
                load(uri)
            assert told.value.error_code == "BAD_REQUEST"
        kipu.log_text("no json", "text")
        with pytest.raises(MlflowException, match="is not JSON"):
            kipu.artifacts.load_dict(f"runs:/{run.info.run_id}/text")


class TestTextsAndFigures:
    def test_a_dictionary_becomes_json_or_yaml(self, run: kipu.ActiveRun) -> None:
        for name in ("d.json", "d.yaml", "d.yml", "d"):
            kipu.log_dict({"b": 1, "a": [1, 2]}, name)
        assert (
            content(run, "d.json")
            == content(run, "d")
            == json.dumps({"b": 1, "a": [1, 2]}, indent=2)
        )
        assert yaml.safe_load(content(run, "d.yaml")) == {"a": [1, 2], "b": 1}
        assert "\n" in content(run, "d.yml")

    def test_what_json_does_not_know_is_written_as_text(self, run: kipu.ActiveRun) -> None:
        kipu.log_dict({"where": Path("/tmp/x")}, "d.json")
        assert json.loads(content(run, "d.json")) == {"where": "/tmp/x"}

    def test_text_is_utf_8(self, run: kipu.ActiveRun) -> None:
        kipu.log_text("größe ✓", "t.md")
        assert content(run, "t.md") == "größe ✓"

    def test_a_stream_that_cannot_seek_is_written_too(self, run: kipu.ActiveRun) -> None:
        class Pipe(io.BytesIO):
            def seekable(self) -> bool:
                return False

        kipu.log_stream(Pipe(b"abc"), "piped")
        assert content(run, "piped") == "abc"

    def test_a_figure_takes_the_format_of_its_name(self, run: kipu.ActiveRun) -> None:
        figure = mpl.figure.Figure()
        figure.add_subplot().plot([1, 2])
        kipu.log_figure(figure, "plots/f.png", save_kwargs={"dpi": 20})
        kipu.log_figure(figure, "plots/f.svg")
        image = kipu.artifacts.load_image(f"runs:/{run.info.run_id}/plots/f.png")
        assert image.size == (128, 96)
        assert "<svg" in content(run, "plots/f.svg")
        with pytest.raises(TypeError, match="as a figure"):
            kipu.log_figure("no figure", "f.png")


class TestImages:
    @pytest.mark.parametrize(
        "array",
        [
            np.zeros((4, 6), np.uint8),
            np.zeros((4, 6, 1), np.int64),
            np.full((4, 6, 3), 0.5),
            np.zeros((4, 6, 4), bool),
        ],
    )
    def test_arrays_are_images(self, run: kipu.ActiveRun, array: Any) -> None:
        kipu.log_image(array, "i.png")
        assert kipu.artifacts.load_image(f"runs:/{run.info.run_id}/i.png").size == (6, 4)

    def test_other_arrays_are_not(self, run: kipu.ActiveRun) -> None:
        for array in (np.zeros(3), np.zeros((2, 2, 2)), np.array([[300]]), np.array([[-1]])):
            with pytest.raises(ValueError, match=r"An image has the shape|from 0 to 255"):
                kipu.log_image(array, "i.png")
        with pytest.raises(TypeError, match="numbers or truth values"):
            kipu.log_image(np.array([["a"]]), "i.png")
        with pytest.raises(TypeError):
            kipu.log_image("path.png", "i.png")  # type: ignore[arg-type]

    def test_floats_out_of_range_are_rescaled_with_a_warning(self, run: kipu.ActiveRun) -> None:
        with pytest.warns(UserWarning, match=r"from 0\.0 to 4\.0, are rescaled"):
            kipu.log_image(np.array([[0.0, 4.0]]), "i.png")
        image = kipu.artifacts.load_image(f"runs:/{run.info.run_id}/i.png")
        assert np.asarray(image).tolist() == [[0, 255]]

    def test_a_series_has_file_names_that_tell_key_step_and_time(self, run: kipu.ActiveRun) -> None:
        picture = PIL.Image.new("RGB", (600, 300))
        kipu.log_image(picture, key="im/g", step=2, timestamp=123)
        kipu.log_image(picture, key="im/g", step=3, timestamp=124, synchronous=True)
        kipu.flush_artifact_async_logging()
        names = sorted(name.removeprefix("images/") for name in paths(run, "images"))
        assert len(names) == 4
        pattern = r"im~g\+step\+2\+timestamp\+123\+[0-9a-f-]{36}"
        assert re.fullmatch(pattern + r"\+compressed\.webp", names[0])
        assert re.fullmatch(pattern + r"\.png", names[1])
        small = kipu.artifacts.load_image(f"runs:/{run.info.run_id}/images/{names[0]}")
        assert small.size == (256, 128)
        assert kipu.get_run(run.info.run_id).data.tags["mlflow.loggedImages"] == "True"

    def test_a_file_or_a_series_not_both_not_neither(self, run: kipu.ActiveRun) -> None:
        image = np.zeros((2, 2))
        with pytest.raises(TypeError, match="either artifact_file, or key"):
            kipu.log_image(image, "a.png", key="k")
        with pytest.raises(TypeError, match="needs artifact_file, or the key"):
            kipu.log_image(image)
        with pytest.raises(ValueError, match="may hold letters"):
            kipu.log_image(image, key="a+b")

    def test_an_image_object_knows_its_pixels(self, fresh: Path) -> None:
        image = kipu.Image([[0, 255], [255, 0]])
        assert image.size == (2, 2)
        assert image.to_list() == [0, 255, 255, 0]
        assert image.to_array().shape == (2, 2)
        assert image.resize((4, 2)).to_pil().size == (4, 2)
        image.save("x.png")
        assert kipu.Image("x.png").to_list() == image.to_list()
        assert kipu.Image(np.zeros((1, 1, 3))).to_list() == [(0, 0, 0)]


class TestTables:
    def test_rows_are_appended_and_listed_in_a_tag(self, run: kipu.ActiveRun) -> None:
        kipu.log_table({"a": [1, 2], "b": ["x", "y"]}, "t.json")
        kipu.log_table(pd.DataFrame({"a": [3], "b": ["z"]}), "t.json")
        kipu.log_table({"a": 1}, "deep/u.json")
        stored = json.loads(content(run, "t.json"))
        assert stored == {"columns": ["a", "b"], "data": [[1, "x"], [2, "y"], [3, "z"]]}
        tags = kipu.get_run(run.info.run_id).data.tags
        assert json.loads(tags["mlflow.loggedArtifacts"]) == [
            {"path": "t.json", "type": "table"},
            {"path": "deep/u.json", "type": "table"},
        ]

    def test_parquet_works_alike(self, run: kipu.ActiveRun) -> None:
        for value in (1, 2):
            kipu.log_table({"a": [value]}, "t.parquet")
        assert kipu.load_table("t.parquet")["a"].tolist() == [1, 2]

    def test_tables_are_loaded_across_runs(self, run: kipu.ActiveRun) -> None:
        kipu.log_param("lr", 0.1)
        kipu.log_table({"a": [1], "run_id": ["mine"]}, "t.json")
        kipu.end_run()
        with kipu.start_run() as second:
            kipu.log_table({"a": [2]}, "t.json")
        with kipu.start_run():
            pass
        frame = kipu.load_table("t.json", extra_columns=["params.lr", "run_id"])
        assert sorted(frame["a"]) == [1, 2]
        rows = {row["a"]: row for row in frame.to_dict("records")}
        assert rows[1]["params.lr"] == "0.1"
        assert rows[1]["run_id_"] == run.info.run_id
        assert rows[2]["run_id"] == second.info.run_id
        only = kipu.load_table("t.json", run_ids=[second.info.run_id])
        assert only["a"].tolist() == [2]
        with pytest.raises(ResourceNotFound, match="has the table"):
            kipu.load_table("other.json")

    def test_images_in_cells_become_files(self, run: kipu.ActiveRun) -> None:
        kipu.log_table({"i": [kipu.Image(np.zeros((2, 2))), kipu.Image([[1]])]}, "t.json")
        cells = [row[0] for row in json.loads(content(run, "t.json"))["data"]]
        assert [cell["type"] for cell in cells] == ["image", "image"]
        assert cells[0]["filepath"].startswith("table_images/t/")
        assert len(paths(run, "table_images/t")) == 4
        with pytest.raises(ValueError, match="images and other things"):
            kipu.log_table({"i": [kipu.Image([[1]]), "text"]}, "mixed.json")

    @pytest.mark.parametrize("name", ["t.csv", "t:1.json", "[t].json"])
    def test_a_tables_name_has_rules(self, run: kipu.ActiveRun, name: str) -> None:
        with pytest.raises(ValueError, match="The table's name"):
            kipu.log_table({"a": [1]}, name)

    def test_other_data_is_refused(self, run: kipu.ActiveRun) -> None:
        with pytest.raises(InvalidParameter, match="not list"):
            kipu.log_table([1], "t.json")  # type: ignore[arg-type]
