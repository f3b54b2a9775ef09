"""Parameters as they are stored and shown: those that may hold a credential encrypted, and never told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.proxy.endpoints.model_facts import is_secret
from litellm.proxy.secrecy import Secrecy

HIDDEN = "********"


def masked(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as they are shown."""
    return {
        name: HIDDEN if value and is_secret(name) else (list(value) if isinstance(value, tuple) else value)
        for name, value in params.items()
    }


def sealed(params: Mapping[str, Any], secrecy: Secrecy) -> dict[str, Any]:
    """Parameters as they are stored, the secret ones encrypted."""
    return {
        name: secrecy.encrypt(value) if isinstance(value, str) and is_secret(name) else value
        for name, value in params.items()
    }


def opened(params: Mapping[str, Any] | None, secrecy: Secrecy) -> dict[str, Any]:
    """Stored parameters, the secret ones decrypted."""
    return {name: _opened(name, value, secrecy) for name, value in (params or {}).items()}


def _opened(name: str, value: Any, secrecy: Secrecy) -> Any:
    if not isinstance(value, str) or not is_secret(name):
        return value
    try:
        return secrecy.decrypt(value)
    except ValueError:  # written as it is, as upstream does with some
        return value
