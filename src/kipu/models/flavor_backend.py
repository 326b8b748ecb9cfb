"""What serves models of a flavor; others write backends of their own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any


class FlavorBackend(ABC):
    """Serves models of one flavor.

    Args:
        config: What the ``MLmodel`` file says of the flavor.
        **kwargs: As the backend likes.
    """

    def __init__(self, config: dict[str, Any], **kwargs: Any) -> None:
        self._config = config

    @abstractmethod
    def predict(
        self, model_uri: str, input_path: str | None, output_path: str | None, content_type: str
    ) -> Any:
        """Predict on a file, or on what comes in, and write a file, or what goes out.

        Args:
            model_uri: The model.
            input_path: File to read; None, standard input.
            output_path: File to write; None, standard output.
            content_type: ``json`` or ``csv``.
        """

    @abstractmethod
    def serve(
        self,
        model_uri: str,
        port: int,
        host: str,
        timeout: int,
        synchronous: bool = True,
        stdout: Any = None,
        stderr: Any = None,
    ) -> Any:
        """Answer requests.

        Args:
            model_uri: The model.
            port: Where to listen,
            host: and at which address.
            timeout: Seconds that a request may take.
            synchronous: Whether to return only when the server ends.
            stdout: Where its output goes,
            stderr: and its errors.
        """

    def prepare_env(self, model_uri: str, capture_output: bool = False) -> Any:
        """Do beforehand what makes predicting and serving quick; left alone, nothing."""
        return None

    @abstractmethod
    def build_image(
        self,
        model_uri: str,
        image_name: str,
        install_java: bool = False,
        install_mlflow: bool = False,
        mlflow_home: str | None = None,
        base_image: str | None = None,
    ) -> Any:
        """Make an image of a container that serves the model."""

    @abstractmethod
    def generate_dockerfile(
        self,
        model_uri: str,
        output_dir: str,
        install_java: bool = False,
        install_mlflow: bool = False,
        mlflow_home: str | None = None,
        base_image: str | None = None,
    ) -> Any:
        """Write the file that such an image is made with."""

    @abstractmethod
    def can_score_model(self) -> bool:
        """Whether models can be served here."""

    def can_build_image(self) -> bool:
        """Whether images can be made."""
        return callable(getattr(type(self), "build_image", None))
