"""Whether the file of an exported program can be read without running code that is in it.

``torch.export.load`` unpickles some of its records, and loads compiled libraries. Where pickles are
forbidden, each record must be plain text, JSON, the raw bytes of a tensor, or a pickle that
PyTorch's restricted reader takes, with no class that the program has allowed besides.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

from kipu.exceptions import MlflowException

_CONFIG = re.compile(r"(?:^|/)data/(?:weights|constants)/[^/]+_config\.json$")
_RAW = ("weight_", "tensor_")
_TEXTS = ("archive_format", "archive_version", "byteorder", "serialization_id", "version")
# Too little to be a pickle that names a class.
_TEXT = re.compile(rb"[A-Za-z0-9._-]{1,64}\n?")
_FIRST_SAFE = (2, 10)
_SWITCH = "Set MLFLOW_ALLOW_PICKLE_DESERIALIZATION=true if you trust where the model comes from."


def check_is_free_of_pickles(path: Path) -> None:
    """Check that nothing in an exported program can run code when it is loaded.

    Raises:
        MlflowException: Something may; or this version of PyTorch cannot tell.
    """
    import torch

    release = tuple(int(part) for part in re.findall(r"\d+", str(torch.__version__))[:2])
    if release < _FIRST_SAFE:
        raise MlflowException(
            f"PyTorch {torch.__version__} cannot tell for sure whether an exported program runs "
            f"code when it is loaded; PyTorch 2.10 can. {_SWITCH}"
        )
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise _refused(path.name) from error
    with archive:
        names = [one.filename for one in archive.infolist() if not one.is_dir()]
        raw = _raw_records(archive, names)
        for name in names:
            # One at a time, so that no more than one record is held in memory.
            if name not in raw and not _is_harmless(name, archive.read(name)):
                raise _refused(name)


def _raw_records(archive: zipfile.ZipFile, names: list[str]) -> set[str]:
    """The records that the archive says are read as bytes of tensors, and as nothing else."""
    raw, pickled = set[str](), set[str]()
    for name in names:
        if not _CONFIG.search(name):
            continue
        told = _json(archive.read(name))
        entries = told.get("config") if isinstance(told, dict) else None
        for entry in entries.values() if isinstance(entries, dict) else ():
            record = entry.get("path_name") if isinstance(entry, dict) else None
            if not isinstance(record, str) or "/" in record:
                continue
            is_raw = entry.get("use_pickle") is False and record.startswith(_RAW)
            (raw if is_raw else pickled).add(f"{name.rpartition('/')[0]}/{record}")
    return raw - pickled


def _is_harmless(name: str, content: bytes) -> bool:
    if name.rpartition("/")[2] in _TEXTS and _TEXT.fullmatch(content):
        return True
    return _json(content) is not None or _is_of_tensors(content)


def _json(content: bytes) -> Any:
    """What a record says in JSON, None if it is not JSON."""
    try:
        return json.loads(content.decode("utf-8"))
    except ValueError:
        return None


def _is_of_tensors(content: bytes) -> bool:
    """Whether it is a pickle with nothing but tensors and plain containers."""
    import torch
    from torch import _weights_only_unpickler as reader

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as checkpoint:
            pickles = [one for one in checkpoint.namelist() if one.endswith("data.pkl")]
            named = set[str]()
            for one in pickles:
                named |= reader.get_globals_in_pkl(io.BytesIO(checkpoint.read(one)))
        # What the program has allowed by add_safe_globals is not allowed here.
        if not pickles or named - set(reader._get_allowed_globals()):
            return False
        torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except Exception:  # whatever cannot be read is not harmless
        return False
    return True


def _refused(record: str) -> MlflowException:
    return MlflowException(
        f"The record {record!r} of the exported program may run code when it is loaded, which "
        f"MLFLOW_ALLOW_PICKLE_DESERIALIZATION forbids. {_SWITCH}"
    )
