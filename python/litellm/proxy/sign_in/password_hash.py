"""Passwords as the database keeps them, in upstream's formats."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Mapping
from typing import Any

_SCRYPT = "scrypt:"
_SALT_BYTES = 16
MIN_LENGTH, LEAST_MIN_LENGTH, MAX_LENGTH = 12, 8, 512
_CLASSES = {
    "password_policy_require_uppercase": ("an upper-case letter", str.isupper),
    "password_policy_require_lowercase": ("a lower-case letter", str.islower),
    "password_policy_require_numbers": ("a digit", str.isdigit),
    "password_policy_require_special_characters": ("a special character", lambda letter: not letter.isalnum()),
}


def hashed(password: str) -> str:
    """A password to keep: scrypt with a salt of its own."""
    salt = os.urandom(_SALT_BYTES)
    return _SCRYPT + base64.b64encode(salt + _scrypt(password, salt)).decode()


def matches(password: str, stored: str | None) -> bool:
    """Whether it is the password that was kept, as scrypt or, from old databases, as SHA-256.

    It takes as long where nothing is kept, so that nobody learns from the time which users there are.
    """
    if stored is not None and not is_current(stored):
        return hmac.compare_digest(hashlib.sha256(password.encode()).hexdigest().encode(), stored.encode())
    try:
        kept = base64.b64decode((stored or _NOBODY).removeprefix(_SCRYPT), validate=True)
    except binascii.Error:
        return False
    right = hmac.compare_digest(_scrypt(password, kept[:_SALT_BYTES]), kept[_SALT_BYTES:])
    return right and stored is not None


def is_current(stored: str) -> bool:
    """Whether a kept password is scrypt's; else it is kept anew at the next sign-in."""
    return stored.startswith(_SCRYPT)


def problem_of(password: str, settings: Mapping[str, Any]) -> str | None:
    """What `general_settings.password_policy_*` has against a new password; None when it is good."""
    given = settings.get("password_policy_min_length")
    number = isinstance(given, (int, float)) and not isinstance(given, bool)
    least = max(LEAST_MIN_LENGTH, int(given)) if number and given is not None else MIN_LENGTH
    if not least <= len(password) <= MAX_LENGTH:
        return f"needs {least} to {MAX_LENGTH} characters"
    for name, (what, holds) in _CLASSES.items():
        if settings.get(name) is True and not any(map(holds, password)):
            return f"needs {what}"
    return None


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=16384, r=8, p=1, dklen=32)


_NOBODY = _SCRYPT + base64.b64encode(bytes(_SALT_BYTES + 32)).decode()
