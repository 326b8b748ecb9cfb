"""The built UI: its page for every address of its own, its assets cached for long."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

STATIC = Path(__file__).parent.parent / "static"
_NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Kipu</title>
<body style="font: 16px/1.5 sans-serif; max-width: 40em; margin: 4em auto">
<h1>Kipu is running</h1><p>The server is well and its API answers, but the web pages are not part
of this installation. In a clone of the repository, <code>make ui</code> builds them.</p>
"""
# The names of these carry a hash of their content .
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_NEVER = {"Cache-Control": "no-cache"}
_API = ("/api/", "/ajax-api/", "/assets/", "/static-files/")


async def page(request: Request) -> Response:
    """Answer the UI's page, which reads the address itself."""
    path = request.scope["path"]
    if path.startswith(_API):
        raise HTTPException(404)
    file = _file(path)
    if file is not None and file.name != "index.html":
        return _whole(file, _NEVER)
    return HTMLResponse(_index(), headers=_NEVER)


async def asset(request: Request) -> Response:
    """Answer a script, style or image of the UI."""
    path: str = request.scope["path"]
    file = _file(path) or _file(path.replace("/static-files/", "/", 1))
    if file is None:
        raise HTTPException(404)
    return _whole(file, _FOR_EVER)


def _whole(file: Path, headers: dict[str, str]) -> Response:
    # Small, and whole so that it can be compressed.
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return Response(file.read_bytes(), headers=headers, media_type=kind)


def _file(path: str) -> Path | None:
    place = (STATIC / path.lstrip("/")).resolve()
    return place if place.is_relative_to(STATIC.resolve()) and place.is_file() else None


def _index() -> str:
    try:
        return (STATIC / "index.html").read_text(encoding="utf-8")
    except FileNotFoundError:
        return _NOT_BUILT


routes = [
    Route("/assets/{path:path}", asset, methods=["GET"]),
    Route("/static-files/{path:path}", asset, methods=["GET"]),
    Route("/{path:path}", page, methods=["GET"]),
]
