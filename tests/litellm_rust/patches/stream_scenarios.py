"""Calls for streams of a known kind: what is compared with acceleration and without; run inside `observe.py`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any
from unittest import mock

import litellm
from observe import CACHED, SEEN, STREAMS, USAGE, events, shown, words  # type: ignore[import-not-found]
from scenarios import Seeing, _base

# Attributes of a stream that an application may look at, whenever it likes.
ATTRIBUTES = (
    "model",
    "custom_llm_provider",
    "messages",
    "_hidden_params",
    "_response_headers",
    "response_uptil_now",
    "sent_last_chunk",
    "received_finish_reason",
    "response_id",
    "system_fingerprint",
    "stream_options",
    "logging_obj",
    "no_such_attribute",
)


# It tells the lines of the functions that were called.
TRACED = ("response_cost_failure_debug_info",)


def _without_logged(chunks: list[Any]) -> list[Any]:
    """What is shown of chunks, without what upstream's logging writes into the last one some time after the end."""
    for chunk in chunks:
        chunk["__pydantic_private__"]["_hidden_params"].pop("optional_params", None)
    return chunks


def _attributes(stream: Any) -> dict[str, Any]:
    return {name: shown(getattr(stream, name, "absent")) for name in ATTRIBUTES}


def _details(stream: Any) -> list[str]:
    """What the logging object has been told of the call."""
    return sorted(stream.logging_obj.model_call_details)


async def _collect(kwargs: dict[str, Any], look_at: str) -> list[Any]:
    stream = await litellm.acompletion(**kwargs)
    observed: list[Any] = [type(stream).__name__, isinstance(stream, litellm.CustomStreamWrapper)]
    if look_at == "start":
        observed += [_attributes(stream), len(stream.chunks)]
    chunks: list[Any] = []
    failure: Exception | None = None
    try:
        async for chunk in stream:
            chunks.append(chunk)
            if look_at == "middle" and len(chunks) == 3:
                observed += [_attributes(stream), shown(stream.chunks), _details(stream)]
    except Exception as error:  # noqa: BLE001 - whatever upstream raises is what is compared
        failure = error
    await asyncio.sleep(0.05)
    own = [any(chunk is each for each in stream.chunks) for chunk in chunks]
    observed += [_without_logged(shown(chunks)), own, shown(failure), _without_logged(shown(stream.chunks))]
    if look_at == "end":
        observed += [_attributes(stream), len({chunk.created for chunk in chunks}) == 1]
        await asyncio.sleep(0.1)
        observed += [_details(stream)]
    return observed


def _collect_now(kwargs: dict[str, Any], look_at: str) -> list[Any]:
    """As `_collect`, of `completion`."""
    stream = litellm.completion(**kwargs)
    observed: list[Any] = [type(stream).__name__, isinstance(stream, litellm.CustomStreamWrapper)]
    if look_at == "start":
        observed += [_attributes(stream), len(stream.chunks)]
    chunks: list[Any] = []
    failure: Exception | None = None
    try:
        for chunk in stream:
            chunks.append(chunk)
            if look_at == "middle" and len(chunks) == 3:
                observed += [_attributes(stream), shown(stream.chunks)]
    except Exception as error:  # noqa: BLE001 - whatever upstream raises is what is compared
        failure = error
    own = [any(chunk is each for each in stream.chunks) for chunk in chunks]
    observed += [_without_logged(shown(chunks)), own, shown(failure), _without_logged(shown(stream.chunks))]
    return [*observed, _attributes(stream) if look_at == "end" else None, next(stream, None) if not failure else None]


def whole_streams(base: str) -> Any:
    """Every stream several times, and looked at in different places."""

    async def run() -> list[Any]:
        observed: list[Any] = []
        for name in STREAMS:
            for look_at in ("nothing", "nothing", "start", "middle", "end", "nothing"):
                kwargs = _base(base, f"stream/{name}", stream=True, max_retries=0)
                observed.append([name, look_at, await _collect(kwargs, look_at)])
                if look_at != "middle":  # upstream's threads still write then
                    observed.append([name, look_at, _collect_now(kwargs, look_at)])
        kwargs = _base(base, "stream/text", stream=True, user="ann", litellm_call_id="my-id", metadata={"trace": "t"})
        return [*observed, *[await _collect(kwargs, "start") for _ in range(3)]]

    return asyncio.run(run())


def counted_streams(base: str) -> Any:
    """Streams whose usage is asked for: told by the provider in turn with other counts, or not told, or of tools."""
    small = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    turns = [
        *[events(*words("a", text, " end"), usage=count) for text in ("b", "ccc") for count in (USAGE, CACHED, True)],
        *[events(*words("a", "b", "c", text), usage=small) for text in ("d", "ee", " fff")],
        *[events(*words("a", "b", text)) for text in ("c", "dd", "e f g h")],
        *[events(*words("a", "b", text), usage=CACHED, obfuscation=True) for text in ("c", "dd", "eee")],
        events(*words("a", "odd"), usage={**small, "total_tokens": 9}),
        events(*words("a", "b"), usage={**small, "cost": 0.5}),
        STREAMS["tools"],
        STREAMS["calls"],
    ]

    async def run() -> list[Any]:
        observed: list[Any] = []
        for options in ({"include_usage": True}, {"include_usage": False}):
            kwargs = _base(base, "stream/counted", stream=True, max_retries=0, stream_options=options)
            for number, turn in enumerate(turns):
                with mock.patch.dict(STREAMS, {"counted": turn}):
                    for look_at in ("nothing", ("start", "middle", "end")[number % 3]):
                        observed.append([number, look_at, await _collect(kwargs, look_at)])
                        if look_at != "middle":  # upstream's threads still write then
                            observed.append([number, look_at, _collect_now(kwargs, look_at)])
        return observed

    return asyncio.run(run())


def interrupted_streams(base: str) -> Any:
    """Streams of a known kind that the provider refuses, that are left early, or whose end somebody waits for."""
    from observe import Provider

    kwargs = _base(base, "stream/text", stream=True, max_retries=1)

    async def ended(**more: Any) -> Any:
        try:
            return [chunk.choices[0].delta.content async for chunk in await litellm.acompletion(**{**kwargs, **more})]
        except Exception as error:  # noqa: BLE001 - whatever upstream raises is what is compared
            return shown(error)

    async def run() -> list[Any]:
        observed = [await ended() for _ in range(3)]
        for status, body in ((429, b'{"error": {"message": "slow"}}'), (500, b"oops"), (401, b"{}"), (200, b"[1")):

            def bad(self: Any, status: int = status, body: bytes = body) -> None:
                SEEN.append({"body": json.loads(self.rfile.read(int(self.headers["content-length"]))), "headers": []})
                self._send(status, body, "application/json", ("retry-after", "0"))

            with mock.patch.object(Provider, "do_POST", bad):
                observed.append(await ended())
        observed += [await ended(api_base="http://127.0.0.1:9/v1", max_retries=0)]
        observed += [_ended_now(kwargs) for _ in range(3)]
        for status in (429, 500):

            def refuse(self: Any, status: int = status) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                self._send(status, b"{}", "application/json", ("retry-after", "0"))

            with mock.patch.object(Provider, "do_POST", refuse):
                observed.append(_ended_now(kwargs))
        return [*observed, await _left(kwargs), await _told(kwargs), await ended()]

    return asyncio.run(run())


def _ended_now(kwargs: dict[str, Any]) -> Any:
    try:
        return [chunk.choices[0].delta.content for chunk in litellm.completion(**kwargs)]
    except Exception as error:  # noqa: BLE001 - whatever upstream raises is what is compared
        return shown(error)


async def _left(kwargs: dict[str, Any]) -> list[Any]:
    """Streams that are closed before their end, and read on."""
    observed: list[Any] = []
    for count in (0, 2, 100):
        stream = await litellm.acompletion(**kwargs)
        for _ in range(count):
            await anext(stream, None)
        if hasattr(stream, "aclose"):
            await stream.aclose()
            observed += [stream.completion_stream is None, len(stream.chunks)]
            again = (await asyncio.gather(anext(stream, None), return_exceptions=True))[0]
            observed.append(shown(again) if count < 100 else type(again).__name__)
        del stream
    reading = asyncio.ensure_future(_collect({**kwargs, "model": "openai/breaking/silent"}, "nothing"))
    await _until(lambda: SEEN[-1].get("body", {}).get("model") == "breaking/silent")
    reading.cancel()
    ended = await asyncio.gather(reading, return_exceptions=True)
    await _until(lambda: "gone" in SEEN[-1])  # before another request is noted
    return [*observed, [type(each).__name__ for each in ended]]


async def _until(holds: Callable[[], bool]) -> None:
    """Wait for it, but not for ever."""
    for _ in range(500):
        if holds():
            return
        await asyncio.sleep(0.02)


async def _told(kwargs: dict[str, Any]) -> list[Any]:
    """A logger that comes while a stream is under way is told of its end."""
    seeing = Seeing()
    try:
        stream = await litellm.acompletion(**kwargs)
        texts = [(await anext(stream)).choices[0].delta.content for _ in range(3)]
        litellm.callbacks = [seeing]
        litellm.logging_callback_manager.add_litellm_async_success_callback(seeing)
        texts += [chunk.choices[0].delta.content async for chunk in stream]
        for _ in range(100):
            if any(event[0] == "async" for event in seeing.events):
                break
            await asyncio.sleep(0.02)
    finally:
        litellm.callbacks = []
        litellm._async_success_callback = []
    told = [event[4] for event in seeing.events if event[0] == "async"]
    return [texts, [{name: each for name, each in payload.items() if name not in TRACED} for payload in told]]
