"""With whose rights a served model uses what it needs."""

from __future__ import annotations

from typing import Any

from kipu.models.resources import Resource, as_resources


class UserAuthPolicy:
    """The scopes that who asks the model must have.

    Args:
        api_scopes: Such as ``sql``.
    """

    def __init__(self, api_scopes: list[str]) -> None:
        self.api_scopes = api_scopes

    def to_dict(self) -> dict[str, Any]:
        """The form in an ``MLmodel`` file."""
        return {"api_scopes": self.api_scopes}


class SystemAuthPolicy:
    """The resources that the model itself uses.

    Args:
        resources: Each of them.
    """

    def __init__(self, resources: list[Resource]) -> None:
        self.resources = resources

    def to_dict(self) -> dict[str, Any]:
        """The form in an ``MLmodel`` file."""
        return {"resources": as_resources(self.resources)}


class AuthPolicy:
    """Both together.

    Args:
        user_auth_policy: For who asks the model.
        system_auth_policy: For the model.
    """

    def __init__(
        self,
        user_auth_policy: UserAuthPolicy | None = None,
        system_auth_policy: SystemAuthPolicy | None = None,
    ) -> None:
        self.user_auth_policy = user_auth_policy
        self.system_auth_policy = system_auth_policy

    def to_dict(self) -> dict[str, Any]:
        """The form in an ``MLmodel`` file."""
        system, user = self.system_auth_policy, self.user_auth_policy
        return {
            "system_auth_policy": system.to_dict() if system else {},
            "user_auth_policy": user.to_dict() if user else {},
        }
