"""``python -m mlflow.store.artifact.cli``, by which the Java client moves files."""

from kipu.cli.artifacts import artifacts as commands

__all__ = ["commands"]

if __name__ == "__main__":
    commands(prog_name="python -m mlflow.store.artifact.cli")
