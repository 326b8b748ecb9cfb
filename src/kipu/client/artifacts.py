"""Files of runs."""

from __future__ import annotations

import io
import json
import posixpath
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from kipu.blobs.interface import BlobStore
from kipu.blobs.transfer import upload_folder
from kipu.client.artifact_uris import readable_place, run_place
from kipu.client.figures import save_figure
from kipu.client.tracking import Tracking
from kipu.entities import FileInfo


class ArtifactsClient:
    """What can be done with the files of a run."""

    _tracking: Tracking

    def log_artifact(
        self, run_id: str, local_path: str | Path, artifact_path: str | None = None
    ) -> None:
        """Copy a local file, or a folder with its name, to the run's artifacts.

        Args:
            run_id: The run.
            local_path: What to copy.
            artifact_path: Folder among the artifacts; left out, their root.

        Raises:
            FileNotFoundError: There is no such file.
            InvalidParameter: The path among the artifacts is refused.
        """
        put_any(run_place(self._tracking, run_id).blobs, Path(local_path), artifact_path)

    def log_artifacts(
        self, run_id: str, local_dir: str | Path, artifact_path: str | None = None
    ) -> None:
        """Copy what is in a local folder to the run's artifacts.

        Args:
            run_id: The run.
            local_dir: The folder.
            artifact_path: Folder among the artifacts; left out, their root.

        Raises:
            InvalidParameter: It is no folder, or a path is refused.
        """
        blobs = run_place(self._tracking, run_id).blobs
        upload_folder(blobs, Path(local_dir), artifact_path or "")

    def log_text(self, run_id: str, text: str, artifact_file: str) -> None:
        """Write text, as UTF-8, to a file of the run."""
        self._put(run_id, artifact_file, io.BytesIO(text.encode()))

    def log_dict(self, run_id: str, dictionary: Any, artifact_file: str) -> None:
        """Write a dictionary or list to a file of the run.

        A name that ends in ``.yml`` or ``.yaml`` makes YAML, any other JSON; what JSON does not
        know is written as its text.
        """
        if artifact_file.endswith((".yml", ".yaml")):
            import yaml  # noqa: PLC0415 - seldom used

            plain = dict(dictionary) if isinstance(dictionary, Mapping) else dictionary
            text = yaml.dump(plain, indent=2, default_flow_style=False)
        else:
            text = json.dumps(dictionary, indent=2, default=str)
        self.log_text(run_id, text, artifact_file)

    def log_stream(self, run_id: str, stream: IO[bytes], artifact_file: str) -> None:
        """Write a binary stream, read to its end, to a file of the run."""
        if stream.seekable():
            self._put(run_id, artifact_file, stream)
            return
        with tempfile.TemporaryFile() as spooled:
            while chunk := stream.read(1 << 20):
                spooled.write(chunk)
            spooled.seek(0)
            self._put(run_id, artifact_file, spooled)

    def log_figure(
        self,
        run_id: str,
        figure: Any,
        artifact_file: str,
        *,
        save_kwargs: Mapping[str, Any] | None = None,
    ) -> None:
        """Write a figure to a file of the run, in the format that its name says.

        Args:
            run_id: The run.
            figure: Of matplotlib, or of plotly (which can also make ``.html``).
            artifact_file: Such as ``plots/loss.png``.
            save_kwargs: Passed on to the library's own function.

        Raises:
            TypeError: It is no figure, or its library cannot write this format.
        """
        with self._new_file(run_id, artifact_file) as place:
            save_figure(figure, place, dict(save_kwargs or {}))

    def list_artifacts(self, run_id: str, path: str | None = None) -> list[FileInfo]:
        """What lies in a folder of the run's artifacts, by name; paths are from their root.

        The name of a model that the run made is a folder, too, with the model's files.
        """
        return readable_place(self._tracking, run_id, path).list()

    def download_artifacts(self, run_id: str, path: str, dst_path: str | Path | None = None) -> str:
        """A local copy of a file or folder.

        Args:
            run_id: The run.
            path: Among its artifacts; ``""`` is all of them.
            dst_path: Folder to copy to, made when absent; the copy lies in it under the last part
                of ``path``. Left out, a temporary one, or the thing itself where it is local
                already.

        Returns:
            Where it lies.

        Raises:
            ResourceNotFound: There is nothing at this path.
        """
        return readable_place(self._tracking, run_id, path).fetch(dst_path)

    def _put(self, run_id: str, artifact_file: str, stream: IO[bytes]) -> None:
        run_place(self._tracking, run_id).blobs.put(posixpath.normpath(artifact_file), stream)

    @contextmanager
    def _new_file(self, run_id: str, artifact_file: str) -> Iterator[Path]:
        """A place in a temporary folder; what is written there becomes the artifact."""
        target = posixpath.normpath(artifact_file)
        with tempfile.TemporaryDirectory(prefix="kipu-") as folder:
            place = Path(folder, posixpath.basename(target))
            yield place
            run_place(self._tracking, run_id).blobs.put_file(target, place)


def put_any(blobs: BlobStore, source: Path, artifact_path: str | None) -> None:
    """Copy a file, or a folder with its name.

    Raises:
        FileNotFoundError: There is no such file.
        InvalidParameter: The path among the artifacts is refused.
    """
    target = posixpath.join(artifact_path or "", source.resolve().name)
    if source.is_dir():
        upload_folder(blobs, source, target)
        return
    if not source.exists():
        raise FileNotFoundError(f"There is no file {str(source)!r} to log.")
    blobs.put_file(target, source)
