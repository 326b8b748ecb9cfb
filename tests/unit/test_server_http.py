"""What requests may look like."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kipu.exceptions import InvalidParameter
from kipu.server import http
from kipu.server.http import parse
from kipu.wire.experiments import CreateExperiment, SearchExperiments
from kipu.wire.runs import LogBatch, LogMetric, SearchRuns, UpdateRun


def log_metric(**fields: Any) -> LogMetric:
    given = {"run_id": "r", "key": "k", "value": 1.0, "timestamp": 1} | fields
    return parse(json.dumps(given).encode(), LogMetric)


@pytest.mark.parametrize(
    ("sent", "read"),
    [(5, 5), ("5", 5), ("1e+05", 100_000), (1e5, 100_000), ("-3", -3), (5.0, 5), (2**40, 2**40)],
)
def test_an_integer_may_be_a_number_or_a_text(sent: Any, read: int) -> None:
    assert log_metric(step=sent).step == read


def test_a_timestamp_of_r_is_read() -> None:
    assert log_metric(timestamp="1.7e+12").timestamp == 1_700_000_000_000


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("0.5", 0.5),
        ("Infinity", math.inf),
        ("-Infinity", -math.inf),
        (math.inf, math.inf),
        (True, 1.0),
        (3, 3.0),
    ],
)
def test_a_double_may_be_a_number_or_a_text(sent: Any, read: float) -> None:
    assert log_metric(value=sent).value == read


@pytest.mark.parametrize("sent", ["NaN", math.nan])
def test_nan_may_be_a_text_or_a_bare_token(sent: Any) -> None:
    assert math.isnan(log_metric(value=sent).value)


def test_nan_tokens_deep_in_a_batch_are_read() -> None:
    batch = b'{"run_id":"r","metrics":[{"key":"k","value":NaN,"timestamp":"1"}]}'
    (metric,) = parse(batch, LogBatch).metrics
    assert math.isnan(metric.value)
    assert (metric.timestamp, metric.step) == (1, 0)


def test_json_may_come_within_a_json_string() -> None:
    twice = json.dumps(json.dumps({"name": "e"})).encode()
    assert parse(twice, CreateExperiment).name == "e"


def test_optional_names_may_be_in_camel_case() -> None:
    asked = parse(b'{"experimentIds":["1"],"maxResults":"5","runViewType":"ALL"}', SearchRuns)
    assert (asked.experiment_ids, asked.max_results, asked.run_view_type) == (["1"], 5, "ALL")


def test_camel_case_deep_in_a_batch_is_read() -> None:
    batch = b'{"run_id":"r","metrics":[{"key":"k","value":1,"timestamp":1,"modelId":"m"}]}'
    assert parse(batch, LogBatch).metrics[0].model_id == "m"


def test_required_names_in_camel_case_are_not_read() -> None:
    with pytest.raises(InvalidParameter, match=r"^run_id is required\.$"):
        parse(b'{"runId":"r","key":"k","value":1,"timestamp":1,"metrics":[]}', LogBatch)


def test_both_spellings_of_a_name_are_refused() -> None:
    with pytest.raises(InvalidParameter, match="max_results or maxResults, not both"):
        parse(b'{"max_results":1,"maxResults":2}', SearchRuns)


def test_unknown_fields_are_ignored() -> None:
    assert parse(b'{"name":"e","colour":"red"}', CreateExperiment).name == "e"


def test_null_is_as_good_as_nothing() -> None:
    asked = parse(b'{"name":"e","artifact_location":null,"tags":null}', CreateExperiment)
    assert (asked.artifact_location, asked.tags) == (None, [])
    assert log_metric(step=None).step == 0


@pytest.mark.parametrize(("sent", "read"), [('"FAILED"', "FAILED"), ("4", 4), ('"4"', 4)])
def test_a_state_goes_by_name_or_number(sent: str, read: Any) -> None:
    assert parse(b'{"run_id":"r","status":%b}' % sent.encode(), UpdateRun).status == read


@pytest.mark.parametrize("text", [b"", b"not json", b"[1]", b'"text"', b"\xff\xfe", b"{" * 9999])
def test_what_is_no_object_is_taken_for_an_empty_one(text: bytes) -> None:
    assert parse(text, SearchExperiments) == SearchExperiments()


@pytest.mark.parametrize(
    "text",
    [
        rb'{"name":"a\ud800"}',
        rb'{"name":"a","tags":[{"key":"\uDFFF","value":"v"}]}',
        b'{"name":"\xed\xa0\x80"}',
        rb'"{\"name\":\"\ud800\"}"',
    ],
)
def test_half_of_a_surrogate_pair_is_refused(text: bytes) -> None:
    with pytest.raises(InvalidParameter, match=r"with \\ud[8f].., half of a surrogate pair"):
        parse(text, CreateExperiment)


def test_a_whole_surrogate_pair_is_a_character() -> None:
    assert parse(rb'{"name":"\ud83d\ude00","x":NaN}', CreateExperiment).name == "\U0001f600"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"{}", "name is required."),
        (b'{"name":""}', "name is required and must not be empty."),
        (b'{"name":5}', "Wrong value for name: expected `str`, got `int`."),
        (b'{"name":"e","tags":[{"value":"v"}]}', "tags[0].key is required."),
    ],
)
def test_a_wrong_field_is_named(text: bytes, sentence: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        parse(text, CreateExperiment)
    assert caught.value.message == sentence


@pytest.mark.parametrize("step", [2**63, -(2**63) - 1, 1.5, "x"])
def test_what_is_no_int64_is_refused(step: Any) -> None:
    with pytest.raises(InvalidParameter, match="step"):
        log_metric(step=step)


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "key": st.text(min_size=1),
                "value": st.floats(allow_nan=False, allow_infinity=False),
                "timestamp": st.integers(0, 2**63 - 1),
                "step": st.integers(-(2**63), 2**63 - 1),
            }
        )
    )
)
def test_the_lenient_reading_of_proper_json_is_the_strict_one(metrics: list[Any]) -> None:
    text = json.dumps({"run_id": "r", "metrics": metrics}).encode()
    lenient = http._convert(http._fitted(json.loads(text), http._shape(LogBatch)), LogBatch)
    assert parse(text, LogBatch) == lenient
