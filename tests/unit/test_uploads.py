"""Large files: stored once, sent in parts, gone on with, and refused when damaged."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kipu.blobs.content import LEAST_BYTES, ContentIndex, Sketch
from kipu.blobs.interface import Blob
from kipu.blobs.local import LocalBlobs
from kipu.blobs.proxied import ProxiedBlobs, close_connections
from kipu.blobs.sending import LargeUpload
from kipu.blobs.transfer import download
from kipu.blobs.uploads import KEPT_S, Begun, Conflict, Uploads, prove
from kipu.exceptions import InvalidParameter, MlflowException, Unavailable
from kipu.testing.served import application, on_port
from kipu.transport import Transport

SIZE = LEAST_BYTES + 12_345


def content(seed: int, size: int = SIZE) -> bytes:
    return hashlib.shake_128(str(seed).encode()).digest(size)


@pytest.fixture
def blobs(tmp_path: Path) -> LocalBlobs:
    return LocalBlobs(tmp_path / "root", content=ContentIndex(tmp_path / "root"))


@pytest.fixture
def uploads(blobs: LocalBlobs) -> Uploads:
    assert blobs.content is not None
    return Uploads(blobs, blobs.content)


def sketch_of(data: bytes) -> Sketch:
    return Sketch.of(io.BytesIO(data))


def written(folder: Path, data: bytes, name: str = "file.bin") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / name
    place.write_bytes(data)
    return place


def are_one(*places: Path) -> bool:
    return len({place.stat().st_ino for place in places}) == 1


def test_equal_files_are_stored_once_however_they_come(blobs: LocalBlobs, tmp_path: Path) -> None:
    data = content(1)
    blobs.put("a/f", io.BytesIO(data))
    blobs.put_file("b/g", written(tmp_path, data))
    with blobs.staging() as staged:
        written(staged / "deep", data, "h")
        blobs.move_folder(staged)
    root = tmp_path / "root"
    assert are_one(root / "a/f", root / "b/g", root / "deep/h")
    assert not os.access(root / "a/f", os.W_OK) or os.getuid() == 0
    assert (root / "a/f").stat().st_mode & 0o222 == 0


def test_what_differs_in_one_byte_is_stored_twice(blobs: LocalBlobs, tmp_path: Path) -> None:
    data = bytearray(content(1))
    blobs.put("a", io.BytesIO(data))
    data[5000] ^= 1  # between two samples
    assert sketch_of(bytes(data)) == sketch_of(content(1))
    blobs.put_file("b", written(tmp_path, bytes(data)))
    assert not are_one(tmp_path / "root/a", tmp_path / "root/b")
    assert b"".join(blobs.open("b").chunks) == data


def test_removing_one_file_leaves_the_other_and_what_comes_later_finds_it(
    blobs: LocalBlobs, tmp_path: Path
) -> None:
    data = content(1)
    for name in ("a", "b"):
        blobs.put(name, io.BytesIO(data))
    blobs.delete("a")
    assert b"".join(blobs.open("b").chunks) == data
    blobs.put("c", io.BytesIO(data))
    assert are_one(tmp_path / "root/b", tmp_path / "root/c")


def test_replacing_one_of_two_equal_files_leaves_the_other(blobs: LocalBlobs) -> None:
    for name in ("a", "b"):
        blobs.put(name, io.BytesIO(content(1)))
    blobs.put("a", io.BytesIO(b"new"))
    assert b"".join(blobs.open("b").chunks) == content(1)
    blobs.put("b", io.BytesIO(content(1)))  # the same again, into the same place
    assert b"".join(blobs.open("b").chunks) == content(1)


def test_what_is_known_of_content_is_no_artifact(blobs: LocalBlobs) -> None:
    blobs.put("a", io.BytesIO(content(1)))
    assert [info.path for info in blobs.list()] == ["a"]
    for path in (".kipu-content", ".KIPU-content/uploads/x", "a/.kipu-content"):
        with pytest.raises(InvalidParameter, match="reserved"):
            blobs.put(path, io.BytesIO(b"x"))


def test_files_that_are_gone_are_forgotten(blobs: LocalBlobs, tmp_path: Path) -> None:
    blobs.put("a", io.BytesIO(content(1)))
    blobs.put("b", io.BytesIO(content(2)))
    blobs.delete("a")
    assert blobs.content is not None
    blobs.content.sweep()
    assert len(list((tmp_path / "root/.kipu-content").iterdir())) == 1
    assert list(blobs.content.candidates(sketch_of(content(2)))) == [tmp_path / "root/b"]


def test_a_staged_folder_is_moved_not_copied(blobs: LocalBlobs, tmp_path: Path) -> None:
    outside = written(tmp_path / "elsewhere", b"linked")
    with blobs.staging() as staged:
        inode = written(staged, b"small", "MLmodel").stat().st_ino
        private = written(staged / "data", content(1), "weights")
        private.chmod(0o600)
        (staged / "link").symlink_to(outside)
        (staged / "folder").symlink_to(outside.parent)
        blobs.move_folder(staged)
    root = tmp_path / "root"
    assert (root / "MLmodel").stat().st_ino == inode
    assert (root / "data/weights").stat().st_mode == (root / "MLmodel").stat().st_mode
    assert (root / "link").read_bytes() == b"linked"
    assert not (root / "link").is_symlink()
    assert (root / "folder/file.bin").read_bytes() == b"linked"
    assert sorted(path.name for path in root.iterdir()) == [
        ".kipu-content", "MLmodel", "data", "folder", "link",
    ]  # fmt: skip


def test_an_upload_goes_on_where_it_stopped(uploads: Uploads, blobs: LocalBlobs) -> None:
    data, sketch = content(1), sketch_of(content(1))
    assert uploads.begin("d/f", sketch) == Begun(0, None)
    assert uploads.append("d/f", sketch, 0, io.BytesIO(data[:1000])) == 1000
    assert uploads.begin("d/f", sketch) == Begun(1000, None)
    with pytest.raises(Conflict, match="goes on at byte 1000, not 0"):
        uploads.append("d/f", sketch, 0, io.BytesIO(data))
    assert blobs.list() == []
    with pytest.raises(Conflict, match="goes on at byte 1000"):
        uploads.finish("d/f", sketch, hashlib.sha256(data).hexdigest())
    uploads.append("d/f", sketch, 1000, io.BytesIO(data[1000:]))
    uploads.finish("d/f", sketch, hashlib.sha256(data).hexdigest())
    assert b"".join(blobs.open("d/f").chunks) == data


def test_what_came_before_a_connection_broke_is_kept(uploads: Uploads) -> None:
    data, sketch = content(1), sketch_of(content(1))

    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if chunk := super().read(size):
                return chunk
            raise InvalidParameter("cut off")

    with pytest.raises(InvalidParameter, match="cut off"):
        uploads.append("f", sketch, 0, Broken(data[:70_000]))
    assert uploads.begin("f", sketch).offset == 70_000
    with pytest.raises(InvalidParameter, match="more came"):
        uploads.append("f", sketch, 70_000, io.BytesIO(data))


def test_damaged_content_is_refused_and_the_upload_begins_again(
    uploads: Uploads, blobs: LocalBlobs
) -> None:
    data, sketch = content(1), sketch_of(content(1))
    uploads.append("f", sketch, 0, io.BytesIO(bytes(len(data))))
    with pytest.raises(InvalidParameter, match="Nothing was stored"):
        uploads.finish("f", sketch, hashlib.sha256(data).hexdigest())
    assert blobs.list() == []
    assert uploads.begin("f", sketch) == Begun(0, None)


def test_another_process_checks_the_hash_as_well(uploads: Uploads, blobs: LocalBlobs) -> None:
    data, sketch = content(1), sketch_of(content(1))
    uploads.append("f", sketch, 0, io.BytesIO(data))
    assert blobs.content is not None
    other = Uploads(blobs, blobs.content)
    other.finish("f", sketch, hashlib.sha256(data).hexdigest())
    assert b"".join(blobs.open("f").chunks) == data


def test_content_is_linked_only_for_who_holds_all_of_it(
    uploads: Uploads, blobs: LocalBlobs, tmp_path: Path
) -> None:
    data, sketch = content(1), sketch_of(content(1))
    blobs.put("theirs", io.BytesIO(data))
    challenge = uploads.begin("mine", sketch).challenge
    assert challenge is not None
    known = hashlib.sha256(data).hexdigest()
    for wrong in (known, hashlib.sha256((challenge + known).encode()).hexdigest()):
        assert not uploads.link("mine", sketch, wrong)
        challenge = uploads.begin("mine", sketch).challenge
        assert challenge is not None
    proof = prove(challenge, io.BytesIO(data))
    assert uploads.link("mine", sketch, proof)
    assert are_one(tmp_path / "root/mine", tmp_path / "root/theirs")
    assert not uploads.link("again", sketch, proof), "a challenge is for one upload"
    assert not uploads.link("mine", sketch, proof), "a challenge holds once"


def test_what_may_not_be_read_is_never_linked(blobs: LocalBlobs) -> None:
    data = content(1)
    blobs.put("theirs", io.BytesIO(data))
    assert blobs.content is not None
    guarded = Uploads(blobs, blobs.content, may_read=lambda path: path != "theirs")
    assert guarded.begin("mine", sketch_of(data)) == Begun(0, None)


def test_uploads_that_ended_early_are_removed_after_a_week(
    uploads: Uploads, tmp_path: Path
) -> None:
    for name in ("old", "new"):
        uploads.append(name, sketch_of(content(1)), 0, io.BytesIO(name.encode()))
    folder = tmp_path / "root/.kipu-content/uploads"
    old = next(place for place in folder.iterdir() if place.read_bytes() == b"old")
    os.utime(old, (old.stat().st_mtime - KEPT_S - 1,) * 2)
    uploads.sweep()
    assert [place.read_bytes() for place in folder.iterdir()] == [b"new"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    with on_port(application(tmp_path)) as uri:
        yield uri
        close_connections()


def test_a_server_stores_equal_files_once_and_is_not_sent_them_again(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = ProxiedBlobs(server, "1/run")
    source = written(tmp_path, content(1))
    far.put_file("a/file.bin", source)
    sent: list[str] = []
    exchange = Transport._exchange

    def noted(self: Transport, method: str, target: str, *more: Any) -> Any:
        sent.append(f"{method} {target}")
        return exchange(self, method, target, *more)

    monkeypatch.setattr(Transport, "_exchange", noted)
    far.put_file("b/file.bin", source)
    assert sent == [f"POST /api/kipu/1/uploads/{step}" for step in ("begin", "link")]
    root = tmp_path / "artifacts/1/run"
    assert are_one(root / "a/file.bin", root / "b/file.bin")
    assert b"".join(far.open("b/file.bin").chunks) == content(1)


def test_an_upload_to_a_server_goes_on_and_tells_how_far_it_is(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kipu.blobs.sending.PART_BYTES", 1 << 19)
    far = ProxiedBlobs(server, "")
    source = written(tmp_path, content(1))
    told: list[int] = []
    failed: list[int] = []

    class StoppedError(Exception):
        pass

    def stop(more: int) -> None:
        told.append(more)
        if sum(told) > 700_000:
            raise StoppedError

    with pytest.raises(StoppedError):
        far.send_file("f", source, stop, lambda failures, _error: False)
    told.clear()
    far.send_file("f", source, told.append, lambda failures, _error: not failed.append(failures))
    assert told[0] >= 1 << 19, "the first part need not be sent again"
    assert sum(told) == SIZE
    assert b"".join(far.open("f").chunks) == content(1)


class Breaking(LocalBlobs):
    """Downloads break off after so many bytes; what was asked for is noted."""

    def __init__(self, root: Path, breaks_at: int) -> None:
        super().__init__(root)
        self.breaks_at, self.asked = breaks_at, list[int]()
        self.replacement: bytes | None = None

    def open(self, path: str, start: int = 0, end: int | None = None) -> Blob:
        self.asked.append(start)
        blob = super().open(path, start, end)
        return blob._replace(chunks=self._broken(blob)) if len(self.asked) < 3 else blob

    def _broken(self, blob: Blob) -> Iterator[bytes]:
        yield b"".join(blob.chunks)[: self.breaks_at]
        if self.replacement is not None:
            self.put("f", io.BytesIO(self.replacement))
        raise Unavailable("The connection ended.")


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kipu.blobs.transfer._wait_s", lambda _failures: 0)


@pytest.mark.usefixtures("at_once")
def test_a_download_goes_on_where_it_broke_off(tmp_path: Path) -> None:
    store = Breaking(tmp_path / "root", 1000)
    store.put("f", io.BytesIO(content(1)))
    assert download(store, "f", tmp_path / "to").read_bytes() == content(1)
    assert store.asked == [0, 1000, 2000]


@pytest.mark.usefixtures("at_once")
def test_a_download_of_a_file_that_was_replaced_meanwhile_begins_again(tmp_path: Path) -> None:
    store = Breaking(tmp_path / "root", 1000)
    store.put("f", io.BytesIO(content(1)))
    store.replacement = content(2)
    assert download(store, "f", tmp_path / "to").read_bytes() == content(2)
    assert 0 in store.asked[1:]


def test_a_server_tells_when_a_file_was_replaced(server: str, tmp_path: Path) -> None:
    far = ProxiedBlobs(server, "")
    versions = []
    for data in (content(1), content(1), content(2)):
        far.put("f", io.BytesIO(data))
        for begin in (0, 100):
            blob = far.open("f", begin)
            assert b"".join(blob.chunks) == data[begin:]
            versions.append(blob.version)
    assert versions[0] == versions[1] is not None
    assert versions[4] == versions[5] != versions[3]


def test_a_path_that_leaves_its_root_is_refused_in_parts_as_well(
    server: str, tmp_path: Path
) -> None:
    far = ProxiedBlobs(server, "")
    source = written(tmp_path, content(1))
    for path in ("../up", ".kipu-content/uploads/x"):
        with pytest.raises(MlflowException, match="Invalid artifact path"):
            LargeUpload(far._transport, path, source).run()


def test_a_file_that_is_replaced_while_it_is_compared_is_not_linked(
    blobs: LocalBlobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs.put("a", io.BytesIO(content(1)))
    from kipu.blobs import content as module

    is_equal = module._is_equal

    def then_replaced(*asked: Any) -> Any:
        found = is_equal(*asked)
        monkeypatch.undo()
        LocalBlobs(tmp_path / "root").put("a", io.BytesIO(content(2)))
        return found

    monkeypatch.setattr(module, "_is_equal", then_replaced)
    blobs.put("b", io.BytesIO(content(1)))
    assert (tmp_path / "root/b").read_bytes() == content(1)
    assert (tmp_path / "root/a").read_bytes() == content(2)


def test_a_challenge_that_is_just_being_written_proves_nothing(
    uploads: Uploads, blobs: LocalBlobs
) -> None:
    data, sketch = content(1), sketch_of(content(1))
    blobs.put("secret", io.BytesIO(data))
    uploads.begin("mine", sketch)
    (asked,) = uploads._folder.glob("*.challenge")
    asked.write_text("")
    assert not uploads.link("mine", sketch, hashlib.sha256(data).hexdigest())
    assert blobs.local_path("mine") is None


@pytest.mark.usefixtures("at_once")
def test_a_download_waits_for_a_server_that_is_away_for_a_moment(tmp_path: Path) -> None:
    class Away(Breaking):
        def open(self, path: str, start: int = 0, end: int | None = None) -> Blob:
            if len(self.asked) in (1, 2, 3):
                self.asked.append(start)
                raise Unavailable("Connection refused.")
            return super().open(path, start, end)

    store = Away(tmp_path / "root", 1000)
    store.put("f", io.BytesIO(content(1)))
    assert download(store, "f", tmp_path / "to").read_bytes() == content(1)
    assert store.asked == [0, 1000, 1000, 1000, 1000]


def test_a_file_is_sent_where_nobody_waits_for_the_proof(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = written(tmp_path, content(1))
    far = ProxiedBlobs(server, "")
    far.put_file("first", source)
    call, links = Transport.call, []

    def impatient(self: Transport, method: str, path: str, **more: Any) -> Any:
        if path.endswith("/link"):
            links.append(path)
            raise Unavailable("The proxy waited for a minute.")
        return call(self, method, path, **more)

    monkeypatch.setattr(Transport, "call", impatient)
    far.send_file("second", source, lambda _bytes: None, lambda failures, _error: failures < 5)
    assert b"".join(far.open("second").chunks) == content(1)
    assert len(links) == 2


def test_a_small_file_is_sent_again_after_an_answer_that_says_later(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kipu.blobs.sending.wait_s", lambda _failures: 0)
    send, busy = Transport.send_stream, [3]

    def sometimes(self: Transport, *asked: Any) -> Any:
        if busy[0]:
            busy[0] -= 1
            raise Unavailable("The server is busy.")
        return send(self, *asked)

    monkeypatch.setattr(Transport, "send_stream", sometimes)
    far = ProxiedBlobs(server, "")
    far.put_file("small", written(tmp_path, b"text"))
    assert b"".join(far.open("small").chunks) == b"text"
