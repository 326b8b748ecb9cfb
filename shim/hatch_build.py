"""Lets the wheel also install the metadata of a distribution named ``mlflow``.

Programs ask ``importlib.metadata.version("mlflow")``, and installers look whether something
satisfies ``mlflow>=3``. A wheel may hold one ``.dist-info`` folder, so the second one travels
among the files that go to site-packages as they are.
"""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_EPOCH = (2020, 2, 2, 0, 0, 0)  # the same wheel from the same source


class ProvideMlflow(BuildHookInterface[Any]):
    """Adds ``mlflow-<version>.dist-info`` to a finished wheel."""

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Rewrite the wheel with the further metadata."""
        wheel = Path(artifact_path)
        name, own = wheel.name.split("-")[:2]
        info = f"mlflow-{self._mlflow_version()}.dist-info"
        data = f"{name}-{own}.data/purelib/{info}"
        files = {
            f"{data}/METADATA": self._metadata(f"{name.replace('_', '-')}=={own}").encode(),
            f"{data}/INSTALLER": b"kipu-mlflow\n",
            f"{data}/RECORD": "".join(
                f"{info}/{file},,\n" for file in ("METADATA", "INSTALLER", "RECORD")
            ).encode(),
        }
        record = f"{name}-{own}.dist-info/RECORD"
        rewritten = wheel.with_suffix(".new")
        with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(rewritten, "w") as new:
            lines = old.read(record).decode()
            for entry in old.infolist():
                if entry.filename != record:
                    new.writestr(entry, old.read(entry), zipfile.ZIP_DEFLATED)
            for path, content in files.items():
                new.writestr(_entry(path), content)
                lines += f"{path},sha256={_digest(content)},{len(content)}\n"
            new.writestr(_entry(record), lines)
        shutil.move(rewritten, wheel)

    def _mlflow_version(self) -> str:
        text = Path(self.root, "src/mlflow/version.py").read_text()
        found = re.search(r'^VERSION = "(.+)"$', text, re.MULTILINE)
        if found is None:
            raise SystemExit("src/mlflow/version.py does not say VERSION.")
        return found[1]

    def _metadata(self, requirement: str) -> str:
        return (
            "Metadata-Version: 2.1\n"
            "Name: mlflow\n"
            f"Version: {self._mlflow_version()}\n"
            "Summary: Provided by kipu-mlflow\n"
            f"Requires-Dist: {requirement}\n"
        )


def _entry(path: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o100644 << 16
    return entry


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
