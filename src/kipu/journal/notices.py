"""How the journal speaks to the user: by the logger ``kipu``."""

from __future__ import annotations


def warn(text: str) -> None:
    """Tell the user about something that goes on by itself."""
    import logging  # noqa: PLC0415 (20 ms that nobody needs while all goes well)

    logging.getLogger("kipu").warning(text)


def info(text: str) -> None:
    """Tell the user that something is well again."""
    import logging  # noqa: PLC0415

    logging.getLogger("kipu").info(text)
