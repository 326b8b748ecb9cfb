"""What is known of a model's origin: its repository, commit, card and licence.

Saving a model looks at folders and at the local cache of the hub; files are never downloaded.
"""

from __future__ import annotations

import logging
import re
import shutil
from pathlib import Path
from typing import Any

import yaml

from kipu.exceptions import ResourceNotFound

_log = logging.getLogger(__name__)

_CARD_FILE = "model_card.md"
_CARD_DATA_FILE = "model_card_data.yaml"
_LICENSE_FILE = "LICENSE.txt"
_LICENSE_NAME = re.compile(r"license(\.[a-z]+)?", re.IGNORECASE)


def is_repository(name: str | None) -> bool:
    """Whether a model's name may be that of a repository at the hub, not of a folder."""
    if not name or Path(name).is_dir():
        return False
    from huggingface_hub.utils import HFValidationError, validate_repo_id

    try:
        validate_repo_id(name)
    except HFValidationError:
        return False
    return True


def commit_of(name: str, loaded: Any = None) -> str:
    """The commit of a repository that a model was loaded from.

    It is what the loaded object tells, else what the local cache has, else what the hub answers.

    Args:
        name: The repository's.
        loaded: What was loaded from it.

    Raises:
        ResourceNotFound: Nobody knows.
    """
    told = getattr(getattr(loaded, "config", None), "_commit_hash", None)
    if told:
        return str(told)
    for file in ("config.json", "tokenizer_config.json", "preprocessor_config.json"):
        if (cached := _cached(name, file)) is not None:
            return cached.parent.name
    from huggingface_hub import HfApi

    try:
        return str(HfApi().model_info(name).sha)
    except Exception as error:
        raise ResourceNotFound(
            f"The commit of {name!r} is not known, so the model cannot be saved by its name. Save "
            f"it with save_pretrained=True. ({error})"
        ) from error


def card_of(name: str) -> Any:
    """The model card beside a model's files, or in the local cache; None without one."""
    folder = _folder(name)
    found = folder / "README.md" if folder else _cached(name, "README.md")
    if found is None or not found.is_file():
        return None
    from huggingface_hub import ModelCard

    try:
        return ModelCard.load(found)
    except Exception as error:
        _log.warning("The model's card %s cannot be read: %s", found, error)
        return None


def write_card(card: Any, folder: Path) -> None:
    """Write a card's text and what it says as data; None is no card."""
    if card is None:
        return
    folder.joinpath(_CARD_FILE).write_text(card.text, "utf-8")
    with folder.joinpath(_CARD_DATA_FILE).open("wb") as file:
        yaml.safe_dump(card.data.to_dict(), file, default_flow_style=False, encoding="utf-8")


def write_license(name: str, card: Any, folder: Path) -> None:
    """Copy the licence beside a model's files, or in the local cache; else say where to look."""
    found = _license_of(name)
    if found is not None:
        shutil.copy(found, folder / found.name)
        return
    text = (
        f"No licence file was found for the model {name!r}.\n"
        f"Its terms may be told at https://huggingface.co/{name}"
    )
    declared = getattr(getattr(card, "data", None), "license", None)
    if declared and declared != "other":
        text += f"\nDeclared licence: {declared}"
    folder.joinpath(_LICENSE_FILE).write_text(text, "utf-8")


def _license_of(name: str) -> Path | None:
    folder = _folder(name)
    if folder is None:
        cached = _cached(name, "config.json")
        if cached is None:
            return None
        folder = cached.parent
    names = [one for one in sorted(folder.iterdir()) if _LICENSE_NAME.fullmatch(one.name)]
    return names[0] if names else None


def _folder(name: str) -> Path | None:
    # A model that was made, not loaded, has an empty name, which is no name of this folder.
    return Path(name) if name and Path(name).is_dir() else None


def _cached(name: str, file: str) -> Path | None:
    if not is_repository(name):
        return None
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(name, file)
    return Path(found) if isinstance(found, str) else None
