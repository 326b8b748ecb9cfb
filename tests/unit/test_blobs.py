"""Artifact paths and local artifacts."""

import io
import threading
from pathlib import Path

import pytest

from kipu.blobs.local import LocalBlobs
from kipu.blobs.open import file_path, open_blobs
from kipu.blobs.paths import PART_PREFIX, validate_path
from kipu.blobs.transfer import download, upload_folder, walk
from kipu.exceptions import InvalidParameter, ResourceNotFound


@pytest.fixture
def blobs(tmp_path: Path) -> LocalBlobs:
    return LocalBlobs(tmp_path / "root", durable=True)


def put(blobs: LocalBlobs, path: str, data: bytes) -> None:
    blobs.put(path, io.BytesIO(data))


def read(blobs: LocalBlobs, path: str, start: int = 0, end: int | None = None) -> bytes:
    return b"".join(blobs.open(path, start, end).chunks)


@pytest.mark.parametrize(
    "path",
    ["../up", "a/../../b", "/etc/passwd", "a\\b", "a#b", "C:/x", "%2e%2e/up", "%252e%252e/up",
     "..%2Fa", "%2Fetc", "a%00b", "a/..", f"x/{PART_PREFIX}1"],
)  # fmt: skip
def test_a_path_that_could_leave_its_root_is_refused(path: str) -> None:
    with pytest.raises(InvalidParameter, match="Invalid artifact path"):
        validate_path(path)


@pytest.mark.parametrize(
    ("path", "normal"),
    [("", ""), (".", ""), ("a//b/", "a/b"), ("./a", "a"), ("50%", "50%"), ("a b/é", "a b/é"),
     ("..a/b..", "..a/b..")],
)  # fmt: skip
def test_a_good_path_is_normalised(path: str, normal: str) -> None:
    assert validate_path(path) == normal


def test_what_was_put_is_read_back_in_whole_and_in_part(blobs: LocalBlobs) -> None:
    data = bytes(range(256)) * 10_000
    put(blobs, "deep/er/file.bin", data)
    assert read(blobs, "deep/er/file.bin") == data
    assert read(blobs, "deep/er/file.bin", 1000, 1010) == data[1000:1010]
    assert blobs.open("deep/er/file.bin").size == len(data)


def test_a_listing_names_files_and_folders_from_the_root(blobs: LocalBlobs) -> None:
    put(blobs, "a.txt", b"1")
    put(blobs, "d/b.txt", b"22")
    assert [(i.path, i.is_dir, i.file_size) for i in blobs.list()] == [
        ("a.txt", False, 1),
        ("d", True, None),
    ]
    assert [i.path for i in blobs.list("d")] == ["d/b.txt"]
    assert blobs.list("a.txt") == []
    assert blobs.list("none") == []
    assert list(walk(blobs)) == ["a.txt", "d/b.txt"]


def test_an_upload_that_is_cut_off_leaves_nothing(blobs: LocalBlobs, tmp_path: Path) -> None:
    put(blobs, "f", b"old")
    with pytest.raises(InvalidParameter, match="cut off: 4 of 9 bytes"):
        blobs.put("f", io.BytesIO(b"part"), size=9)
    assert read(blobs, "f") == b"old"
    assert [p.name for p in (tmp_path / "root").iterdir()] == ["f"]


def test_an_upload_is_invisible_until_it_is_complete(blobs: LocalBlobs) -> None:
    reached, go = threading.Event(), threading.Event()

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            chunk = super().read(size)
            reached.set()
            go.wait(10)
            return chunk

    thread = threading.Thread(target=blobs.put, args=("slow", Slow(b"data")))
    thread.start()
    assert reached.wait(10)
    seen = blobs.list()
    go.set()
    thread.join()
    assert seen == []
    assert read(blobs, "slow") == b"data"


def test_a_link_out_of_the_root_is_neither_listed_nor_read(
    blobs: LocalBlobs, tmp_path: Path
) -> None:
    put(blobs, "mine", b"1")
    (tmp_path / "secret").write_text("s")
    (tmp_path / "root" / "link").symlink_to(tmp_path / "secret")
    assert [i.path for i in blobs.list()] == ["mine"]
    with pytest.raises(InvalidParameter, match="by a link"):
        blobs.open("link")


def test_what_is_missing_or_a_folder_is_told_apart(blobs: LocalBlobs) -> None:
    put(blobs, "d/f", b"1")
    with pytest.raises(ResourceNotFound, match="No such artifact: 'nope'"):
        blobs.open("nope")
    with pytest.raises(InvalidParameter, match="is a folder"):
        blobs.open("d")
    with pytest.raises(InvalidParameter, match="is a folder already"):
        put(blobs, "d", b"1")
    with pytest.raises(InvalidParameter, match="is a file already"):
        put(blobs, "d/f/g", b"1")


@pytest.mark.parametrize("path", ["x" * 256, "é" * 128, "a/" * 2000 + "b"])
def test_a_path_that_is_too_long_for_a_disk_is_refused(blobs: LocalBlobs, path: str) -> None:
    for use in (blobs.open, blobs.list, blobs.delete, lambda path: put(blobs, path, b"")):
        with pytest.raises(InvalidParameter, match="too long: a name in it has at most 255"):
            use(path)
    put(blobs, "x" * 255, b"data")
    assert read(blobs, "x" * 255) == b"data"


def test_deleting_is_harmless_where_there_is_nothing(blobs: LocalBlobs) -> None:
    put(blobs, "d/f", b"1")
    blobs.delete("d")
    blobs.delete("d")
    assert blobs.list() == []


def test_a_folder_goes_up_and_comes_back_whole(blobs: LocalBlobs, tmp_path: Path) -> None:
    source = tmp_path / "source"
    for name in ("a", "x/b", "x/y/c"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(name)
    upload_folder(blobs, source, "up")
    assert download(blobs, "up", tmp_path / "back") == tmp_path / "back" / "up"
    assert (tmp_path / "back/up/x/y/c").read_text() == "x/y/c"
    assert download(blobs, "up/a", tmp_path / "one").read_text() == "a"
    assert download(blobs, "", tmp_path / "all") == tmp_path / "all"
    assert (tmp_path / "all/up/x/b").read_text() == "x/b"


def test_what_is_downloaded_lies_under_the_last_part_of_its_path(
    blobs: LocalBlobs, tmp_path: Path
) -> None:
    put(blobs, "deep/er/f", b"1")
    assert download(blobs, "deep/er/f", tmp_path / "to") == tmp_path / "to/f"
    assert download(blobs, "deep/er", tmp_path / "to") == tmp_path / "to/er"
    assert sorted(p for p in (tmp_path / "to").rglob("*") if p.is_file()) == [
        tmp_path / "to/er/f", tmp_path / "to/f"
    ]  # fmt: skip


def test_what_is_missing_is_not_downloaded(blobs: LocalBlobs, tmp_path: Path) -> None:
    with pytest.raises(ResourceNotFound):
        download(blobs, "nope", tmp_path / "back")


def test_a_uri_that_names_no_place_is_explained(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameter, match="s3: cannot be opened"):
        open_blobs("s3://bucket/x")
    with pytest.raises(InvalidParameter, match="set it to the server's address"):
        open_blobs("mlflow-artifacts:/x", "sqlite:///x.db")
    with pytest.raises(InvalidParameter, match="on the host 'far'"):
        file_path("file://far/x")
    for uri in ("a\0b", "file:///a%00b"):
        with pytest.raises(InvalidParameter, match="null character"):
            file_path(uri)
    assert file_path(f"file://{tmp_path}/a%20b") == tmp_path / "a b"
