from __future__ import annotations

import re
from pathlib import Path

import pytest

import kipu
from kipu import environment_variables as settings
from kipu.environment_variables.accepted import ACCEPTED
from kipu.environment_variables.setting import Setting, flag, number
from kipu.exceptions import InvalidParameter

ALL = {name: one for name, one in vars(settings).items() if isinstance(one, Setting)}


def test_each_setting_stands_under_its_name() -> None:
    assert ALL
    public = {name: one for name, one in ALL.items() if not one.name.startswith("_")}
    # MLflow, too, has this one under a name with its words in another order.
    turned = {"MLFLOW_HUGGINGFACE_DISABLE_ACCELERATE_FEATURES"}
    assert {name for name, one in public.items() if name != one.name} == turned


def test_what_is_said_to_have_no_effect_is_read_nowhere() -> None:
    package = Path(kipu.__file__).parent
    read = {
        name
        for file in package.rglob("*.py")
        # The commands read some only to say that they have none.
        if file.name not in ("accepted.py", "foreign.py")
        for name in re.findall(r"\bMLFLOW_[A-Z0-9_]+\b", file.read_text())
    }
    assert {one.name for one in ACCEPTED} & read == set()
    assert all(ALL[one.name] is one for one in ACCEPTED)


def test_a_setting_tells_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    one = settings.MLFLOW_HTTP_REQUEST_TIMEOUT
    assert (one.name, one.type, one.default) == ("MLFLOW_HTTP_REQUEST_TIMEOUT", int, 120)
    assert settings.MLFLOW_ENABLE_ASYNC_LOGGING.type is bool
    assert f"{one} {one!r}" == "MLFLOW_HTTP_REQUEST_TIMEOUT 'MLFLOW_HTTP_REQUEST_TIMEOUT'"
    assert str(one) == "MLFLOW_HTTP_REQUEST_TIMEOUT (default: 120)"
    monkeypatch.delenv(one.name, raising=False)
    assert (one.get(), one.get_raw(), one.defined, one.is_set()) == (120, None, False, False)
    monkeypatch.setenv(one.name, "3")
    assert (one.get(), one.get_raw(), one.defined, one.is_set()) == (3, "3", True, True)


def test_kipus_own_name_of_a_setting_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    one = number("MLFLOW_NEW", None, "New.")
    monkeypatch.setenv("MLFLOW_NEW", "1")
    monkeypatch.setenv("KIPU_NEW", "2")
    assert one.get() == 2
    one.unset()
    assert one.get() is None
    one.set(3)
    assert one.get_raw() == "3"


@pytest.mark.parametrize(
    ("text", "value"), [("TRUE", True), ("1", True), ("False", False), ("0", False)]
)
def test_truth_has_four_spellings(monkeypatch: pytest.MonkeyPatch, text: str, value: bool) -> None:
    monkeypatch.setenv("MLFLOW_NEW", text)
    assert flag("MLFLOW_NEW", not value, "New.").get() is value


def test_what_does_not_fit_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_NEW", "yes")
    with pytest.raises(InvalidParameter, match="MLFLOW_NEW is 'yes', which is not true or false"):
        flag("MLFLOW_NEW", False, "New.").get()
    with pytest.raises(InvalidParameter, match="MLFLOW_NEW is 'yes', which is not int"):
        number("MLFLOW_NEW", 1, "New.").get()
