"""Tags that runs get by themselves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from kipu.fluent.context import registry, resolve_tags
from kipu.fluent.context.git import git_tags
from kipu.fluent.context.provider import RunContextProvider


def git(folder: Path, *arguments: str) -> str:
    options = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]
    command = ["git", "-C", str(folder), *options, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    (root / "src").mkdir(parents=True)
    (root / "src" / "train.py").write_text("pass")
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "first")
    git(root, "remote", "add", "origin", "https://me:secret@host.example/x.git")
    return root


def test_commit_branch_and_address_are_read_without_git(repository: Path) -> None:
    assert git_tags(str(repository / "src" / "train.py")) == {
        "mlflow.source.git.commit": git(repository, "rev-parse", "HEAD"),
        "mlflow.source.git.branch": "main",
        "mlflow.source.git.repoURL": "https://host.example/x.git",
    }


def test_packed_references_are_read(repository: Path) -> None:
    git(repository, "pack-refs", "--all")
    tags = git_tags(str(repository))
    assert tags["mlflow.source.git.commit"] == git(repository, "rev-parse", "HEAD")


def test_a_detached_head_has_a_commit_and_no_branch(repository: Path) -> None:
    git(repository, "checkout", "-q", "--detach")
    tags = git_tags(str(repository))
    assert tags["mlflow.source.git.commit"] == git(repository, "rev-parse", "HEAD")
    assert "mlflow.source.git.branch" not in tags


def test_a_work_tree_finds_its_repository(repository: Path, tmp_path: Path) -> None:
    git(repository, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    tags = git_tags(str(tmp_path / "side" / "src" / "train.py"))
    assert tags["mlflow.source.git.branch"] == "side"
    assert tags["mlflow.source.git.commit"] == git(repository, "rev-parse", "HEAD")
    assert tags["mlflow.source.git.repoURL"] == "https://host.example/x.git"


def test_a_repository_without_a_commit_gives_no_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    assert "mlflow.source.git.commit" not in git_tags(str(tmp_path))


@pytest.mark.parametrize("path", ["-c", "/nowhere/at/all.py"])
def test_what_is_no_file_gives_no_tags(path: str) -> None:
    assert git_tags(path) == {}


def test_a_notebook_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    shell = SimpleNamespace(kernel=object(), user_ns={})
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setenv("JPY_SESSION_NAME", "work/a.ipynb")
    tags = resolve_tags()
    assert tags["mlflow.source.type"] == "NOTEBOOK"
    assert tags["mlflow.source.name"] == "work/a.ipynb"


def test_a_terminal_is_no_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: None))
    monkeypatch.setattr(sys, "argv", [""])
    tags = resolve_tags()
    assert tags["mlflow.source.type"] == "LOCAL"
    assert tags["mlflow.source.name"] == "<console>"


def test_the_callers_tags_win_and_a_broken_provider_harms_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(RunContextProvider):
        def in_context(self) -> bool:
            return True

        def tags(self) -> dict[str, str]:
            raise RuntimeError("no tags today")

    class Plugin(RunContextProvider):
        def in_context(self) -> bool:
            return True

        def tags(self) -> dict[str, str]:
            return {"mlflow.user": "plugin", "cluster": "c1"}

    monkeypatch.setattr(registry, "providers", (Broken(), Plugin()))
    assert resolve_tags({"mlflow.user": "me"}) == {"mlflow.user": "me", "cluster": "c1"}
    assert "no tags today" in caplog.text
    assert resolve_tags(ignore=[Plugin]) == {}
