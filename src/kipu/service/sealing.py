"""Secrets as they are stored: sealed, where the server has a key for it.

The standard library has no cipher, so a keystream of HMAC-SHA256 in counter mode hides the text and
a second HMAC over nonce and hidden text proves that nobody changed it. Both keys come from the
setting, which must be long enough not to be guessed.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from kipu.environment_variables import MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY
from kipu.exceptions import InvalidParameter, InvalidState

_SEALED, _PLAIN = "k1:", "plain:"
_NONCE_BYTES = 16
_MAC_BYTES = 32
_SHORTEST_KEY = 32


def seal(secret: str) -> str:
    """A secret as it may be stored.

    Raises:
        InvalidParameter: ``MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY`` is too short.
    """
    key = _key()
    if key is None:
        return _PLAIN + secret
    nonce = secrets.token_bytes(_NONCE_BYTES)
    hidden = _hidden(key, nonce, secret.encode())
    return _SEALED + urlsafe_b64encode(nonce + hidden + _mac(key, nonce + hidden)).decode()


def unseal(stored: str) -> str:
    """The secret that ``seal`` was given.

    Raises:
        InvalidState: It was sealed with another key.
    """
    if stored.startswith(_PLAIN):
        return stored.removeprefix(_PLAIN)
    key = _key()
    raw = urlsafe_b64decode(stored.removeprefix(_SEALED))
    body, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
    if key is None or not hmac.compare_digest(mac, _mac(key, body)):
        raise InvalidState(
            "The webhook's secret was sealed with another key than this server has; start it with "
            f"the {MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY.name} of that time, or set the secret anew."
        )
    return _hidden(key, body[:_NONCE_BYTES], body[_NONCE_BYTES:]).decode()


def _key() -> bytes | None:
    text = MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY.get()
    if not text:
        return None
    if len(text) < _SHORTEST_KEY:
        raise InvalidParameter(
            f"{MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY.name} has {len(text)} characters; a key needs "
            f"at least {_SHORTEST_KEY} random ones."
        )
    return text.encode()


def _hidden(key: bytes, nonce: bytes, text: bytes) -> bytes:
    """The text under the keystream; doing it twice gives the text back."""
    own = hmac.digest(key, b"kipu webhook secret: keystream", "sha256")
    blocks = -(-len(text) // _MAC_BYTES)
    stream = b"".join(
        hmac.digest(own, nonce + block.to_bytes(8, "big"), "sha256") for block in range(blocks)
    )
    return bytes(a ^ b for a, b in zip(text, stream, strict=False))


def _mac(key: bytes, body: bytes) -> bytes:
    own = hmac.digest(key, b"kipu webhook secret: proof", "sha256")
    return hmac.digest(own, body, "sha256")
