"""What may be a key, an id or a name."""

import pytest

from kipu.exceptions import InvalidParameter
from kipu.service.names import (
    check_experiment_id,
    check_experiment_name,
    check_key,
    check_run_id,
    is_key,
)


@pytest.mark.parametrize("key", ["a/b", "a b", "a:b", "a.b", "é", "loss", "a" * 250, "..a/b"[2:]])
def test_a_key_may_hold_letters_digits_and_a_few_signs(key: str) -> None:
    check_key(key, "metric")


@pytest.mark.parametrize(
    "key", ["a//b", "a/", "/a", "../a", ".", "a*b", "a,b", "a(b)", "a@b", "", "a" * 251, "a\n"]
)
def test_other_keys_are_refused(key: str) -> None:
    with pytest.raises(InvalidParameter) as refusal:
        check_key(key, "metric")
    assert refusal.value.error_code == "INVALID_PARAMETER_VALUE"


def test_the_message_names_the_characters_at_fault() -> None:
    with pytest.raises(InvalidParameter, match=r"Invalid param key 'lr@x!': '!' '@' is not"):
        check_key("lr@x!", "param")


def test_the_message_offers_the_shortest_form_of_a_path() -> None:
    with pytest.raises(InvalidParameter, match=r"such as 'a/b'"):
        check_key("a//b", "metric")


@pytest.mark.parametrize("key", [None, 1, b"loss"])
def test_a_key_is_text(key: object) -> None:
    with pytest.raises(InvalidParameter, match="needs a key that is text"):
        check_key(key, "metric")


def test_is_key_looks_at_the_characters_alone() -> None:
    assert is_key("a//b")
    assert not is_key("a*b")


@pytest.mark.parametrize("run_id", ["a" * 32, "A-b_c", "1"])
def test_run_ids_are_letters_digits_dashes_and_underscores(run_id: str) -> None:
    check_run_id(run_id)


@pytest.mark.parametrize("run_id", ["", "-a", "a b", "a/b", "..", "a" * 257, None, 7])
def test_other_run_ids_are_refused(run_id: object) -> None:
    with pytest.raises(InvalidParameter, match="Invalid run id"):
        check_run_id(run_id)


@pytest.mark.parametrize("experiment_id", ["", "a b", "1" * 65, "../1", None])
def test_wrong_experiment_ids_are_refused(experiment_id: object) -> None:
    with pytest.raises(InvalidParameter, match="Invalid experiment id"):
        check_experiment_id(experiment_id)


@pytest.mark.parametrize("name", [None, "", "x" * 501, 7])
def test_wrong_experiment_names_are_refused(name: object) -> None:
    with pytest.raises(InvalidParameter):
        check_experiment_name(name)


def test_an_experiment_name_may_hold_any_characters() -> None:
    check_experiment_name("Ünï/côde: 100 % 'fun'\n")
