"""A chat completion, as steps."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any

import httpx

import litellm
from litellm.litellm_core_utils.mock_completion import mock_chunks, mock_reply, raise_mock_error
from litellm.litellm_core_utils.plain_stream import PlainFlow
from litellm.litellm_core_utils.rules import check_answer, check_input, checked_stream
from litellm.litellm_core_utils.streaming_chunk_builder_utils import stream_chunk_builder
from litellm.litellm_core_utils.streaming_handler import ChunkFlow, CustomStreamWrapper
from litellm.llms.base_llm.chat.transformation import BaseLLMException
from litellm.llms.cache_points import tools_with_cache_points, with_cache_points
from litellm.llms.custom_httpx.reply import Reply
from litellm.llms.custom_llm import CustomLLM
from litellm.llms.param_mapping import map_chat_params
from litellm.llms.provider_configs import CHAT_DEFAULTS, chat_defaults
from litellm.llms.sse import Splitter, splitter
from litellm.llms.wire import SHAPE_ERRORS, ChatCall, StreamDecoder, WireError, WireFormat, misshapen
from litellm.pipeline.arguments import openai_params, provider_params
from litellm.pipeline.attempt import exchange
from litellm.pipeline.chat_data import ChatData, finished
from litellm.pipeline.chat_route import chat_wire
from litellm.pipeline.cost import cost_of
from litellm.pipeline.custom import custom_chat, custom_handler
from litellm.pipeline.effects import Effect, Sleep, Steps, async_bytes, blocking_bytes
from litellm.pipeline.endpoint import resolve_endpoint
from litellm.pipeline.polling import exchange_until_done, is_polled
from litellm.pipeline.results import chat_response, described, finish, hidden_params
from litellm.pipeline.run import Run, retry_count
from litellm.secret_managers.azure.signer import OPTIONS as AZURE_OPTIONS
from litellm.secret_managers.google.settings import ARGUMENTS as GOOGLE_OPTIONS
from litellm.types.utils import ModelResponse

Chat = ModelResponse | CustomStreamWrapper
_OPTIONS = (
    "api_version",
    "organization",
    "metadata",
    "extra_query",
    "text_completion",
    *AZURE_OPTIONS,
    *GOOGLE_OPTIONS,
)


def chat_steps(arguments: dict[str, Any], call_type: str) -> Steps[Chat]:
    """The steps of a chat completion with `arguments`. Raises the exceptions of `litellm.exceptions`."""
    return run_steps(Run(arguments, call_type))


def chat_data_steps(arguments: dict[str, Any], call_type: str) -> Steps[Chat | ChatData]:
    """As `chat_steps`, in plain data: `ChatData`, or a stream of dicts; objects for a call that callbacks see."""
    run = Run(arguments, call_type)
    run.plain = run.logging is None and not litellm.post_call_rules
    return run_steps(run)


def run_steps(run: Run) -> Steps[Any]:
    """The steps of the chat completion `run`."""
    arguments = run.arguments
    try:
        check_input(arguments.get("messages"), run.asked_model)
        run.resolve_provider()
        if "mock_response" in arguments or "mock_tool_calls" in arguments or arguments.get("mock_timeout"):
            return (yield from _mocked(run))
        handler = custom_handler(run.provider) if litellm.custom_provider_map else None
        if handler is not None:
            return (yield from _custom(run, handler))
        wire = chat_wire(run)
        call = chat_call(run, wire)
        return (yield from _sent(run, wire, call))
    except Exception as error:
        raise run.failed(error) from error


def chat_call(run: Run, wire: WireFormat) -> ChatCall:
    """`run` resolved for `wire`. Raises `UnsupportedParamsError` for parameters that the provider does not take."""
    arguments = run.arguments
    requested = openai_params(arguments)
    messages = arguments.get("messages") or []
    points = arguments.get("cache_control_injection_points")
    if points:
        messages = with_cache_points(messages, points)
        if "tools" in requested:
            requested["tools"] = tools_with_cache_points(requested["tools"], points)
    stream = bool(requested.pop("stream", False))
    extra_headers = requested.pop("extra_headers", None)
    drop = arguments.get("drop_params")
    mapped = map_chat_params(
        wire,
        run.provider,
        run.model,
        requested,
        drop=bool(litellm.drop_params if drop is None else drop),
        additional_drop=arguments.get("additional_drop_params") or (),
        allowed=arguments.get("allowed_openai_params") or (),
    )
    if not stream and not getattr(wire, "names_itself", True):
        run.shown_provider = None
    run.retries = retry_count(run, getattr(wire, "sdk_retries", False), requested.get("max_retries"))
    mapped.pop("max_retries", None)
    mapped.update(provider_params(arguments))
    if CHAT_DEFAULTS:
        mapped = {**chat_defaults(run.provider, run.model), **mapped}
    resolve_endpoint(run)
    run.note_params(requested, mapped)
    return ChatCall(
        provider=run.provider,
        model=run.model,
        messages=messages,
        params=mapped,
        api_base=run.api_base,
        api_key=run.api_key,
        headers={**(arguments.get("headers") or {}), **(extra_headers or {})},
        stream=stream,
        options={name: arguments[name] for name in _OPTIONS if name in arguments},
    )


def _sent(run: Run, wire: WireFormat, call: ChatCall) -> Generator[Effect, Any, Chat | ChatData]:
    request = wire.build_request(call)
    if not getattr(wire, "sdk_retries", False):
        run.show_url(request.url)
    if is_polled(wire):
        reply = yield from exchange_until_done(run, wire, call, request)
        return _shown_at_once(run, wire, call, reply) if call.stream else _whole(run, wire, call, reply)
    try:
        reply = yield from exchange(run, request, stream=call.stream, details=wire.error_details)
    except BaseLLMException as refusal:
        if call.stream and getattr(wire, "defers_refusals", False):
            return _stream(run, _Refused(refusal), None, wire=wire)
        raise
    return _opened(run, wire, call, reply) if call.stream else _whole(run, wire, call, reply)


def _shown_at_once(run: Run, wire: WireFormat, call: ChatCall, reply: Reply) -> CustomStreamWrapper:
    """A finished result as a stream."""
    run.log_reply(reply)
    decoder = wire.stream_decoder(call)
    return _stream(run, iter([decoder.feed(reply.body), decoder.finish()]), _shown_headers(wire, reply), wire=wire)


class _Refused:
    """A stream that was refused, for formats that tell so only when it is read."""

    def __init__(self, refusal: Exception) -> None:
        self._refusal = refusal

    def __next__(self) -> list[dict[str, Any]]:
        raise self._refusal

    async def __anext__(self) -> list[dict[str, Any]]:
        raise self._refusal


def _whole(run: Run, wire: WireFormat, call: ChatCall, reply: Reply) -> ModelResponse | ChatData:
    run.log_reply(reply)
    try:
        data = wire.parse_response(call, reply.status, reply.headers, reply.body)
        if run.plain:
            return finished(run, data, _shown_headers(wire, reply))
        made = chat_response(run, data)
    except SHAPE_ERRORS as error:
        raise misshapen(error) from error
    return _finished(run, made, _shown_headers(wire, reply))


def _shown_headers(wire: WireFormat, reply: Reply) -> httpx.Headers | None:
    """The headers that `_hidden_params` tells of; upstream leaves those of some formats out."""
    return reply.headers if getattr(wire, "shows_headers", True) else None


def _opened(run: Run, wire: WireFormat, call: ChatCall, reply: Reply) -> CustomStreamWrapper:
    run.log_stream()
    decoder, events = wire.stream_decoder(call), splitter(wire.framing)
    source: Any
    if run.is_async:
        source = decoded_async(reply.response, events, decoder)
    else:
        source = decoded(reply.response, events, decoder)
    shown = getattr(wire, "shown_model", None)
    model = shown(run.model) if shown else run.model
    return _stream(run, source, _shown_headers(wire, reply), model, wire)


def decoded(response: httpx.Response, events: Splitter, decoder: StreamDecoder) -> Iterator[list[dict[str, Any]]]:
    """The chunks of a streamed reply, as they arrive."""
    for data in blocking_bytes(response):
        yield from _decode(events.feed(data), decoder)
    yield from _decode(events.finish(), decoder)
    yield decoder.finish()


async def decoded_async(
    response: httpx.Response, events: Splitter, decoder: StreamDecoder
) -> AsyncIterator[list[dict[str, Any]]]:
    """The chunks of a streamed reply, as they arrive."""
    async for data in async_bytes(response):
        for chunks in _decode(events.feed(data), decoder):
            yield chunks
    for chunks in _decode(events.finish(), decoder):
        yield chunks
    yield decoder.finish()


def _decode(events: list[bytes], decoder: StreamDecoder) -> Iterator[list[dict[str, Any]]]:
    """The chunks of `events`; those before a broken event come before its error."""
    chunks: list[dict[str, Any]] = []
    try:
        for event in events:
            chunks += decoder.feed(event)
    except WireError:
        if chunks:
            yield chunks
        raise
    except SHAPE_ERRORS as error:
        if chunks:
            yield chunks
        raise misshapen(error) from error
    yield chunks


def _stream(
    run: Run,
    source: Any,
    headers: httpx.Headers | None,
    model: str | None = None,
    wire: WireFormat | None = None,
) -> CustomStreamWrapper:
    options = run.arguments.get("stream_options")
    flow = (PlainFlow if run.plain else ChunkFlow)(
        model=model or run.model,
        provider=run.provider,
        include_usage=bool(options and options.get("include_usage")),
        keep=run.logging is not None,
        messages=run.arguments.get("messages"),
        hidden_params={**hidden_params(run, headers), "custom_llm_provider": run.provider},
        cost_of=lambda response: cost_of(response, run),
        usage_model=f"{run.provider}/{run.model}" if getattr(wire, "names_provider_in_usage", False) else None,
        follows_model=getattr(wire, "follows_model", False),
    )

    def ended(state: ChunkFlow, error: BaseException | None) -> None:
        if run.logging is None:
            return
        if isinstance(error, Exception):
            run.logging.failure(error)
        else:
            whole = state.complete()
            if state.usage is not None and (cost := cost_of(whole, run)):
                whole.usage.cost = cost
            run.logging.success(whole, cache_hit=False)

    def whole_of(chunks: list[dict[str, Any]]) -> ModelResponse:
        named = [{"model": run.model, **chunk} for chunk in chunks]
        response: ModelResponse = described(run, stream_chunk_builder(named, run.arguments.get("messages")), headers)
        return response

    return CustomStreamWrapper(
        checked_stream(source, run.asked_model, whole_of) if litellm.post_call_rules else source,
        run.model,
        run.logging,
        run.provider,
        stream_options=options,
        flow=flow,
        on_end=ended,
        map_error=lambda error: _mid_stream(run, flow, error, getattr(wire, "stream_provider", None)),
    )


def _mid_stream(run: Run, flow: ChunkFlow, error: Exception, named: str | None) -> Exception:
    """What a caller gets when a stream breaks: a fallback may go on from what it has said so far.

    `named` is what upstream calls the provider here, where that is not its name.
    """
    cause = run.map_error(error)
    if named is not None:
        cause.llm_provider, cause.model = named, run.model  # type: ignore[attr-defined]
    elif hasattr(cause, "model"):
        cause.model = flow.said_model
    status = getattr(cause, "status_code", 500)
    if 400 <= status < 500 and status != 429:  # the caller's mistake, which another model would refuse as well
        return cause
    return litellm.MidStreamFallbackError(
        message=str(cause),
        model=run.model if named else flow.said_model or run.model,
        llm_provider=named or run.provider,
        original_exception=cause,
        generated_content=flow.text,
        is_pre_first_chunk=not flow.started,
    )


def _custom(run: Run, handler: CustomLLM) -> Generator[Effect, Any, Chat]:
    result = yield from custom_chat(run, handler)
    if run.arguments.get("stream"):
        return _stream(run, result, None)
    return _finished(run, result)


def _mocked(run: Run) -> Generator[Effect, Any, Chat]:
    arguments = run.arguments
    if arguments.get("mock_timeout"):
        seconds = float(arguments.get("timeout") or 0.0)
        yield Sleep(seconds)
        raise litellm.Timeout(message=f"Mock timeout of {seconds} s", model=run.model, llm_provider=run.provider)
    if arguments.get("mock_delay"):
        yield Sleep(float(arguments["mock_delay"]))
    mock, tool_calls = arguments.get("mock_response"), arguments.get("mock_tool_calls")
    raise_mock_error(mock, run.model, run.provider)
    if run.logging is not None:
        run.note_params(openai_params(arguments), {})
        run.logging.pre_call(input=arguments.get("messages"), additional_args={})
    if isinstance(mock, ModelResponse):
        return mock
    if arguments.get("stream"):
        return _stream(run, mock_chunks(str(mock or ""), tool_calls, arguments.get("n")), None)
    reply = (
        mock
        if isinstance(mock, dict) and "choices" in mock
        else mock_reply(mock, tool_calls, arguments.get("n"), run.model)
    )
    return _finished(run, chat_response(run, dict(reply)))


def _finished(run: Run, made: ModelResponse, headers: httpx.Headers | None = None) -> ModelResponse:
    """`made` for the caller, unless a rule of the caller's refuses it."""
    if made.choices:
        check_answer(made.choices[0].message.content, run.asked_model, lambda: described(run, made, headers))
    response: ModelResponse = finish(run, made, headers)
    return response
