"""Folders on the file system that Spark writes to, which on a cluster is another than this one."""

from __future__ import annotations

import posixpath
import uuid
from pathlib import Path
from typing import Any

from kipu.environment_variables import MLFLOW_DFS_TMP


class SparkFiles:
    """The file system of a Spark session.

    Args:
        session: A classic session, which runs a driver in this process.
        dfs_tmpdir: Folder for what passes through; left out, ``MLFLOW_DFS_TMP``.
    """

    def __init__(self, session: Any, dfs_tmpdir: str | None = None) -> None:
        context = session.sparkContext
        self._path = context._jvm.org.apache.hadoop.fs.Path
        self._files = context._jvm.org.apache.hadoop.fs.FileSystem.get(
            context._jsc.hadoopConfiguration()
        )
        self._tmpdir = dfs_tmpdir or MLFLOW_DFS_TMP.get()
        self._is_tmpdir_given = bool(dfs_tmpdir) or MLFLOW_DFS_TMP.is_set()
        # Executors on this machine read and write its disk, as this process does.
        self._sees_disk = context.master.startswith("local")

    def save(self, model: Any, target: Path) -> None:
        """Write a model into a folder of this machine.

        Args:
            model: What has Spark's ``save``.
            target: The folder, which must be absent.
        """
        if self._sees_disk and not self._is_tmpdir_given:
            model.save(_uri(target))
            return
        passing = self._passing()
        try:
            model.save(passing)
            self._files.copyToLocalFile(True, self._path(passing), self._local(target))
        finally:
            self._files.delete(self._path(passing), True)

    def reachable(self, source: Path) -> str:
        """Where Spark can read a folder of this machine; it may be a copy, which stays there."""
        local = self._local(source)
        qualified: str = self._files.makeQualified(local).toString()
        if self._sees_disk or qualified == f"file:{local.toString()}":
            return _uri(source)
        # Spark may read from it as long as the model lives, so it cannot be removed.
        passing = self._passing()
        self._files.copyFromLocalFile(False, local, self._path(passing))
        return passing

    def _passing(self) -> str:
        return posixpath.join(self._tmpdir, str(uuid.uuid4()))

    def _local(self, path: Path) -> Any:
        return self._path(str(path.resolve()))


def _uri(path: Path) -> str:
    """A local path as Hadoop reads it, which does not know of escapes such as %20."""
    return f"file:///{path.resolve().as_posix().lstrip('/')}"
