"""Signatures of Oracle Cloud's API: HTTP signatures version 1, by an RSA key.

Source: Oracle's documentation of request signatures. Needs `cryptography`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

_SIGNED = ("date", "(request-target)", "host", "content-length", "content-type", "x-content-sha256")


class CannotSign(Exception):
    """The key cannot be used. `status_code` is what an unsigned request would get."""

    status_code = 401

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class OciSigner:
    """Signs as `key_id` (`tenancy/user/fingerprint`) with the private key `pem`."""

    key_id: str
    pem: str = field(repr=False)

    def sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """`headers` with date, digest and signature. Raises `CannotSign` for a key that cannot be read."""
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        values = {
            "date": formatdate(usegmt=True),
            "(request-target)": f"{method.lower()} {target}",
            "host": parts.netloc,
            "content-length": str(len(body)),
            "content-type": headers.get("content-type", "application/json"),
            "x-content-sha256": base64.b64encode(hashlib.sha256(body).digest()).decode(),
        }
        text = "\n".join(f"{name}: {values[name]}" for name in _SIGNED)
        signature = base64.b64encode(_rsa_sha256(self.pem, text.encode())).decode()
        fields = {"keyId": self.key_id, "algorithm": "rsa-sha256", "headers": " ".join(_SIGNED), "signature": signature}
        said = ",".join(f'{name}="{value}"' for name, value in fields.items())
        return {
            **headers,
            "date": values["date"],
            "x-content-sha256": values["x-content-sha256"],
            "authorization": f'Signature version="1",{said}',
        }

    async def async_sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """The same: a signature takes about a millisecond and waits for nothing."""
        return self.sign(method, url, headers, body)


def _rsa_sha256(pem: str, text: bytes) -> bytes:
    try:
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding
    except ImportError as error:
        raise CannotSign(
            "Signing for Oracle Cloud needs cryptography: pip install 'litellm-rust-gateway[oci]'"
        ) from error
    signature: bytes = _key(pem).sign(text, padding.PKCS1v15(), hashes.SHA256())
    return signature


@lru_cache(maxsize=64)
def _key(pem: str) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        return load_pem_private_key(pem.replace("\\n", "\n").encode(), password=None)
    except (ValueError, TypeError) as error:
        raise CannotSign("the key for Oracle Cloud is not an RSA key in PEM without a password") from error
