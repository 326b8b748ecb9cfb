"""Logged models on a server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from kipu.entities import (
    LoggedModel,
    LoggedModelParameter,
    LoggedModelStatus,
    LoggedModelTag,
    PagedList,
)
from kipu.search import parse_logged_model_order, read_datasets
from kipu.store.rest.access import API, RestAccess, decoded
from kipu.wire import logged_models as wire
from kipu.wire.experiments import Empty
from kipu.wire.message import Pair, encode

_PARAMS_AT_ONCE = 100  # what every server takes in one request


class RestLoggedModels(RestAccess):
    """``LoggedModelStore`` over HTTP."""

    def create_logged_model(
        self,
        experiment_id: str,
        name: str | None,
        source_run_id: str | None,
        tags: Sequence[LoggedModelTag],
        params: Sequence[LoggedModelParameter],
        model_type: str | None,
    ) -> LoggedModel:
        """See ``LoggedModelStore``."""
        asked = wire.CreateLoggedModel(
            experiment_id=experiment_id,
            name=name or "",
            model_type=model_type,
            source_run_id=source_run_id,
            params=_pairs(params[:_PARAMS_AT_ONCE]),
            tags=_pairs(tags),
        )
        made = self._post("/logged-models", asked, wire.LoggedModelAnswer, retry=False)
        model = made.model.entity()
        if len(params) > _PARAMS_AT_ONCE:
            self.log_logged_model_params(model.model_id, params[_PARAMS_AT_ONCE:])
            return self.get_logged_model(model.model_id)
        return model

    def get_logged_model(self, model_id: str, allow_deleted: bool = False) -> LoggedModel:
        """See ``LoggedModelStore``."""
        deleted = "true" if allow_deleted else None
        answer = self._get(_path(model_id), wire.LoggedModelAnswer, allow_deleted=deleted)
        return answer.model.entity()

    def finalize_logged_model(self, model_id: str, status: LoggedModelStatus) -> LoggedModel:
        """See ``LoggedModelStore``."""
        asked = wire.FinalizeLoggedModel(model_id, status.wire_name)  # type: ignore[arg-type]
        body = self._call("PATCH", API + _path(model_id), json_body=encode(asked))
        return decoded(body, wire.LoggedModelAnswer).model.entity()

    def delete_logged_model(self, model_id: str) -> None:
        """See ``LoggedModelStore``."""
        self._call("DELETE", API + _path(model_id))

    def log_logged_model_params(
        self, model_id: str, params: Sequence[LoggedModelParameter]
    ) -> None:
        """See ``LoggedModelStore``; all or none for each 100 of them."""
        for at in range(0, len(params), _PARAMS_AT_ONCE):
            asked = wire.LogLoggedModelParams(model_id, _pairs(params[at : at + _PARAMS_AT_ONCE]))
            self._post(f"{_path(model_id)}/params", asked, Empty, retry=False)

    def set_logged_model_tags(self, model_id: str, tags: Sequence[LoggedModelTag]) -> None:
        """See ``LoggedModelStore``."""
        asked = wire.SetLoggedModelTags(_pairs(tags))
        self._call("PATCH", f"{API}{_path(model_id)}/tags", json_body=encode(asked))

    def delete_logged_model_tag(self, model_id: str, key: str) -> None:
        """See ``LoggedModelStore``."""
        self._call("DELETE", f"{API}{_path(model_id)}/tags/{quote(key, safe='')}", retry=False)

    def search_logged_models(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None,
        datasets: Sequence[Mapping[str, Any]] | None,
        max_results: int,
        order_by: Sequence[Mapping[str, Any]] | None,
        page_token: str | None,
    ) -> PagedList[LoggedModel]:
        """See ``LoggedModelStore``."""
        if not experiment_ids:
            return PagedList([])  # which a request must not say
        read_datasets(datasets)
        parse_logged_model_order(order_by)
        asked = wire.SearchLoggedModels(
            list(experiment_ids),
            filter_string,
            max_results,
            page_token,
            [msgspec.convert(part, wire.ModelOrder, strict=False) for part in order_by or ()],
            [msgspec.convert(one, wire.ModelDataset, strict=False) for one in datasets or ()],
        )
        page = self._post("/logged-models/search", asked, wire.SearchLoggedModelsAnswer)
        return PagedList([model.entity() for model in page.models], page.next_page_token)


def _path(model_id: str) -> str:
    return f"/logged-models/{quote(model_id, safe='')}"


def _pairs(labels: Sequence[LoggedModelTag | LoggedModelParameter]) -> list[Pair]:
    return [Pair(label.key, label.value) for label in labels]
