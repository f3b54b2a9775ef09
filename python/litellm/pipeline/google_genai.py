"""Gemini's generateContent for every provider: its own models speak it natively, the others through a chat."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any

import litellm
from litellm.litellm_core_utils.streaming_handler import CustomStreamWrapper
from litellm.llms.formats import chat_format
from litellm.llms.gemini.chat import GeminiChat, chat_method
from litellm.llms.gemini.inbound.fields import InvalidContents, fields_of
from litellm.llms.gemini.inbound.request import TOP_LEVEL, request_body, to_chat
from litellm.llms.gemini.inbound.response import to_response
from litellm.llms.gemini.inbound.stream import ContentEvents, to_sse
from litellm.llms.gemini.response import convert_response
from litellm.llms.gemini.tools import camel
from litellm.llms.wire import ChatCall, decode_object
from litellm.pipeline.attempt import exchange
from litellm.pipeline.chat import chat_steps
from litellm.pipeline.cost import cost_of
from litellm.pipeline.effects import Effect, Steps
from litellm.pipeline.endpoint import resolve_endpoint
from litellm.pipeline.native_stream import NativeStream
from litellm.pipeline.results import chat_response, hidden_params
from litellm.pipeline.run import Run, retry_count
from litellm.secret_managers.google.settings import ARGUMENTS as GOOGLE_OPTIONS
from litellm.types.google_genai.main import GenerateContentResponse

_OWN = frozenset({*TOP_LEVEL, "config", "stream"})


def content_steps(arguments: dict[str, Any], *, is_async: bool) -> Steps[Any]:
    """The steps of a generateContent: a response, or an iterator of server-sent events as bytes."""
    run = Run(arguments, "agenerate_content" if is_async else "generate_content", is_async=is_async)
    try:
        run.resolve_provider()
        body = _body(run)
        wire = chat_format(run.provider, run.model)
        if isinstance(wire, GeminiChat) and "mock_response" not in arguments:
            return (yield from _native(run, wire, body))
        chat = {**_settings(arguments), **to_chat(body, budgets=_takes_budgets(run))}
    except Exception as error:
        raise run.failed(error) from error
    return (yield from _bridged(run, chat))


def _body(run: Run) -> dict[str, Any]:
    arguments = run.arguments
    given = fields_of({name: value for name, value in arguments.items() if name != "config"}, "arguments")
    try:
        return request_body(given.get("contents"), arguments.get("config"), given)
    except InvalidContents as error:
        raise litellm.BadRequestError(message=str(error), model=run.model, llm_provider=run.provider) from error


def _settings(arguments: dict[str, Any]) -> dict[str, Any]:
    """LiteLLM's own settings among the arguments."""
    return {name: value for name, value in arguments.items() if camel(name) not in _OWN}


def _takes_budgets(run: Run) -> bool:
    wire = chat_format(run.provider, run.model)
    return "thinking" in wire.supported_params(run.provider, run.model)


def _native(run: Run, wire: GeminiChat, body: dict[str, Any]) -> Generator[Effect, Any, Any]:
    arguments = run.arguments
    stream = bool(arguments.get("stream"))
    resolve_endpoint(run)
    body.update(arguments.get("extra_body") or {})
    shown = {name: value for name, value in body.items() if name != "contents"}
    run.note_params(shown, shown)
    headers = {**(arguments.get("headers") or {}), **(arguments.get("extra_headers") or {})}
    options = {name: arguments[name] for name in GOOGLE_OPTIONS if name in arguments}
    call = ChatCall(run.provider, run.model, [], {}, run.api_base, run.api_key, headers, stream, options)
    request = wire.content_request(call, chat_method(stream), body)
    run.show_url(request.url)
    run.retries = retry_count(run, False, None)
    reply = yield from exchange(run, request, stream=stream, details=wire.error_details)
    if stream:
        run.log_stream()
        source = NativeStream(run, reply.response, wire.stream_decoder(call))
        return source.async_events() if run.is_async else source.events()
    run.log_reply(reply)
    data = decode_object(reply.body)
    answer = chat_response(run, convert_response(dict(data)))
    response = GenerateContentResponse(**data)
    response._hidden_params = {**hidden_params(run, reply.headers), "response_cost": cost_of(answer, run)}
    if run.logging is not None:
        run.logging.success(answer)
    return response


def _bridged(run: Run, chat: dict[str, Any]) -> Generator[Effect, Any, Any]:
    chat.setdefault("drop_params", True)
    if run.arguments.get("stream"):
        chat.update(stream=True, stream_options={"include_usage": True})
    answer = yield from chat_steps(chat, "acompletion" if run.is_async else "completion")
    if isinstance(answer, CustomStreamWrapper):
        return _events_async(answer) if run.is_async else _events(answer)
    response = GenerateContentResponse(**to_response(answer.model_dump()))
    response._hidden_params = dict(answer._hidden_params)
    return response


def _events(chunks: CustomStreamWrapper) -> Iterator[bytes]:
    events = ContentEvents()
    for chunk in chunks:
        for made in events.feed(chunk.model_dump()):
            yield to_sse(made)
    for made in events.finish():
        yield to_sse(made)


async def _events_async(chunks: CustomStreamWrapper) -> AsyncIterator[bytes]:
    events = ContentEvents()
    try:
        async for chunk in chunks:
            for made in events.feed(chunk.model_dump()):
                yield to_sse(made)
        for made in events.finish():
            yield to_sse(made)
    finally:
        await chunks.aclose()
