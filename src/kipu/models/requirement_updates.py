"""Requirements of models that are saved already."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import yaml

from kipu.exceptions import InvalidParameter
from kipu.models.environment import CONDA_FILE, REQUIREMENTS_FILE, pip_part, with_pip_part
from kipu.models.requirements import merge_requirements, normal_name, parse_requirement
from kipu.models.stored_files import changeable_place, edit_file

_ONE_VERSION = re.compile(r"(===|[=~!<>]=|<|>)[\w.*+!-]+")
_DIRECT = re.compile(r"[A-Za-z0-9][\w.-]*\s*(\[[^\]]*\])?\s*@\s*\S.*")


def update_model_requirements(
    model_uri: str, operation: Literal["add", "remove"], requirement_list: Sequence[str]
) -> None:
    """Change what a saved model requires, in its requirements.txt and conda.yaml.

    Args:
        model_uri: ``models:/<model id>``, ``runs:/<run id>/<name>`` or a folder. Versions of
            registered models stay as they are.
        operation: ``add`` (a line for the same distribution is replaced), or ``remove``.
        requirement_list: Lines such as ``scikit-learn>=1.4``.

    Raises:
        InvalidParameter: The URI names a version, the operation is another, or a line is no
            requirement.
        ResourceNotFound: There is no model.
    """
    if operation not in ("add", "remove"):
        raise InvalidParameter(f"The operation is 'add' or 'remove', not {operation!r}.")
    if wrong := [line for line in requirement_list if not _is_requirement(line)]:
        raise InvalidParameter(f"These are no requirements: {', '.join(map(repr, wrong))}.")
    given = merge_requirements(requirement_list)

    def changed(lines: list[str]) -> list[str]:
        by_name = {_name_of(line): line for line in lines if line}
        for line in given:
            if operation == "add":
                by_name[_name_of(line)] = line
            else:
                by_name.pop(_name_of(line), None)
        return list(by_name.values())

    def change_conda(text: str) -> str:
        environment = yaml.safe_load(text)
        with_pip_part(environment, changed(pip_part(environment)))
        return yaml.safe_dump(environment, default_flow_style=False)

    place = changeable_place(model_uri)
    edit_file(place, CONDA_FILE, change_conda)
    edit_file(place, REQUIREMENTS_FILE, lambda text: "\n".join(changed(text.splitlines())))


def _name_of(line: str) -> str:
    one = parse_requirement(line)
    return line if one is None else normal_name(one.name)


def _is_requirement(line: str) -> bool:
    one = parse_requirement(line)
    if one is None:
        return _DIRECT.fullmatch(line.strip()) is not None
    return all(_ONE_VERSION.fullmatch(part) for part in one.specifier.split(",") if part)
