"""What ``LoggedModelStore`` promises."""
# ruff: noqa: D102 - the names are the sentences

from __future__ import annotations

from kipu.entities import LoggedModelParameter, LoggedModelStatus, LoggedModelTag
from kipu.store.interface import TrackingStore
from kipu.testing.contracts.refusals import ABSENT_EXPERIMENT, refused


class LoggedModelStoreContract:
    """Inherit, and provide the fixture ``store``."""

    def test_a_model_reads_back_as_it_was_made(self, store: TrackingStore) -> None:
        run_id = store.create_run("0", "u", 1, [], "r").info.run_id
        made = store.create_logged_model(
            "0",
            "forest",
            run_id,
            [LoggedModelTag("t", "1")],
            [LoggedModelParameter("p", "2")],
            "sklearn",
        )
        assert made.model_id.startswith("m-")
        assert len(made.model_id) == 34
        assert (made.name, made.model_type, made.source_run_id) == ("forest", "sklearn", run_id)
        assert (made.tags, made.params) == ({"t": "1"}, {"p": "2"})
        assert made.status == LoggedModelStatus.PENDING
        location = store.get_experiment("0").artifact_location
        assert made.artifact_location == f"{location}/models/{made.model_id}/artifacts"
        assert store.get_logged_model(made.model_id) == made

    def test_what_is_not_there_is_not_found(self, store: TrackingStore) -> None:
        with refused("RESOURCE_DOES_NOT_EXIST", "m-nobody"):
            store.get_logged_model("m-nobody")
        with refused("RESOURCE_DOES_NOT_EXIST", ABSENT_EXPERIMENT):
            store.create_logged_model(ABSENT_EXPERIMENT, "m", None, [], [], None)
