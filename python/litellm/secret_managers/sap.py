"""SAP AI Core: a service key is exchanged for a token, and says where the orchestration runs.

Source: SAP AI Core's REST API (`/v2/lm/deployments`) and the names of the service key's fields.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from litellm.secret_managers.token_exchange import MAX_CACHED, TIMEOUT_S, ExchangedToken, TokenRefused, TokenSource

DEPLOYMENT_KEPT_S = 300.0
"""How long an orchestration's address is kept, in seconds."""
_FIELDS = (("clientid", "CLIENT_ID"), ("clientsecret", "CLIENT_SECRET"), ("url", "AUTH_URL"), ("base", "BASE_URL"))
_ANYWHERE = "https://orchestration.invalid"
_lock = threading.Lock()
_kept: OrderedDict[tuple[str, str, str], tuple[str, float]] = OrderedDict()


@dataclass(frozen=True, slots=True)
class ServiceKey:
    """Who asks, and where."""

    client: str
    secret: str
    auth_url: str
    base: str
    group: str

    def source(self) -> TokenSource:
        """The request for a token."""
        form = (
            ("grant_type", "client_credentials"),
            ("client_id", self.client),
            ("client_secret", self.secret),
        )
        url = self.auth_url.rstrip("/")
        return TokenSource(url if url.endswith("/oauth/token") else f"{url}/oauth/token", form=form)


def service_key(api_key: str | None) -> ServiceKey:
    """The key in `api_key` or `AICORE_SERVICE_KEY` (JSON), else in `AICORE_…` variables, else in AI Core's file.

    Raises `TokenRefused`, naming what is missing.
    """
    read = _json(api_key or os.environ.get("AICORE_SERVICE_KEY") or "{}")
    read = read.get("credentials", read)
    found = {name: read.get(name) or os.environ.get(f"AICORE_{variable}") for name, variable in _FIELDS}
    found["base"] = (read.get("serviceurls") or {}).get("AI_API_URL") or found["base"]
    group = os.environ.get("AICORE_RESOURCE_GROUP")
    if not any(found.values()):
        home = Path(os.environ.get("AICORE_HOME") or "~/.aicore").expanduser() / "config.json"
        kept = _json(home.read_text(encoding="utf-8")) if home.is_file() else {}
        found = {name: kept.get(f"AICORE_{variable}") for name, variable in _FIELDS}
        group = group or kept.get("AICORE_RESOURCE_GROUP")
    missing = [variable for name, variable in _FIELDS if not found[name]]
    if missing:
        raise TokenRefused(f"SAP AI Core: api_key is no service key, and AICORE_{missing[0]} is not set", 401)
    base = str(found["base"]).rstrip("/").removesuffix("/v2")
    return ServiceKey(
        str(found["clientid"]), str(found["clientsecret"]), str(found["url"]), base, str(group or "default")
    )


class OrchestrationSigner:
    """Signs with a token, and finds the newest orchestration that runs, unless the request says where it goes."""

    __slots__ = ("_at", "_key")

    def __init__(self, key: ServiceKey) -> None:
        self._key = key
        self._at = ""

    def sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """`headers` with the token. Raises `TokenRefused`, or the transport's error."""
        signed = ExchangedToken(self._key.source()).sign(method, url, self._own(headers), body)
        if url.startswith(_ANYWHERE) and not self._known():
            with httpx.Client(timeout=TIMEOUT_S) as client:
                self._keep(client.get(self._listing(), headers=signed))
        return signed

    async def async_sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """The same, on an event loop."""
        signed = await ExchangedToken(self._key.source()).async_sign(method, url, self._own(headers), body)
        if url.startswith(_ANYWHERE) and not self._known():
            async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
                self._keep(await client.get(self._listing(), headers=signed))
        return signed

    def located(self, url: str) -> str:
        """`url` at the orchestration that was found."""
        return url.replace(_ANYWHERE, self._at, 1)

    def _own(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {"ai-resource-group": self._key.group, "ai-client-type": "LiteLLM", **headers}

    def _listing(self) -> str:
        return f"{self._key.base}/v2/lm/deployments"

    def _known(self) -> bool:
        with _lock:
            found = _kept.get((self._key.base, self._key.client, self._key.group))
        self._at = found[0] if found is not None and found[1] > time.time() else ""
        return bool(self._at)

    def _keep(self, reply: httpx.Response) -> None:
        """Takes the address out of a list of deployments. Raises `TokenRefused`."""
        listed = _json(reply.text).get("resources") if reply.status_code < 400 else None
        running = [
            each
            for each in listed or ()
            if isinstance(each, dict) and each.get("scenarioId") == "orchestration" and each.get("status") == "RUNNING"
        ]
        running = [each for each in running if each.get("deploymentUrl")]
        if not running:
            status = reply.status_code if reply.status_code in (401, 403, 429) else 404
            where = f"{self._listing()} (resource group {self._key.group!r})"
            raise TokenRefused(f"SAP AI Core: no orchestration runs at {where}: status {reply.status_code}", status)
        newest = max(running, key=lambda each: str(each.get("createdAt") or ""))
        self._at = str(newest["deploymentUrl"]).rstrip("/")
        with _lock:
            _kept[(self._key.base, self._key.client, self._key.group)] = (self._at, time.time() + DEPLOYMENT_KEPT_S)
            while len(_kept) > MAX_CACHED:
                _kept.popitem(last=False)


def _json(text: str) -> dict[str, Any]:
    try:
        read = json.loads(text)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


UNLOCATED = _ANYWHERE
"""Stands in an address for the orchestration that a signer finds."""
