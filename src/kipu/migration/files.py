"""The pieces of MLflow's file layout: YAML descriptions, and folders of small texts by key."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from kipu.exceptions import MlflowException
from kipu.service.names import check_key

META = "meta.yaml"

Report = Callable[[Path, str], None]
"""Takes note of a file or folder that cannot be copied, and why."""


class Damaged(Exception):  # noqa: N818 - it tells of files, not of a failure
    """A file from which nothing can be taken.

    Args:
        path: The file.
        reason: What is wrong with it, as a sentence.
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class Meta:
    """A ``meta.yaml``, read field by field.

    Args:
        folder: Where it lies.

    Raises:
        Damaged: It is not there, or no YAML map.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / META
        self._fields = _load(self.path)

    def get(self, *names: str) -> Any:
        """The first of these fields that is there and not null, or None."""
        found = (self._fields.get(name) for name in names)
        return next((value for value in found if value is not None), None)

    def optional_text(self, *names: str) -> str | None:
        """A field as text, or None."""
        value = self.get(*names)
        return None if value is None else str(value)

    def text(self, *names: str) -> str:
        """A field that must be there, as text.

        Raises:
            Damaged: It is missing or empty.
        """
        value = self.optional_text(*names)
        if not value:
            raise Damaged(self.path, f"It has no {names[0]}.")
        return value

    def optional_number(self, *names: str) -> int | None:
        """A whole number, or None.

        Raises:
            Damaged: The field is something else.
        """
        value = self.get(*names)
        try:
            number = None if value is None else int(value)
        except (TypeError, ValueError, OverflowError):
            raise Damaged(self.path, f"Its {names[0]} {value!r} is no whole number.") from None
        if number is not None and not -(1 << 63) <= number < 1 << 63:
            raise Damaged(self.path, f"Its {names[0]} {number} does not fit into 64 bits.")
        return number

    def number(self, name: str, if_missing: int) -> int:
        """A whole number; raises like ``optional_number``."""
        found = self.optional_number(name)
        return if_missing if found is None else found

    def texts(self, name: str) -> dict[str, str]:
        """A map of texts, empty where it is missing.

        Raises:
            Damaged: The field is something else.
        """
        value = self.get(name) or {}
        if not isinstance(value, dict):
            raise Damaged(self.path, f"Its {name} are no map.")
        return {str(key): str(text) for key, text in value.items()}


def check_home(meta: Meta, experiment_id: str) -> None:
    """Refuse what lies in another experiment's folder; MLflow ignores it there.

    Raises:
        Damaged: It says so itself.
    """
    if (own := meta.optional_text("experiment_id")) not in (None, experiment_id):
        raise Damaged(meta.path, f"It belongs to another experiment, {own}.")


def folders(parent: Path) -> list[Path]:
    """The folders in a folder, sorted by name; none where it is not there."""
    if not parent.is_dir():
        return []
    return sorted(path for path in parent.iterdir() if path.is_dir())


def read_text(path: Path) -> str:
    """A file's text as it stands.

    Raises:
        Damaged: It cannot be read, or is not UTF-8.
    """
    try:
        return path.read_bytes().decode()
    except OSError as error:
        raise Damaged(path, f"It cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise Damaged(path, "It is not text in UTF-8.") from None


def keyed(folder: Path, kind: str, report: Report) -> Iterator[tuple[str, Path, str]]:
    """The (key, file, text) of each file below a folder; folders are parts of keys.

    Those whose key Kipu refuses, or that cannot be read, are reported.
    """

    def unlisted(error: OSError) -> None:
        if folder.is_dir():
            report(Path(error.filename), f"It cannot be read: {error.strerror}.")

    for place, within, files in os.walk(folder, onerror=unlisted):
        within.sort()
        for name in sorted(files):
            path = Path(place, name)
            key = path.relative_to(folder).as_posix()
            try:
                check_key(key, kind)
                text = read_text(path)
            except MlflowException as error:
                report(path, error.message)
            except Damaged as damage:
                report(path, damage.reason)
            else:
                yield key, path, text


def labels(folder: Path, kind: str, report: Report) -> dict[str, str]:
    """The texts below a folder by key."""
    return {key: text for key, _, text in keyed(folder, kind, report)}


def _load(path: Path) -> dict[str, Any]:
    import yaml  # noqa: PLC0415 - seldom used

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where built
    try:
        if not path.is_file():
            raise Damaged(path, "It is missing.")
        fields = yaml.load(read_text(path), loader)
    except yaml.YAMLError as error:
        raise Damaged(path, f"It is no YAML: {' '.join(str(error).split())}.") from None
    if not isinstance(fields, dict):
        raise Damaged(path, "It is empty or no map of fields.")
    return fields
