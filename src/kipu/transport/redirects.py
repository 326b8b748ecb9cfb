"""Where an answer sends a request on to."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from kipu.environment_variables import MLFLOW_ALLOW_HTTP_REDIRECTS

MOST = 10
_KEEPING_THE_METHOD = (307, 308)
_STATUSES = (301, 302, 303, *_KEEPING_THE_METHOD)


class Onward(NamedTuple):
    """The next request."""

    method: str
    url: str

    @property
    def origin(self) -> str:
        """Scheme, host and port of its server."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def path(self) -> str:
        """What follows them."""
        return self.url.removeprefix(self.origin) or "/"

    def may_know_what(self, url: str) -> bool:
        """Whether it may have the credentials that ``url`` had: the same server, no less safe."""
        here, there = urlsplit(url), urlsplit(self.url)
        safe = there.scheme == here.scheme or there.scheme == "https"
        return here.netloc == there.netloc and safe


def redirection(status: int, location: str | None, method: str, url: str) -> Onward | None:
    """The request that should follow, or None where the answer is meant for the caller.

    As browsers do, most redirections turn a POST into a GET without a body; 307 and 308 do not,
    and 301 leaves other methods as they are.
    """
    if status not in _STATUSES or not location or not MLFLOW_ALLOW_HTTP_REDIRECTS.get():
        return None
    place = urlsplit(urljoin(url, location))
    if place.scheme not in ("http", "https"):
        return None
    kept = status in _KEEPING_THE_METHOD or method == "HEAD" or (status == 301 and method != "POST")
    return Onward(method if kept else "GET", place._replace(fragment="").geturl())
