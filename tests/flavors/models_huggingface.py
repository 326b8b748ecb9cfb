"""All models of transformers and sentence-transformers, since each process loads PyTorch anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import models_sentences
import models_transformers
import models_transformers_named


def save(folder: Path) -> None:
    for case in (models_transformers, models_transformers_named, models_sentences):
        case.save(folder)


def answers(folder: Path, name: str) -> Any:
    begin = name.partition("-")[0]
    others = {"from": models_transformers_named, "sentences": models_sentences}
    return others.get(begin, models_transformers).answers(folder, name)
