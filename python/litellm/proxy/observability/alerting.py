"""Alerts to Slack and to webhooks (`general_settings.alerting`), sent off the request path, bounded."""

from __future__ import annotations

import asyncio
import collections
import logging
import os
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import httpx

from litellm.proxy.config.problems import ConfigError
from litellm.proxy.config.settings import ProxyConfig

log = logging.getLogger("litellm.proxy.alerts")

CHANNELS: Mapping[str, tuple[str, str]] = {
    "slack": ("SLACK_WEBHOOK_URL", "text"), "webhook": ("WEBHOOK_URL", "event"),
}  # fmt: skip
"""Channel → the variable that names its address, and what it is sent: a text, or the event as it is."""
TEST = "test"
REPEAT_AFTER_S = 86_400.0
"""How long the same alert is not sent again."""
MAX_WAITING, MAX_REMEMBERED = 1000, 10_000
TIMEOUT_S = 10.0


class Alerts:
    """The channels that a config names; without any, alerts go to the log alone."""

    def __init__(
        self, targets: Sequence[tuple[str, str]] = (), by_type: Mapping[str, Sequence[str]] = {},
        types: Collection[str] | None = None,
    ) -> None:  # fmt: skip
        """`types` are those that are sent; None: every one. All are in the log."""
        self._targets, self._by_type, self._types = targets, by_type, types
        self._sent: collections.OrderedDict[str, float] = collections.OrderedDict()
        self._waiting: asyncio.Queue[tuple[str, str, Mapping[str, Any]]] = asyncio.Queue(MAX_WAITING)
        self._sender: asyncio.Task[None] | None = None
        self.dropped = 0
        """Alerts that found the queue full."""

    def send(self, kind: str, once: str, text: str, event: Mapping[str, Any]) -> bool:
        """Send an alert of upstream's type `kind`, unless one with the same `once` was sent within a day."""
        now = time.monotonic()
        if self._sent.get(once, -REPEAT_AFTER_S) > now - REPEAT_AFTER_S:
            return False
        self._sent[once] = now
        self._sent.move_to_end(once)
        while len(self._sent) > MAX_REMEMBERED:
            self._sent.popitem(last=False)
        log.warning("%s: %s", kind, text)
        wanted = self._types is None or kind in self._types or kind == TEST
        if wanted and (self._targets or kind in self._by_type):
            try:
                self._waiting.put_nowait((kind, text, event))
            except asyncio.QueueFull:
                self.dropped += 1
                log.error("an alert is dropped: %d wait already", MAX_WAITING)
                return True
            if self._sender is None or self._sender.done():
                self._sender = asyncio.create_task(self._deliver())
        return True

    async def _deliver(self) -> None:
        async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
            while not self._waiting.empty():
                kind, text, event = self._waiting.get_nowait()
                own = [("slack", url) for url in self._by_type.get(kind, ())]
                for channel, url in own or self._targets:
                    body = {"text": text} if CHANNELS[channel][1] == "text" else dict(event)
                    try:
                        (await client.post(url, json=body)).raise_for_status()
                    except httpx.HTTPError as error:
                        log.error("an alert to %s was not delivered: %s", channel, type(error).__name__)

    async def stop(self) -> None:
        """Wait a little for what is being sent."""
        if self._sender is not None:
            await asyncio.wait({self._sender}, timeout=TIMEOUT_S)


def alerts_of(config: ProxyConfig) -> Alerts:
    """The alerts that `general_settings.alerting` and `alert_to_webhook_url` ask for. Raises ConfigError."""
    general = config.general_settings.raw
    targets = []
    for channel in general.get("alerting") or ():
        variable, _ = CHANNELS.get(str(channel), ("", ""))
        if variable and os.environ.get(variable):
            targets.append((str(channel), os.environ[variable]))
        elif variable:
            place, remedy = "general_settings.alerting", f"{channel} needs the environment variable {variable}"
            raise ConfigError([config.problem(place, remedy)])
        else:
            log.warning("general_settings.alerting: %r is not available, alerts go to the log", channel)
    given = general.get("alert_to_webhook_url")
    by_type = {
        str(kind): [urls] if isinstance(urls, str) else list(urls)
        for kind, urls in (given.items() if isinstance(given, dict) else ())
    }
    types = general.get("alert_types")
    return Alerts(targets, by_type, frozenset(map(str, types)) if isinstance(types, list) else None)
