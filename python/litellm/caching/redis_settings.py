"""Where Redis is, when the arguments do not say: the environment's `REDIS_*`, with LiteLLM's names."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from typing import Any

REFERENCE = "os.environ/"
TRUE = frozenset({"1", "true", "yes", "on"})


def _boolean(text: str) -> bool:
    return text.strip().lower() in TRUE


_TEXTS = (
    "host", "password", "username", "url", "client_name", "unix_socket_path", "ssl_keyfile", "ssl_certfile",
    "ssl_cert_reqs", "ssl_ca_certs", "ssl_ca_path", "ssl_ca_data", "ssl_password", "ssl_ciphers", "service_name",
    "sentinel_username", "sentinel_password", "namespace",
)  # fmt: skip
_KINDS: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(_TEXTS, str),
    **dict.fromkeys(("port", "db", "max_connections"), int),
    **dict.fromkeys(("socket_timeout", "socket_connect_timeout", "health_check_interval"), float),
    **dict.fromkeys(("ssl", "ssl_check_hostname", "socket_keepalive"), _boolean),
}
_NODES = {"startup_nodes": "REDIS_CLUSTER_NODES", "sentinel_nodes": "REDIS_SENTINEL_NODES"}
PLACES = ("host", "url", "startup_nodes", "sentinel_nodes", "unix_socket_path")


def redis_settings(given: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """`given` without what is None; where it names no server, completed from `environment`.

    Texts are read as what they stand for: `os.environ/NAME` as a variable, numbers, switches and lists of nodes.
    Raises ValueError naming what cannot be read, or when no server is named at all.
    """
    settings = {name: _meant(name, value, environment) for name, value in given.items()}
    settings = {name: value for name, value in settings.items() if value is not None}
    if "redis_url" in settings:
        settings.setdefault("url", settings.pop("redis_url"))
    if not any(settings.get(place) for place in PLACES):
        settings = {**_from(environment), **settings}
    if not any(settings.get(place) for place in PLACES):
        raise ValueError("Redis: 'host' or 'url' is missing; give it, or set REDIS_HOST or REDIS_URL")
    return settings


def _meant(name: str, value: Any, environment: Mapping[str, str]) -> Any:
    """What a setting's text stands for; anything but a text is that already."""
    if isinstance(value, str) and value.startswith(REFERENCE):
        value = environment.get(value.removeprefix(REFERENCE))
    if not isinstance(value, str):
        return value
    return _read(f"Redis: {name}", json.loads if name in _NODES else _KINDS.get(name, str), value)


def _from(environment: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, kind in _KINDS.items():
        if text := environment.get(f"REDIS_{name.upper()}"):
            found[name] = _read(f"REDIS_{name.upper()}", kind, text)
    for name, variable in _NODES.items():
        if text := environment.get(variable):
            found[name] = _read(variable, json.loads, text)
    if "url" in found:  # which says these as well
        found = {name: value for name, value in found.items() if name not in ("host", "port", "db", "password")}
    return found


def _read(name: str, kind: Callable[[str], Any], text: str) -> Any:
    try:
        return kind(text)
    except ValueError as error:  # of numbers it repeats the text, which may be a secret
        expected = "expected a whole number" if kind is int else "expected a number" if kind is float else str(error)
        raise ValueError(f"{name}: {expected}") from None
