"""The drawing of an estimator that scikit-learn makes, as a page."""

from __future__ import annotations

from typing import Any


def estimator_page(estimator: Any) -> str:
    """A page of HTML."""
    from sklearn.utils import estimator_html_repr

    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"></head>\n<body>\n'
        f"{estimator_html_repr(estimator)}\n</body>\n</html>\n"
    )
