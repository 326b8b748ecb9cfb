"""How large a page may be."""

from __future__ import annotations

from kipu.exceptions import InvalidParameter
from kipu.service.limits import SEARCH_MAX_RESULTS_THRESHOLD


def check_page_size(max_results: object, limit: int = SEARCH_MAX_RESULTS_THRESHOLD) -> None:
    """Refuse a page that is empty by order, or too large.

    Raises:
        InvalidParameter: ``max_results`` is not an integer from 1 to ``limit``.
    """
    if not isinstance(max_results, int) or isinstance(max_results, bool):
        raise InvalidParameter(f"max_results must be an integer; it is {max_results!r}.")
    if not 1 <= max_results <= limit:
        raise InvalidParameter(f"max_results must be from 1 to {limit}; it is {max_results}.")
