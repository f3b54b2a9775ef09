"""Usage billing through Lago: durable, exactly once, reconciled.

`MonetaClient` talks to Lago; in the gateway a `moneta:` section of the config switches the rest on (`moneta.handlers`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from moneta.client import MonetaClient
    from moneta.currency import Currency, Rate
    from moneta.errors import LagoNotFound, LagoRejected, LagoUnauthorized, LagoUnavailable, MonetaError
    from moneta.settings import Settings

_HOMES = {
    "MonetaClient": "client", "Currency": "currency", "Rate": "currency", "Settings": "settings",
    "MonetaError": "errors", "LagoNotFound": "errors", "LagoRejected": "errors", "LagoUnauthorized": "errors",
    "LagoUnavailable": "errors",
}  # fmt: skip

__all__ = [
    "Currency", "LagoNotFound", "LagoRejected", "LagoUnauthorized", "LagoUnavailable", "MonetaClient", "MonetaError",
    "Rate", "Settings",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        import importlib

        return getattr(importlib.import_module(f"moneta.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
