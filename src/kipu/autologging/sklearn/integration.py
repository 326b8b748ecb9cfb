"""scikit-learn as a library whose training is logged."""

from __future__ import annotations

from typing import Any

from kipu.autologging.integration import Integration
from kipu.exceptions import InvalidParameter
from kipu.flavors.sklearn_formats import file_name


class _Sklearn(Integration):
    def _configure(self, options: dict[str, Any]) -> None:
        """Refuse options that no training could follow, before any of them counts."""
        limit = options["max_tuning_runs"]
        if limit is not None and limit < 0:
            raise InvalidParameter(f"max_tuning_runs is None or at least 0, not {limit}.")
        file_name(options["serialization_format"])
        super()._configure(options)


SKLEARN = _Sklearn(
    "sklearn", library="sklearn", versions=("1.6.0", "1.9.1"), distributions=("scikit-learn",)
)
