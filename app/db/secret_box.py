"""Seal secrets that have to be read again, under a key derived from SECRET_KEY."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SECOND_FACTOR = "waymark second factor"


class SecretBox:
    """Seals under the first key and opens what any of the keys has sealed.

    What was sealed for one ``purpose`` is never opened for another.
    """

    def __init__(self, keys: Sequence[str], purpose: str = SECOND_FACTOR) -> None:
        self._fernet = MultiFernet([Fernet(_derived(key, purpose)) for key in keys])

    def seal(self, secret: bytes) -> bytes:
        return self._fernet.encrypt(secret)

    def open(self, sealed: bytes) -> bytes | None:
        """The secret; None where none of the keys has sealed it."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            return None


def _derived(key: str, purpose: str) -> bytes:
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode())
    return urlsafe_b64encode(kdf.derive(key.encode()))
