"""What ``BlobStore`` promises."""
# ruff: noqa: D102 - the names are the sentences

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest

from kipu.blobs.interface import BlobStore
from kipu.blobs.transfer import download, upload_folder, walk
from kipu.exceptions import InvalidParameter, MlflowException, ResourceNotFound

LARGE = (1 << 20) + 4321


def content(seed: int, size: int = LARGE) -> bytes:
    """Bytes that differ for each seed, and look like no other's."""
    return hashlib.shake_128(str(seed).encode()).digest(size)


class BlobStoreContract:
    """Inherit, and provide the fixture ``blobs``: an empty store."""

    @pytest.mark.parametrize("size", [0, 1, 100_000, LARGE, 3 * LARGE])
    def test_a_file_is_read_as_it_was_written(
        self, blobs: BlobStore, tmp_path: Path, size: int
    ) -> None:
        data = content(1, size)
        source = tmp_path / "source"
        source.write_bytes(data)
        blobs.put_file("a/by name", source)
        blobs.put("a/by stream", io.BytesIO(data), size)
        for path in ("a/by name", "a/by stream"):
            blob = blobs.open(path)
            assert (blob.size, b"".join(blob.chunks)) == (size, data)

    def test_a_part_is_read(self, blobs: BlobStore) -> None:
        blobs.put("f", io.BytesIO(content(1)))
        blob = blobs.open("f", 1000, LARGE - 10)
        assert (blob.size, b"".join(blob.chunks)) == (LARGE, content(1)[1000:-10])

    def test_a_folder_is_listed_by_name(self, blobs: BlobStore) -> None:
        blobs.put("d/b", io.BytesIO(content(1)))
        blobs.put("d/a", io.BytesIO(b"22"))
        blobs.put("d/e/f", io.BytesIO(b"1"))
        found = [(one.path, one.is_dir, one.file_size) for one in blobs.list("d")]
        assert found == [("d/a", False, 2), ("d/b", False, LARGE), ("d/e", True, None)]
        assert [one.path for one in blobs.list()] == ["d"]
        assert (blobs.list("d/a"), blobs.list("none")) == ([], [])
        assert list(walk(blobs)) == ["d/a", "d/b", "d/e/f"]
        assert (blobs.is_dir("d"), blobs.is_dir("d/a"), blobs.is_dir("none")) == (
            True, False, False,
        )  # fmt: skip

    def test_a_file_is_replaced(self, blobs: BlobStore, tmp_path: Path) -> None:
        source = tmp_path / "source"
        for data in (content(1), b"small", content(2), content(2), content(1)):
            source.write_bytes(data)
            blobs.put_file("f", source)
            assert b"".join(blobs.open("f").chunks) == data

    def test_what_is_missing_is_told(self, blobs: BlobStore) -> None:
        with pytest.raises(ResourceNotFound, match="No such artifact: 'none'"):
            blobs.open("none")

    def test_what_is_deleted_is_gone_and_equal_files_stay(self, blobs: BlobStore) -> None:
        for path in ("a/f", "b/f", "c"):
            blobs.put(path, io.BytesIO(content(1)))
        for _ in range(2):
            blobs.delete("a")
        blobs.delete("c")
        assert list(walk(blobs)) == ["b/f"]
        assert b"".join(blobs.open("b/f").chunks) == content(1)

    def test_a_folder_goes_there_and_back(self, blobs: BlobStore, tmp_path: Path) -> None:
        source = tmp_path / "there"
        for number in range(12):
            place = source / f"d{number % 3}" / f"f{number}"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content(number % 2, LARGE if number % 4 < 2 else 1000))
        upload_folder(blobs, source, "x/y")
        back = download(blobs, "x/y", tmp_path / "back")
        assert {one.relative_to(back): one.read_bytes() for one in back.rglob("f*")} == {
            one.relative_to(source): one.read_bytes() for one in source.rglob("f*")
        }

    @pytest.mark.parametrize(
        "path", ["../up", "/etc/f", "a\\b", "a/.kipu-content/f", ".kipu-part-1"]
    )
    def test_a_path_out_of_the_root_is_refused(
        self, blobs: BlobStore, tmp_path: Path, path: str
    ) -> None:
        source = tmp_path / "source"
        source.write_bytes(content(1))
        with pytest.raises(InvalidParameter, match="Invalid artifact path"):
            blobs.put_file(path, source)
        with pytest.raises(MlflowException, match="Invalid artifact path"):
            blobs.open(path)


class StoredOnceContract:
    """Inherit, and provide the fixtures ``blobs``, an empty store, and ``disk``, its folder."""

    def test_equal_large_files_take_space_once(
        self, blobs: BlobStore, disk: Path, tmp_path: Path
    ) -> None:
        source = tmp_path / "source"
        source.write_bytes(content(1))
        blobs.put_file("a", source)
        blobs.put("b", io.BytesIO(content(1)))
        blobs.put_file("d/c", source)
        blobs.put_file("other", tmp_path / "source")
        source.write_bytes(content(2))
        blobs.put_file("differs", source)
        blocks = {place.stat().st_ino for place in disk.rglob("*") if place.stat().st_size >= LARGE}
        assert len(blocks) == 2

    def test_nothing_but_artifacts_is_listed(self, blobs: BlobStore) -> None:
        for path in ("a", "b"):
            blobs.put(path, io.BytesIO(content(1)))
        assert list(walk(blobs)) == ["a", "b"]
