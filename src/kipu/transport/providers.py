"""What other packages add to a request: headers, and signatures."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

from kipu.environment_variables import MLFLOW_TRACKING_AUTH
from kipu.exceptions import InvalidParameter
from kipu.plugins import Registry
from kipu.version import __version__

_log = logging.getLogger(__name__)


class RequestHeaderProvider(ABC):
    """Adds headers to the requests of clients.

    Packages register theirs under the entry point group ``mlflow.request_header_provider``.
    """

    @abstractmethod
    def in_context(self) -> bool:
        """Whether its headers are needed here."""

    @abstractmethod
    def request_headers(self) -> dict[str, str]:
        """The headers; one that another provider gives too is put behind that one's."""


class RequestAuthProvider(ABC):
    """Signs the requests of clients that name it in ``MLFLOW_TRACKING_AUTH``.

    Packages register theirs under the entry point group ``mlflow.request_auth_provider``.
    """

    @abstractmethod
    def get_name(self) -> str:
        """The name to choose it by."""

    @abstractmethod
    def get_auth(self) -> Any:
        """What signs a request: called with it, as the package requests calls its ``auth``."""


header_providers: Registry[RequestHeaderProvider] = Registry("mlflow.request_header_provider")
auth_providers: Registry[RequestAuthProvider] = Registry("mlflow.request_auth_provider")


class Request:
    """A request that can still be signed; attributes as in requests' ``PreparedRequest``."""

    def __init__(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> None:
        self.method, self.url, self.headers, self.body = method, url, headers, body


def resolve_request_headers(request_headers: Mapping[str, str] | None = None) -> dict[str, str]:
    """The headers of all providers, and the caller's, which win."""
    found = {"User-Agent": f"kipu/{__version__}"}
    for provider in header_providers:
        try:
            if provider.in_context():
                for name, value in provider.request_headers().items():
                    found[name] = f"{found[name]} {value}" if name in found else value
        except Exception as error:
            _log.warning("%s gave no headers: %s", type(provider).__name__, error)
    return found | dict(request_headers or {})


def fetch_auth(request_auth: str) -> Callable[[Any], Any]:
    """What signs requests, by the name of its provider.

    Raises:
        InvalidParameter: No package that is installed has such a provider.
    """
    for provider in auth_providers:
        if provider.get_name() == request_auth:
            signer: Callable[[Any], Any] = provider.get_auth()
            return signer
    raise InvalidParameter(
        f"MLFLOW_TRACKING_AUTH is {request_auth!r}, but no package that is installed signs "
        "requests under this name."
    )


def sign(request: Request) -> dict[str, str]:
    """The request's headers, signed where ``MLFLOW_TRACKING_AUTH`` says by whom."""
    name = MLFLOW_TRACKING_AUTH.get()
    if name:
        fetch_auth(name)(request)
    return request.headers
