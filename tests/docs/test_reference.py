"""The documentation says what the code does."""

import importlib.util
import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_reference_pages_are_current() -> None:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec
    assert spec.loader
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    assert generate.stale() == [], "run `make docs`"


def test_every_link_between_pages_leads_somewhere() -> None:
    root = DOCS.parent
    broken = [
        f"{page.relative_to(root)}: {target}"
        for page in [*root.glob("*.md"), *DOCS.rglob("*.md"), *root.glob("*/README.md")]
        for target in re.findall(r"\]\((?!https?:|#|/)([^)#]+)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert broken == []
