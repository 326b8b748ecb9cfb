"""The engine of automatic logging, on a library made for the test."""

from __future__ import annotations

import gc
import importlib
import inspect
import logging
import sys
import threading
import warnings
import weakref
from collections.abc import Iterator
from pathlib import Path
from types import MethodType
from typing import Any

import pytest

import kipu
from kipu.autologging import import_hooks, switch
from kipu.autologging.arguments import call_arguments
from kipu.autologging.guards import guarded
from kipu.autologging.integration import INTEGRATIONS, Integration, is_disabled
from kipu.autologging.patching import Call, patch
from kipu.autologging.sessions import paused
from kipu.autologging.versions import is_between

LIBRARY = """
import warnings
__version__ = "1.4.2"

class Learner:
    def fit(self, data, rounds=3):
        if data == "bad":
            raise ZeroDivisionError("bad data")
        warnings.warn("slow", stacklevel=1)
        self.rounds = rounds
        return self

    @property
    def score(self):
        return lambda data: len(data) / 10

    @staticmethod
    def trees(count):
        return count * 2

class Special(Learner):
    pass

def train(data, callbacks=(), **more):
    for callback in callbacks:
        callback(data)
    return Learner().fit(data)
"""


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a module that can be imported and was not yet."""
    (tmp_path / "teachable.py").write_text(LIBRARY)
    monkeypatch.syspath_prepend(tmp_path)
    before = dict(INTEGRATIONS)
    kipu.set_tracking_uri(f"sqlite:///{tmp_path}/store.db")
    yield "teachable"
    while kipu.active_run():
        kipu.end_run()
    sys.modules.pop("teachable", None)
    INTEGRATIONS.clear()
    INTEGRATIONS.update(before)
    kipu.set_tracking_uri(None)


class Teachable:
    """An integration as a library's file has it, with what it saw."""

    def __init__(self, **settings: Any) -> None:
        self.calls: list[Call] = []
        self.breaks: str | None = None
        self.integration = Integration("teachable", library="teachable", versions=("1.2", "1.4"))

        @self.integration.switch
        def autolog(
            log_models: bool = True,
            disable: bool = False,
            exclusive: bool = False,
            disable_for_unsupported_versions: bool = False,
            silent: bool = False,
            extra_tags: dict[str, str] | None = None,
        ) -> None:
            """Log training with the library."""
            import teachable

            patch(self.integration, teachable.Learner, "fit", self.fit, manages_run=True)
            patch(self.integration, teachable, "train", self.train, manages_run=True)
            patch(self.integration, teachable.Learner, "score", self.score, nested=True)
            patch(self.integration, teachable.Learner, "trees", self.trees)

        self.autolog = autolog

    def fit(self, call: Call, learner: Any, *args: Any, **kwargs: Any) -> None:
        self.calls.append(call)
        if self.breaks == "before":
            raise KeyError("ours, before")
        kipu.log_params(call_arguments(learner.fit, args, kwargs, without=("data",)))
        warnings.warn("only ours", stacklevel=1)
        call.original(learner, *args, **kwargs)
        if self.breaks == "after":
            raise KeyError("ours, after")
        kipu.log_metric("rounds", learner.rounds)

    def train(self, call: Call, *args: Any, **kwargs: Any) -> None:
        self.calls.append(call)

        @guarded(self.integration)
        def callback(data: Any) -> None:
            kipu.log_metric("seen", 1)
            if self.breaks == "callback":
                raise KeyError("ours, called back")

        kwargs["callbacks"] = [*kwargs.get("callbacks", ()), callback, callback]
        call.original(*args, **kwargs)

    def score(self, call: Call, learner: Any, data: Any) -> None:
        kipu.log_metric("score", call.original(learner, data))

    def trees(self, call: Call, count: int) -> None:
        self.calls.append(call)
        call.original(count)


@pytest.fixture
def teachable(library: str) -> Teachable:
    return Teachable()


def latest() -> Any:
    run = kipu.last_active_run()
    assert run is not None
    return kipu.get_run(run.info.run_id)


def learn(data: str = "good", **more: Any) -> Any:
    learner = importlib.import_module("teachable").Learner()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return learner.fit(data, **more)


def test_switching_on_does_not_import_the_library(teachable: Teachable) -> None:
    teachable.autolog()
    assert "teachable" not in sys.modules
    learn(rounds=5)
    run = latest()
    assert run.info.status == "FINISHED"
    assert run.data.params == {"rounds": "5"}
    assert run.data.metrics == {"rounds": 5.0}
    assert run.data.tags["mlflow.autologging"] == "teachable"


def test_a_library_that_is_loaded_is_patched_at_once(teachable: Teachable) -> None:
    importlib.import_module("teachable")
    teachable.autolog(extra_tags={"team": "x", "mlflow.autologging": "no"})
    assert learn().rounds == 3
    tags = latest().data.tags
    assert (tags["team"], tags["mlflow.autologging"]) == ("x", "teachable")


def test_a_callback_may_wait_for_more_of_the_same_import(teachable: Teachable) -> None:
    import_hooks.when_imported("teachable", teachable.autolog)
    assert learn().rounds == 3
    assert latest().data.tags["mlflow.autologging"] == "teachable"


def test_a_module_keeps_its_own_loader(teachable: Teachable) -> None:
    teachable.autolog()
    module = importlib.import_module("teachable")
    assert module.__spec__ is not None
    assert module.__spec__.loader is module.__loader__
    assert isinstance(module.__loader__, importlib.machinery.SourceFileLoader)


def test_an_absent_library_is_told_at_once() -> None:
    nothing = Integration("nothing", library="no_such_library", versions=("1", "2"))

    @nothing.switch
    def autolog(disable: bool = False, silent: bool = False) -> None:
        """Never called."""

    with pytest.raises(ModuleNotFoundError, match="no_such_library"):
        autolog()
    autolog(disable=True)
    INTEGRATIONS.pop("nothing")


def test_switching_off_takes_the_patches_off(teachable: Teachable) -> None:
    module = importlib.import_module("teachable")
    own, own_score = module.Learner.fit, inspect.getattr_static(module.Learner, "score")
    teachable.autolog()
    assert module.Learner.fit is not own
    assert inspect.signature(module.Learner.fit) == inspect.signature(own)
    teachable.autolog()
    teachable.autolog(disable=True)
    assert module.Learner.fit is own
    assert inspect.getattr_static(module.Learner, "score") is own_score
    assert teachable.integration.is_disabled
    assert is_disabled("teachable")


def test_an_inherited_method_is_patched_where_it_was_asked_for(teachable: Teachable) -> None:
    module = importlib.import_module("teachable")
    teachable.integration._configure({"disable": False})
    patch(teachable.integration, module.Special, "fit", teachable.fit)
    assert "fit" in vars(module.Special)
    assert not hasattr(module.Learner.fit, "_kipu_integration")
    teachable.integration._configure({"disable": True})
    assert "fit" not in vars(module.Special)


def test_a_method_behind_a_descriptor_is_logged_and_keeps_its_signature(
    teachable: Teachable,
) -> None:
    class OnlyIf:  # as scikit-learn's available_if
        def __init__(self, function: Any) -> None:
            self.function = function

        def __get__(self, instance: Any, owner: Any = None) -> Any:
            if instance is not None and not instance.can_rank:
                raise AttributeError("it cannot rank")
            return self.function if instance is None else MethodType(self.function, instance)

    class Ranker:
        can_rank = True

        @OnlyIf
        def rank(self, data: Any, limit: int = 3) -> Any:
            return data[:limit]

    def rank(call: Call, ranker: Any, *args: Any, **kwargs: Any) -> None:
        teachable.calls.append(call)
        call.original(ranker, *args, **kwargs)

    before = inspect.signature(Ranker().rank)
    teachable.integration._configure({"disable": False})
    patch(teachable.integration, Ranker, "rank", rank)
    ranker = Ranker()
    assert ranker.rank("abcde", limit=2) == "ab"
    assert len(teachable.calls) == 1
    assert inspect.signature(ranker.rank) == before
    ranker.can_rank = False
    assert not hasattr(ranker, "rank")


@pytest.mark.parametrize("when", ["before", "after", "callback"])
def test_errors_of_logging_never_reach_training(
    teachable: Teachable, when: str, caplog: pytest.LogCaptureFixture
) -> None:
    teachable.autolog()
    teachable.breaks = when
    if when == "callback":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            learner = importlib.import_module("teachable").train("good")
    else:
        learner = learn(rounds=4)
    assert learner.rounds == (3 if when == "callback" else 4)
    told = [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING]
    assert len(told) == 1
    assert "KeyError" in told[0]
    assert kipu.active_run() is None
    assert latest().info.status == ("FINISHED" if when == "callback" else "FAILED")


def test_an_error_of_training_comes_through_as_it_is(
    teachable: Teachable, caplog: pytest.LogCaptureFixture
) -> None:
    teachable.autolog()
    with pytest.raises(ZeroDivisionError, match="bad data") as caught:
        learn("bad")
    assert caught.value.__cause__ is None
    assert latest().info.status == "FAILED"
    assert kipu.active_run() is None
    assert [one for one in caplog.records if one.levelno >= logging.WARNING] == []


def test_an_error_of_training_keeps_no_data_alive(teachable: Teachable) -> None:
    teachable.autolog()

    class Data:
        """Compares with anything."""

        def __eq__(self, other: object) -> bool:
            raise ZeroDivisionError

        __hash__ = None  # type: ignore[assignment]

    def learn_it() -> weakref.ref[Data]:
        data = Data()
        with pytest.raises(ZeroDivisionError):
            learn(data)  # type: ignore[arg-type]
        return weakref.ref(data)

    learn()  # what is made once
    gc.collect()
    gc.disable()
    try:
        assert learn_it()() is None
    finally:
        gc.enable()


def test_training_is_never_run_twice(teachable: Teachable) -> None:
    teachable.autolog()
    module = importlib.import_module("teachable")
    count = []

    def wrapped(call: Call, learner: Any, data: str) -> None:
        count.append(1)
        try:
            call.original(learner, data)
        except ZeroDivisionError as error:
            raise RuntimeError("told otherwise") from error

    teachable.integration._configure({"disable": False})
    patch(teachable.integration, module.Learner, "fit", wrapped)
    with pytest.raises(ZeroDivisionError):
        learn("bad")
    assert count == [1]


def test_a_store_that_cannot_be_reached_is_no_reason_to_stop(
    teachable: Teachable, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    teachable.autolog()
    (tmp_path / "taken").write_text("")
    kipu.set_tracking_uri(f"sqlite:///{tmp_path}/taken/store.db")
    assert learn().rounds == 3
    assert any("Training goes on" in one.getMessage() for one in caplog.records)


def test_what_a_training_calls_does_not_try_again_what_failed_for_it(
    teachable: Teachable, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    teachable.autolog()
    (tmp_path / "taken").write_text("")
    kipu.set_tracking_uri(f"sqlite:///{tmp_path}/taken/store.db")
    module = importlib.import_module("teachable")
    learner = module.Learner()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module.train("good", callbacks=[lambda data: learner.trees(2)])
    assert teachable.calls == []
    told = [one for one in caplog.records if one.levelno >= logging.WARNING]
    assert len(told) == 1


def test_a_failing_callback_and_a_failing_end_are_one_warning(
    teachable: Teachable, caplog: pytest.LogCaptureFixture
) -> None:
    teachable.autolog()

    def fail_twice(call: Call, learner: Any, data: str) -> None:
        guarded(teachable.integration)(lambda: {}["first"])()
        call.original(learner, data)
        raise KeyError("second")

    teachable.integration._configure({"disable": False})
    module = importlib.import_module("teachable")
    patch(teachable.integration, module.Learner, "fit", fail_twice)
    learn()
    told = [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING]
    assert len(told) == 1
    assert "first" in told[0]


def test_a_run_of_the_caller_stays_open_and_gets_all(teachable: Teachable) -> None:
    teachable.autolog()
    with kipu.start_run() as run:
        learn()
        assert kipu.active_run() is run
        assert "mlflow.autologging" not in kipu.get_run(run.info.run_id).data.tags
    assert latest().data.metrics == {"rounds": 3.0}


def test_exclusive_leaves_runs_of_the_caller_alone(teachable: Teachable) -> None:
    teachable.autolog(exclusive=True)
    with kipu.start_run():
        learn()
    assert latest().data.params == {}
    learn()
    assert latest().data.params == {"rounds": "3"}


def test_calls_within_a_logged_call_are_not_logged_unless_wanted(teachable: Teachable) -> None:
    teachable.autolog()
    module = importlib.import_module("teachable")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        learner = module.train("good", callbacks=[lambda data: module.Learner().score("abc")])
    assert len(teachable.calls) == 1, "fit within train is not another training"
    assert latest().data.metrics == {"seen": 1.0, "score": 0.3}
    assert learner.trees(3) == 6
    assert module.Learner.trees(3) == 6


def test_calls_that_another_process_logs_start_no_run(teachable: Teachable) -> None:
    learner = importlib.import_module("teachable").Learner
    asked: list[Any] = []

    def is_led(*given: Any) -> bool:
        asked.append(given)
        return given[1] == "followed"

    teachable.autolog()
    teachable.integration._undo.pop(0)()
    patch(teachable.integration, learner, "fit", teachable.fit, manages_run=True, unless=is_led)
    assert learn("followed").rounds == 3
    assert asked[0][1:] == ("followed",)
    assert teachable.calls == []
    assert len(kipu.search_runs()) == 0
    learn("led")
    assert latest().data.metrics == {"rounds": 3.0}


def test_nothing_is_logged_while_paused(teachable: Teachable) -> None:
    teachable.autolog()
    with paused():
        learn()
    assert teachable.calls == []


def test_warnings_of_training_are_shown_and_those_of_logging_are_not(
    teachable: Teachable,
) -> None:
    teachable.autolog()
    learner = importlib.import_module("teachable").Learner()
    shown: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = lambda message, *rest, **more: shown.append(str(message))
        learner.fit("good")
    assert shown == ["slow"]


def test_warnings_are_shown_later_as_the_program_wants_them(
    teachable: Teachable, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    teachable.autolog()
    shown: list[str] = []
    monkeypatch.setattr(
        warnings, "showwarning", lambda message, *rest, **more: shown.append(str(message))
    )
    learn()
    with warnings.catch_warnings(record=True):
        learn()
    logging.captureWarnings(True)
    learn()
    logging.captureWarnings(False)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("afterwards", stacklevel=1)
    assert shown == ["afterwards"]


def test_threads_of_a_training_are_no_trainings_of_their_own(teachable: Teachable) -> None:
    teachable.autolog()
    module = importlib.import_module("teachable")
    fit = {"fit": learn, "__name__": "joblib.worker"}
    exec("def work(): fit()", fit)
    in_a_pool, on_its_own = fit["work"], learn

    def search(data: Any) -> None:
        for work in (in_a_pool, on_its_own):
            thread = threading.Thread(target=work)  # type: ignore[arg-type]
            thread.start()
            thread.join()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module.train("good", callbacks=[search])
    assert len(teachable.calls) == 2, "train, and what another thread of the user trained"


@pytest.mark.parametrize(("version", "tested"), [("1.1.9", False), ("1.4.9", True), ("1.5", False)])
def test_untested_versions_are_told_of_or_left_alone(
    teachable: Teachable, version: str, tested: bool, caplog: pytest.LogCaptureFixture
) -> None:
    module: Any = importlib.import_module("teachable")
    module.__version__ = version
    teachable.autolog(disable_for_unsupported_versions=True)
    learn()
    assert bool(teachable.calls) is tested
    caplog.clear()
    teachable.autolog()
    assert [one.levelname for one in caplog.records] == ([] if tested else ["WARNING"])
    learn()
    assert len(teachable.calls) == 1 + tested


def test_silence_is_kept(teachable: Teachable, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    teachable.autolog(silent=True)
    teachable.breaks = "after"
    learn()
    assert [one for one in caplog.records if one.name.startswith("kipu.autologging")] == []


def test_wrong_tags_are_refused(teachable: Teachable) -> None:
    with pytest.raises(kipu.MlflowException, match="extra_tags is a dict, not a list"):
        teachable.autolog(extra_tags=["x"])  # type: ignore[arg-type]


def test_one_switch_turns_all_on_but_those_with_options_of_their_own(
    teachable: Teachable, monkeypatch: pytest.MonkeyPatch
) -> None:
    module: Any = type(sys)("kipu.autologging.teachable")
    module.autolog = teachable.autolog
    monkeypatch.setitem(sys.modules, "kipu.autologging.teachable", module)
    monkeypatch.setattr(switch, "LIBRARIES", {"teachable": ("teachable", "teachable")})
    kipu.autolog(log_models=False, log_datasets=False)
    kipu.autolog(log_models=False, exclude_flavors=["teachable"], silent=True)
    importlib.import_module("teachable")
    assert INTEGRATIONS["mlflow"]["silent"] is True
    assert "teachable" not in INTEGRATIONS, "the last call left it out"
    kipu.autolog(log_models=False)
    assert teachable.integration.option("log_models") is False
    assert teachable.integration.option("extra_tags", "default") is None
    kipu.autolog(log_models=True)
    assert teachable.integration.option("log_models") is True
    teachable.autolog(exclusive=True)
    kipu.autolog(disable=True)
    assert not teachable.integration.is_disabled, "it has options of its own"


def test_a_failing_switch_does_not_fail_the_import(
    library: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(switch, "LIBRARIES", {"teachable": ("teachable", "not_there")})
    kipu.autolog()
    importlib.import_module("teachable")
    assert "Training with teachable will not be logged" in caplog.text
    assert import_hooks._waiting.get("teachable") is None


def test_versions_lie_in_ranges() -> None:
    assert is_between("2.13.0+cpu", "2.5.0", "2.13.0")
    assert is_between("2.13.9", "2.5.0", "2.13.0")
    assert not is_between("2.14.0", "2.5.0", "2.13.0")
    assert not is_between("2.4.9", "2.5.0", "2.13.0")
    assert is_between("1.9.dev0", "1.6", "1.9.1")
