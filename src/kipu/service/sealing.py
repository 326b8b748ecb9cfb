"""Secrets as they are stored: encrypted, where the server has a key for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kipu.environment_variables import MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY
from kipu.exceptions import InvalidParameter, InvalidState, MlflowException

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

_SEALED, _PLAIN = "fernet:", "plain:"


def seal(secret: str) -> str:
    """A secret as it may be stored.

    Raises:
        InvalidParameter: ``MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY`` is no Fernet key.
        MlflowException: It is set, and the package ``cryptography`` is missing.
    """
    cipher = _cipher()
    if cipher is None:
        return _PLAIN + secret
    return _SEALED + cipher.encrypt(secret.encode()).decode()


def unseal(stored: str) -> str:
    """The secret that ``seal`` was given.

    Raises:
        InvalidState: It was sealed with another key.
    """
    if stored.startswith(_PLAIN):
        return stored.removeprefix(_PLAIN)
    cipher = _cipher()
    if cipher is not None:
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - an extra

        try:
            return cipher.decrypt(stored.removeprefix(_SEALED)).decode()
        except InvalidToken:
            pass
    raise InvalidState(
        "The webhook's secret was sealed with another key than this server has; start it with "
        f"the {MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY.name} of that time, or set the secret anew."
    )


def _cipher() -> Fernet | None:
    key = MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY.get()
    if not key:
        return None
    try:
        from cryptography.fernet import Fernet  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        raise MlflowException(
            f"{MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY.name} needs the package cryptography: "
            "pip install 'kipu[webhooks]'."
        ) from None
    try:
        return Fernet(key)
    except ValueError:
        raise InvalidParameter(
            f"{MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY.name} is no Fernet key, which is 32 bytes in "
            "URL-safe Base64. This makes one: python -c 'from cryptography.fernet import Fernet; "
            "print(Fernet.generate_key().decode())'"
        ) from None
