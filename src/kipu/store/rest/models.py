"""Logged models on a server."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from kipu.entities import LoggedModel, LoggedModelParameter, LoggedModelTag, PagedList
from kipu.store.rest.access import RestAccess
from kipu.wire.logged_models import (
    CreateLoggedModel,
    LoggedModelAnswer,
    SearchLoggedModels,
    SearchLoggedModelsAnswer,
)
from kipu.wire.message import Pair


class RestLoggedModels(RestAccess):
    """``LoggedModelStore`` over HTTP."""

    def create_logged_model(
        self,
        experiment_id: str,
        name: str,
        source_run_id: str | None,
        tags: Sequence[LoggedModelTag],
        params: Sequence[LoggedModelParameter],
        model_type: str | None,
    ) -> LoggedModel:
        """See ``LoggedModelStore``."""
        asked = CreateLoggedModel(
            experiment_id=experiment_id,
            name=name,
            model_type=model_type,
            source_run_id=source_run_id,
            params=[Pair(param.key, param.value) for param in params],
            tags=[Pair(tag.key, tag.value) for tag in tags],
        )
        made = self._post("/logged-models", asked, LoggedModelAnswer, retry=False)
        return made.model.entity()

    def get_logged_model(self, model_id: str) -> LoggedModel:
        """See ``LoggedModelStore``."""
        path = f"/logged-models/{quote(model_id, safe='')}"
        return self._get(path, LoggedModelAnswer).model.entity()

    def search_logged_models(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None,
        max_results: int,
        page_token: str | None,
    ) -> PagedList[LoggedModel]:
        """See ``LoggedModelStore``."""
        asked = SearchLoggedModels(
            list(experiment_ids), filter_string, max_results, page_token or None
        )
        page = self._post("/logged-models/search", asked, SearchLoggedModelsAnswer)
        return PagedList([model.entity() for model in page.models], page.next_page_token)
