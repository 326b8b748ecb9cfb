"""The Hugging Face hub as a source."""

from __future__ import annotations

from typing import Any, Self

from kipu.data.dataset_source import ExplicitSource
from kipu.exceptions import MlflowException


class HuggingFaceDatasetSource(ExplicitSource):
    """What ``datasets.load_dataset`` is told.

    Args:
        path: The data set's name on the hub, or a local folder or script.
        config_name: Which of its configurations.
        data_dir: Folder of the data inside it.
        data_files: Its files: one, several, or those of each split.
        split: Which split.
        revision: Which version of it.
        trust_remote_code: Whether its own code may run.
    """

    def __init__(
        self,
        path: str,
        config_name: str | None = None,
        data_dir: str | None = None,
        data_files: Any = None,
        split: Any = None,
        revision: Any = None,
        trust_remote_code: bool | None = None,
    ) -> None:
        self.path = path
        self.config_name = config_name
        self.data_dir = data_dir
        self.data_files = data_files
        self.split = split
        self.revision = revision
        self.trust_remote_code = trust_remote_code

    @staticmethod
    def _get_source_type() -> str:
        return "hugging_face"

    def load(self, **kwargs: Any) -> Any:
        """The data set of the ``datasets`` library.

        Args:
            **kwargs: Further arguments of ``datasets.load_dataset``.

        Raises:
            KeyError: One of them is part of the source.
            MlflowException: The library is not installed.
        """
        try:
            import datasets  # noqa: PLC0415 - an optional package
        except ImportError as error:
            raise MlflowException(
                "Hugging Face data sets need a library; install it with: pip install datasets"
            ) from error
        own = {
            "path": self.path,
            "name": self.config_name,
            "data_dir": self.data_dir,
            "data_files": self.data_files,
            "split": self.split,
            "revision": self.revision,
        }
        if self.trust_remote_code is not None:  # newer versions do not know it
            own["trust_remote_code"] = self.trust_remote_code
        if both := sorted(own.keys() & kwargs.keys()):
            raise KeyError(f"The source itself says {both}; leave them out.")
        return datasets.load_dataset(**own, **kwargs)

    def to_dict(self) -> dict[Any, Any]:
        """The arguments, without ``trust_remote_code``."""
        return {
            "path": self.path,
            "config_name": self.config_name,
            "data_dir": self.data_dir,
            "data_files": self.data_files,
            "split": str(self.split),
            "revision": self.revision,
        }

    @classmethod
    def from_dict(cls, source_dict: dict[Any, Any]) -> Self:
        """Build one from what ``to_dict`` gave."""
        known = ("path", "config_name", "data_dir", "data_files", "split", "revision")
        given = {key: source_dict.get(key) for key in known}
        if given["split"] == "None":  # MLflow's way to store that there is none
            given["split"] = None
        return cls(**given)  # type: ignore[arg-type]
