"""What webhooks are told of each event: the ``data`` of a delivery."""

from __future__ import annotations

from typing import Any, TypedDict


class RegisteredModelCreatedPayload(TypedDict):
    """A registered model was made."""

    name: str
    tags: dict[str, str]
    description: str | None


class ModelVersionCreatedPayload(TypedDict):
    """A version of a registered model was made."""

    name: str
    version: str
    source: str
    run_id: str | None
    tags: dict[str, str]
    description: str | None


class ModelVersionTagSetPayload(TypedDict):
    """A tag of a version was set."""

    name: str
    version: str
    key: str
    value: str


class ModelVersionTagDeletedPayload(TypedDict):
    """A tag of a version was removed."""

    name: str
    version: str
    key: str


class ModelVersionAliasCreatedPayload(TypedDict):
    """An alias was pointed at a version."""

    name: str
    alias: str
    version: str


class ModelVersionAliasDeletedPayload(TypedDict):
    """An alias was removed."""

    name: str
    alias: str


WebhookPayload = (
    RegisteredModelCreatedPayload
    | ModelVersionCreatedPayload
    | ModelVersionTagSetPayload
    | ModelVersionTagDeletedPayload
    | ModelVersionAliasCreatedPayload
    | ModelVersionAliasDeletedPayload
)

_TAGS = {"tags": {"example_key": "example_value"}}
_VERSION = {"version": "1"}
_KEY = {"key": "example_key"}
_KEY_AND_VALUE = {**_KEY, "value": "example_value"}
_ALIAS = {"alias": "example_alias"}
_MODEL = {"name": "example_model"}
_PROMPT = {"name": "example_prompt"}

# Field by field in the order in which they are sent.
EXAMPLES: dict[str, dict[str, Any]] = {
    "registered_model.created": {
        **_MODEL, **_TAGS, "description": "An example registered model",
    },
    "model_version.created": {
        **_MODEL, **_VERSION, "source": "models:/123", "run_id": "abcd1234abcd5678", **_TAGS,
        "description": "An example model version",
    },
    "model_version_tag.set": {**_MODEL, **_VERSION, **_KEY_AND_VALUE},
    "model_version_tag.deleted": {**_MODEL, **_VERSION, **_KEY},
    "model_version_alias.created": {**_MODEL, **_ALIAS, **_VERSION},
    "model_version_alias.deleted": {**_MODEL, **_ALIAS},
    "prompt.created": {**_PROMPT, **_TAGS, "description": "An example prompt"},
    "prompt_version.created": {
        **_PROMPT, **_VERSION, "template": "Hello {{name}}!", **_TAGS,
        "description": "An example prompt version",
    },
    "prompt_tag.set": {**_PROMPT, **_KEY_AND_VALUE},
    "prompt_tag.deleted": {**_PROMPT, **_KEY},
    "prompt_version_tag.set": {**_PROMPT, **_VERSION, **_KEY_AND_VALUE},
    "prompt_version_tag.deleted": {**_PROMPT, **_VERSION, **_KEY},
    "prompt_alias.created": {**_PROMPT, **_ALIAS, **_VERSION},
    "prompt_alias.deleted": {**_PROMPT, **_ALIAS},
    "budget_policy.exceeded": {
        "budget_policy_id": "bp-abc123", "budget_unit": "USD", "budget_amount": 100.0,
        "current_spend": 105.5, "duration_unit": "MONTHS", "duration_value": 1,
        "target_scope": "ENDPOINT", "workspace": "default", "target_value": "ep-abc123",
        "window_start": 1704067200000,
    },
}  # fmt: skip
"""What a trial delivery tells, by the event, as MLflow's does."""
