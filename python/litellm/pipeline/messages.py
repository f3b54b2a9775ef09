"""Anthropic's messages API for every provider: its own speak it natively, the others through a chat completion."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterator
from datetime import datetime
from typing import Any

import httpx

from litellm.litellm_core_utils.rules import check_input
from litellm.litellm_core_utils.streaming_handler import ChunkFlow, CustomStreamWrapper
from litellm.llms.anthropic.chat import AnthropicChat
from litellm.llms.anthropic.inbound.request import to_chat
from litellm.llms.anthropic.inbound.response import to_message
from litellm.llms.anthropic.inbound.stream import MessageEvents, to_sse
from litellm.llms.anthropic.response import convert_message
from litellm.llms.anthropic.stream import AnthropicChunks
from litellm.llms.aws.event_stream import AwsEventSplitter
from litellm.llms.bridged import OF_MESSAGES, TELL_THOUGHTS, tell_thoughts, within_reach
from litellm.llms.formats import messages_format
from litellm.llms.sse import SSESplitter
from litellm.llms.wire import ChatCall, WireError, decode_object
from litellm.pipeline.arguments import SETTINGS
from litellm.pipeline.attempt import exchange
from litellm.pipeline.chat import chat_steps
from litellm.pipeline.effects import Effect, Steps, async_bytes, blocking_bytes
from litellm.pipeline.endpoint import resolve_endpoint
from litellm.pipeline.messages_responses import PROVIDERS as OVER_RESPONSES, responses_messages
from litellm.pipeline.results import chat_response
from litellm.pipeline.run import Run, retry_count
from litellm.secret_managers.azure.signer import OPTIONS as AZURE_OPTIONS
from litellm.secret_managers.google.settings import ARGUMENTS as GOOGLE_OPTIONS

Message = dict[str, Any]
BODY_FIELDS = frozenset(
    {"messages", "max_tokens", "system", "temperature", "top_p", "top_k", "stop_sequences", "tools", "tool_choice",
     "thinking", "metadata", "service_tier", "container", "mcp_servers", "context_management", "output_format",
     "output_config", "cache_control", "inference_geo", "speed"}
)  # fmt: skip
"""Fields of Anthropic's own request, of which some are LiteLLM settings elsewhere."""


def messages_steps(arguments: dict[str, Any], *, is_async: bool) -> Steps[Any]:
    """The steps of a messages call: an Anthropic message, or an iterator of server-sent events as bytes."""
    run = Run(arguments, "anthropic_messages", is_async=is_async)
    try:
        run.resolve_provider()
        wire = messages_format(run.provider, run.model)
        if wire is not None and "mock_response" not in arguments:
            check_input(arguments.get("messages"), run.asked_model)
            return (yield from _native(run, wire))
        if run.provider in OVER_RESPONSES and "mock_response" not in arguments:
            return (yield from responses_messages(run))
    except Exception as error:
        raise run.failed(error) from error
    return (yield from _bridged(run))


def _native(run: Run, wire: AnthropicChat) -> Generator[Effect, Any, Any]:
    arguments = run.arguments
    stream = bool(arguments.get("stream"))
    resolve_endpoint(run)
    body = {k: v for k, v in arguments.items() if k in BODY_FIELDS or k not in SETTINGS}
    for name in ("extra_headers", "stream_options", "max_retries"):
        body.pop(name, None)
    body["model"], body["stream"] = run.model, stream
    metadata = body.pop("metadata", None)
    if isinstance(metadata, dict) and metadata.get("user_id"):
        body["metadata"] = {"user_id": metadata["user_id"]}
    requested = {k: v for k, v in body.items() if k not in ("model", "messages")}
    run.note_params(requested, requested)
    headers = {**(arguments.get("headers") or {}), **(arguments.get("extra_headers") or {})}
    options = {name: arguments[name] for name in (*AZURE_OPTIONS, *GOOGLE_OPTIONS) if name in arguments}
    call = ChatCall(run.provider, run.model, [], {}, run.api_base, run.api_key, headers, stream, options)
    request = wire.messages_request(call, body)
    run.api_base = request.url
    run.show_url(request.url)
    run.retries = retry_count(run, False, None)
    reply = yield from exchange(run, request, stream=stream, details=wire.error_details)
    if stream:
        run.log_stream()
        source = (
            _FramedStream(run, reply.response, wire) if wire.framing == "aws" else _NativeStream(run, reply.response)
        )
        return source.async_events() if run.is_async else source.events()
    if run.logging is not None:
        run.logging.model_call_details["end_time"] = datetime.now()
    run.log_reply(reply)
    message = decode_object(reply.body)
    if run.logging is not None:
        run.logging.success(chat_response(run, {"id": message.get("id"), **convert_message(message, json_mode=False)}))
    elif not isinstance(message.get("content"), list):
        raise WireError("the provider's reply has no 'content' list")
    return message


class _NativeStream:
    """Passes the provider's bytes on as they are; reads along only when a callback wants to know."""

    def __init__(self, run: Run, response: httpx.Response) -> None:
        self._run = run
        self._response = response
        self._flow = ChunkFlow(model=run.model, provider=run.provider, keep=True)
        self._splitter, self._decoder = SSESplitter(), AnthropicChunks(json_mode=False)

    def events(self) -> Iterator[bytes]:
        try:
            for data in blocking_bytes(self._response):
                if piece := self._shown(data):
                    self._read(piece)
                    yield piece
            self._end()
        except (httpx.HTTPError, WireError) as error:
            raise self._run.failed(error) from error
        finally:
            self._done()

    async def async_events(self) -> AsyncIterator[bytes]:
        try:
            async for data in async_bytes(self._response):
                if piece := self._shown(data):
                    self._read(piece)
                    yield piece
            self._end()
        except (httpx.HTTPError, WireError) as error:
            raise self._run.failed(error) from error
        finally:
            self._done()

    def _shown(self, data: bytes) -> bytes:
        """What the caller sees of the provider's bytes."""
        return data

    def _end(self) -> None:
        """The provider's stream is over. Raises `WireError` when it ended too early."""

    def _read(self, data: bytes) -> None:
        if self._run.logging is None:
            return
        for event in self._splitter.feed(data):
            try:
                for chunk in self._decoder.feed(event):
                    self._flow.take(chunk)
            except WireError as error:
                self._run.failed(error)

    def _done(self) -> None:
        if self._run.logging is not None:
            self._flow.end()
            self._run.logging.success(self._flow.complete())


class _FramedStream(_NativeStream):
    """Passes on the server-sent events inside AWS's event stream."""

    def __init__(self, run: Run, response: httpx.Response, wire: Any) -> None:
        super().__init__(run, response)
        self._wire = wire
        self._frames = AwsEventSplitter()

    def _shown(self, data: bytes) -> bytes:
        return b"".join(self._wire.server_sent(event) for event in self._frames.feed(data))

    def _end(self) -> None:
        self._frames.finish()


def _bridged(run: Run) -> Generator[Effect, Any, Any]:
    arguments = run.arguments
    keep_cache = "claude" in run.asked_model
    settings = {k: v for k, v in arguments.items() if k not in BODY_FIELDS}
    chat = {**settings, **to_chat({k: v for k, v in arguments.items() if k in BODY_FIELDS or k == "stream"},
                                  keep_cache_control=keep_cache)}  # fmt: skip
    within_reach(run.provider, run.model, chat, OF_MESSAGES)
    if run.provider in TELL_THOUGHTS:
        tell_thoughts(chat["messages"])
    chat.setdefault("litellm_metadata", (arguments.get("metadata") or {}))
    if chat.get("stream"):
        chat["stream_options"] = {"include_usage": True}
    if run.logging is not None:
        chat["litellm_logging_obj"] = run.logging
    response = yield from chat_steps(chat, "acompletion" if run.is_async else "completion")
    if isinstance(response, CustomStreamWrapper):
        events = MessageEvents(run.model)
        return _bridged_async(response, events) if run.is_async else _bridged_events(response, events)
    return to_message(response.model_dump())


def _bridged_events(chunks: CustomStreamWrapper, events: MessageEvents) -> Iterator[bytes]:
    yield b"".join(map(to_sse, events.start()))
    for chunk in chunks:
        made = events.feed(chunk.model_dump())
        if made:
            yield b"".join(map(to_sse, made))
    yield b"".join(map(to_sse, events.finish()))


async def _bridged_async(chunks: CustomStreamWrapper, events: MessageEvents) -> AsyncIterator[bytes]:
    try:
        yield b"".join(map(to_sse, events.start()))
        async for chunk in chunks:
            made = events.feed(chunk.model_dump())
            if made:
                yield b"".join(map(to_sse, made))
        yield b"".join(map(to_sse, events.finish()))
    finally:
        await chunks.aclose()
