"""What gives runs their tags; other packages may add providers."""

from __future__ import annotations

from abc import ABC, abstractmethod


class RunContextProvider(ABC):
    """Knows whether the program runs somewhere special, and how to tag its runs then.

    Packages register theirs under the entry point group ``mlflow.run_context_provider``.
    """

    @abstractmethod
    def in_context(self) -> bool:
        """Whether the program runs there."""

    @abstractmethod
    def tags(self) -> dict[str, str]:
        """The tags for a run that starts now."""
