"""Requests to upstream's proxy, compared with acceleration and without; run inside `observe.py`."""

from __future__ import annotations

import asyncio
import datetime
import json
import os
import re
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
import litellm
from observe import REPLIES, SEEN, STREAMS, Provider, events, words  # type: ignore[import-not-found]

MASTER = {"authorization": "Bearer sk-master"}
MESSAGES = [{"role": "user", "content": 'Größe 世界 "q" \\ \n 😀'}]
VOLATILE = {"x-litellm-call-id", "x-litellm-response-duration-ms", "x-litellm-overhead-duration-ms", "date"}
# Upstream measures callbacks, in milliseconds that are mostly none.
VOLATILE |= {"x-litellm-callback-duration-ms"}
Ask = Callable[..., Awaitable[Any]]
REPLY_NAMES = [*[f"reply/{name}" for name in REPLIES], "gzip/x", "html/x", "status/400"]


def _config(base: str, names: list[str]) -> dict[str, Any]:
    models = [
        {
            "model_name": name,
            "litellm_params": {"model": f"openai/{name}", "api_base": base, "api_key": "sk-1"},
            "model_info": {"id": f"id of {name}"},
        }
        for name in names
    ]
    settings = {"num_retries": 0, "disable_cooldowns": True}
    return {"model_list": models, "general_settings": {"master_key": "sk-master"}, "router_settings": settings}


def _shown(response: httpx.Response) -> Any:
    headers = [(name, value) for name, value in response.headers.items() if name not in VOLATILE]
    names = [name for name, _ in headers]
    kept = [pair for pair in headers if pair[0] != "content-length" or "error" not in response.text]
    text = re.sub(r'"created":1[78]\d{8}', '"created":0', response.text)
    # Both forms of an address that changes from run to run, and ids that upstream makes up.
    return [response.status_code, kept, names, re.sub(r"chatcmpl-[0-9a-f-]{20,}", "chatcmpl", text)]


def _serve(base: str, names: list[str], run: Callable[[Ask], Awaitable[Any]]) -> Any:
    """What `run` gives, asking a proxy that is configured with models of these names."""

    async def main() -> Any:
        with tempfile.NamedTemporaryFile("w", suffix=".yaml", delete=False) as file:
            json.dump(_config(base, names), file)
        os.environ["CONFIG_FILE_PATH"] = os.environ["WORKER_CONFIG"] = file.name
        from litellm.proxy.proxy_server import app

        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://proxy", timeout=60) as client:

                async def ask(model: str, headers: dict[str, str] | None = None, **more: Any) -> Any:
                    body = {"model": model, "messages": MESSAGES, **more}
                    sent = MASTER if headers is None else headers
                    return _shown(await client.post("/v1/chat/completions", json=body, headers=sent))

                return await run(ask)

    observed = asyncio.run(main())
    Path(os.environ["CONFIG_FILE_PATH"]).unlink()
    return observed


async def _replies(ask: Ask) -> Any:
    """Every reply three times, with other parameters, and replies of a known kind that turn into others."""
    observed = [await ask(name) for name in REPLY_NAMES for _ in range(3)]
    for more in (
        {"temperature": 0.5, "max_tokens": 7},
        {"stop": ["a"], "n": 2},
        {"seed": 3, "logit_bias": {"1": 2}},
    ):
        observed += [await ask("gpt-4o", **more) for _ in range(3)]
    for name in [
        *[f"reply/{name}" for name in REPLIES],
        "gzip/x",
        "html/x",
        "broken/x",
        "status/500",
        "status/401",
    ]:
        observed += [[name, await _turned(ask, name)] for _ in range(2)]
    observed.append(await ask("gpt-4o"))
    return observed


async def _turned(ask: Ask, name: str, **more: Any) -> Any:
    """The answer to a request for gpt-4o when the provider answers as if asked for `name`."""
    normal = Provider.do_POST

    def other(self: Any) -> None:
        size = int(self.headers["content-length"])
        body = json.loads(self.rfile.read(size))
        content = json.dumps({**body, "model": name}).encode()
        self.rfile, rest = __import__("io").BytesIO(content), self.rfile
        self.headers.replace_header("content-length", str(len(content)))
        try:
            normal(self)
        finally:
            self.rfile = rest

    with mock.patch.object(Provider, "do_POST", other):
        return await ask("gpt-4o", **more)


async def _streams(ask: Ask) -> Any:
    """Every stream three times, and streams of a known kind that turn into others on their way."""
    observed = [await ask(f"stream/{name}", stream=True) for name in STREAMS for _ in range(3)]
    options = {"include_usage": True}
    observed += [await ask("stream/usage", stream=True, stream_options=options) for _ in range(3)]
    more = {
        "finish": events(*words("a", "b")[:-1], {"reason": "length"}),
        "empty": events(),
        "none": b"",
        "cut": events(*words("a", "b", "c"))[:-40],
        "plain": json.dumps(REPLIES["plain"]).encode(),
        "model": events(*words("a", "b", "c")).replace(b"gpt-4o-2024", b"gpt-4o-2025"),
        "repeated": events(*words(*["again"] * 12, "end")),
    }
    observed += [await _turned(ask, "stream/text", stream=True) for _ in range(3)]
    with mock.patch.dict(STREAMS, more):
        for name in STREAMS:
            observed += [[name, await _turned(ask, f"stream/{name}", stream=True)] for _ in range(2)]
    observed.append([await _turned(ask, name, stream=True) for name in ("status/400", "html/x")])
    observed.append(await _turned(ask, "stream/long", stream=True))
    return observed


class _Logger(litellm.integrations.custom_logger.CustomLogger):  # type: ignore[misc, name-defined]
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Any] = []

    async def async_log_success_event(self, kwargs: Any, response: Any, start: Any, end: Any) -> None:
        self.seen.append([kwargs["model"], response.choices[0].message.content])


async def _refusals(ask: Ask) -> Any:
    """Requests that are upstream's: other callers, parameters and headers, and callbacks that come later."""
    observed = [await ask("gpt-4o") for _ in range(2)]
    wrong = ({}, {"authorization": "Bearer sk-other"}, {"authorization": "sk-master"}, {"api-key": "sk-master"})
    observed += [await ask("gpt-4o", headers=headers) for headers in wrong for _ in range(2)]
    observed += [await ask("gpt-4o", headers={**MASTER, "x-litellm-call-id": "mine"}) for _ in range(2)]
    for more in ({"user": "ann"}, {"metadata": {"tags": ["a"]}}, {"temperature": "hot"}, {"mock_response": "hi"}):
        observed += [await ask("gpt-4o", **more) for _ in range(2)]
    observed += [await ask("unknown"), await ask("gpt-4o", messages=[]), await ask("gpt-4o", messages=None)]
    logger = _Logger()
    litellm.callbacks.append(logger)
    observed += [await ask("gpt-4o"), await ask("gpt-4o", stream=True)]
    for _ in range(50):
        if len(logger.seen) < 2:
            await asyncio.sleep(0.1)
    litellm.callbacks.remove(logger)
    return [observed, logger.seen, len(SEEN)]


def proxy_requests(base: str) -> Any:
    """All of the above, of one proxy."""

    async def run(ask: Ask) -> Any:
        return [await part(ask) for part in (_replies, _streams, _refusals)]

    return _serve(base, [*REPLY_NAMES, *[f"stream/{name}" for name in STREAMS], "gpt-4o"], run)


def proxy_limits(base: str) -> Any:
    """Requests against limits that are kept in memory, over three windows, in one cache that is too small for them."""
    from litellm.caching.caching import DualCache, InMemoryCache
    from litellm.proxy.hooks.parallel_request_limiter_v3 import _PROXY_MaxParallelRequestsHandler_v3 as Limiter
    from litellm.proxy.utils import InternalUsageCache

    observed: list[Any] = []

    async def run(size: int) -> None:
        memory = InMemoryCache(max_size_in_memory=size)
        usage = InternalUsageCache(DualCache(in_memory_cache=memory))
        limiter = Limiter(internal_usage_cache=usage)
        limits = (
            {"requests_per_unit": 3},
            {"requests_per_unit": 9, "tokens_per_unit": 2},
            {"max_parallel_requests": 4},
        )
        rows = [
            {"key": "api_key", "value": f"v{number}", "rate_limit": {**limit, "window_size": 60}}
            for number, limit in enumerate(limits)
        ]
        start = datetime.datetime(2026, 1, 1)
        for second in (0, 0, 1, 59, 60, 61, 200, 201):
            with mock.patch.object(
                limiter,
                "_get_current_time",
                lambda second=second: start.replace(second=0) + datetime.timedelta(seconds=second),
            ):
                for number in range(len(rows)):
                    observed.append(await limiter.should_rate_limit(rows[: number + 1], read_only=number == 1))
            observed.append({key: len(v) if isinstance(v, dict) else v for key, v in memory.cache_dict.items()})
        for key, value in (("a", 1), ("b", "[1, 2]"), ("c", "text"), ("d", None), ("e", {"f": 1})):
            await usage.async_set_cache(key, value, None, ttl=30)
            await usage.async_set_cache(f"{key}2", value, None, local_only=True)
            observed.append(await usage.async_get_cache(key, None))
        observed.append(await usage.async_batch_get_cache([*"abcdef", None], None, True))
        memory.ttl_dict["a"] = 1.0
        observed.append([await usage.async_get_cache("a", None), "a" in memory.cache_dict])

    asyncio.run(run(200))
    asyncio.run(run(5))
    return observed
