"""At which commit of which repository the program lies, read from ``.git`` without running git."""

from __future__ import annotations

import configparser
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from kipu.entities.tag_names import MLFLOW_GIT_BRANCH, MLFLOW_GIT_COMMIT, MLFLOW_GIT_REPO_URL
from kipu.fluent.context.process import main_file
from kipu.fluent.context.provider import RunContextProvider


class GitContext(RunContextProvider):
    """Commit, branch and address of the repository that the program lies in."""

    def in_context(self) -> bool:
        """Whether the program lies in a repository with a commit."""
        return MLFLOW_GIT_COMMIT in self.tags()

    def tags(self) -> dict[str, str]:
        """What is known; read once in a process, as the program does not change either."""
        program = main_file()
        return git_tags(program) if program else {}


@cache
def git_tags(path: str) -> dict[str, str]:
    """The tags of a file or folder; empty if it is not there or in no repository."""
    place = Path(path)
    if not place.exists():
        return {}
    place = place.absolute()
    try:
        git = next((found for parent in (place, *place.parents) if (found := _git(parent))), None)
        return _tags(git) if git else {}
    except (OSError, ValueError, configparser.Error):
        return {}


def _git(folder: Path) -> Path | None:
    """The folder's ``.git``, followed to where a work tree or submodule keeps it."""
    place = folder / ".git"
    if place.is_dir():
        return place
    if place.is_file():
        kept = place.read_text().removeprefix("gitdir:").strip()
        return folder / kept
    return None


def _tags(git: Path) -> dict[str, str]:
    pointer = git / "commondir"
    common = git / pointer.read_text().strip() if pointer.is_file() else git
    head = (git / "HEAD").read_text().strip()
    reference = head.removeprefix("ref:").strip() if head.startswith("ref:") else None
    found = {
        MLFLOW_GIT_COMMIT: _commit(git, common, reference) if reference else head,
        MLFLOW_GIT_BRANCH: reference.removeprefix("refs/heads/") if reference else None,
        MLFLOW_GIT_REPO_URL: _remote(common),
    }
    return {name: value for name, value in found.items() if value}


def _commit(git: Path, common: Path, reference: str) -> str | None:
    for place in (git / reference, common / reference):
        if place.is_file():
            return place.read_text().strip()
    packed = common / "packed-refs"
    if packed.is_file():
        for line in packed.read_text().splitlines():
            if line.endswith(f" {reference}"):
                return line.partition(" ")[0]
    return None


def _remote(common: Path) -> str | None:
    """The address of the first remote, without the credentials that it may hold."""
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    # Git indents its lines, which this parser would take for continuations.
    lines = (common / "config").read_text().splitlines()
    parser.read_string("\n".join(line.strip() for line in lines))
    for section in parser.sections():
        if section.startswith("remote ") and parser.has_option(section, "url"):
            return _without_credentials(parser.get(section, "url"))
    return None


def _without_credentials(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme in ("http", "https"):
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return url
