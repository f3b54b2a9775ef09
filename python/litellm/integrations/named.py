"""Callbacks by name: which there are, and the settings that each reads."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from typing import Any

import litellm
from litellm.integrations.batch_logger import BatchLogger, Destination
from litellm.integrations.destinations import Datadog, Langfuse, Langsmith, ObjectStore, Webhook

GATEWAY_ONLY = frozenset({"prometheus", "otel", "opentelemetry", "lago"})
"""Names that mean something in the gateway's config, and nothing to the SDK alone."""


def logger_for(name: str) -> BatchLogger | None:
    """A new logger of that name; None for one that is the gateway's own business.

    Raises ValueError, naming what is missing, for settings that are not there, and for a name that is not known.
    """
    if name in GATEWAY_ONLY:
        return None
    make = NAMED.get(name)
    if make is None:
        raise ValueError(f"there is no callback of that name here; known are {', '.join(sorted(NAMED))}")
    return BatchLogger(make())


def _needed(*names: str) -> str:
    value = _known(*names)
    if value is None:
        raise ValueError(f"the environment variable {' or '.join(names)} is not set")
    return value


def _known(*names: str, default: str | None = None) -> str | None:
    return next((value for name in names if (value := os.environ.get(name))), default)


def _webhook() -> Destination:
    pairs = (pair.partition("=") for pair in (_known("GENERIC_LOGGER_HEADERS") or "").split(",") if "=" in pair)
    headers = {name.strip(): value.strip() for name, _, value in pairs}
    return Webhook(_needed("GENERIC_LOGGER_ENDPOINT"), headers)


def _langfuse() -> Destination:
    host = _known("LANGFUSE_HOST", "LANGFUSE_BASE_URL", default="https://cloud.langfuse.com")
    return Langfuse(str(host), _needed("LANGFUSE_PUBLIC_KEY"), _needed("LANGFUSE_SECRET_KEY"))


def _langsmith() -> Destination:
    host = _known("LANGSMITH_BASE_URL", "LANGSMITH_ENDPOINT", default="https://api.smith.langchain.com")
    return Langsmith(str(host), _needed("LANGSMITH_API_KEY"), str(_known("LANGSMITH_PROJECT", default="litellm")))


def _datadog() -> Destination:
    key = _needed("DD_API_KEY")
    base = _known("DATADOG_BASE_URL", "DD_BASE_URL") or f"https://http-intake.logs.{_needed('DD_SITE')}"
    environment, version = _known("DD_ENV", default="unknown"), _known("DD_VERSION", default="unknown")
    service = str(_known("DD_SERVICE", default="litellm-server"))
    return Datadog(
        f"{base.rstrip('/')}/api/v2/logs",
        key,
        f"env:{environment},service:{service},version:{version}",
        service,
        str(_known("HOSTNAME", default=socket.gethostname())),
    )


def _s3() -> Destination:
    from litellm.caching.object_store_cache import s3_store

    given: Mapping[str, Any] = litellm.s3_callback_params or {}
    store = s3_store({name: _resolved(value) for name, value in given.items()})
    return ObjectStore(store.url, store.signer.sign)


def _resolved(value: Any) -> Any:
    """A setting's value; `os.environ/NAME` stands for a variable."""
    from litellm.secret_managers.main import PREFIX, get_secret_str

    return get_secret_str(value) if isinstance(value, str) and value.startswith(PREFIX) else value


NAMED: Mapping[str, Callable[[], Destination]] = {
    "generic": _webhook,
    "generic_api": _webhook,
    "webhook": _webhook,
    "langfuse": _langfuse,
    "langsmith": _langsmith,
    "datadog": _datadog,
    "s3": _s3,
    "s3_v2": _s3,
}
