"""The command line: ``kipu server``, ``kipu experiments``, ``kipu runs``, ``kipu artifacts`` ..."""

from kipu.cli.main import main

__all__ = ["main"]
