"""Secrets in the database, encrypted as upstream does it, so that either reads what the other wrote.

XSalsa20-Poly1305 with the SHA-256 of `LITELLM_SALT_KEY`, else of the master key; the result in URL-safe base64. Values
that upstream wrote with AES-256-GCM (`v2:gcm:` before them) are read too.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nacl.secret import SecretBox

_GCM = "v2:gcm:"
_NONCE_BYTES = 12


class Secrecy:
    """Encrypts and decrypts with one key."""

    def __init__(self, master_key: str) -> None:
        self._key = hashlib.sha256((os.environ.get("LITELLM_SALT_KEY") or master_key).encode()).digest()

    @cached_property
    def _box(self) -> SecretBox:
        from nacl.secret import SecretBox  # many megabytes, and a gateway without stored secrets needs none of it

        return SecretBox(self._key)

    def encrypt(self, text: str) -> str:
        """The text, encrypted."""
        return base64.urlsafe_b64encode(self._box.encrypt(text.encode())).decode()

    def decrypt(self, text: str) -> str:
        """The text that was encrypted. Raises ValueError for what was not encrypted with this key."""
        from nacl.exceptions import CryptoError

        try:
            if text.startswith(_GCM):
                return _decrypt_gcm(self._key, base64.urlsafe_b64decode(text.removeprefix(_GCM)))
            return self._box.decrypt(base64.urlsafe_b64decode(text)).decode()
        except (binascii.Error, CryptoError) as error:
            raise ValueError("not encrypted with this key: has LITELLM_SALT_KEY changed?") from error

    def encrypt_all(self, values: dict[str, Any]) -> dict[str, Any]:
        """Every text among the values, encrypted."""
        return {name: self.encrypt(value) if isinstance(value, str) else value for name, value in values.items()}

    def decrypt_all(self, values: dict[str, Any]) -> dict[str, Any]:
        """Every text among the values, decrypted. Raises ValueError."""
        return {name: self.decrypt(value) if isinstance(value, str) else value for name, value in values.items()}


def _decrypt_gcm(key: bytes, sealed: bytes) -> str:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from nacl.exceptions import CryptoError

    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None).decode()
    except InvalidTag as error:
        raise CryptoError("another key") from error
