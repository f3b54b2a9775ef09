"""Every wire format that is its own, over HTTP: whole, streamed, refused, broken and cut off."""

from __future__ import annotations

import copy
import importlib
import json
import pkgutil
from collections.abc import Iterator
from typing import Any

import litellm
import litellm.llms as llms
import pytest
from litellm.exceptions import LITELLM_EXCEPTION_TYPES
from litellm.llms.bedrock.formats import UnknownChat
from litellm.llms.bedrock.invoke.messages import BedrockMessages
from litellm.llms.chatgpt.chat.transformation import ChatGPTChat
from litellm.llms.formats import chat_format
from litellm.llms.responses.chat_over import ResponsesChat
from litellm.llms.sse import splitter
from litellm.llms.wire import ChatCall, WireError, WireFormat

from tests.litellm.llms.samples import SAMPLES, STREAMS, TEXT, Sample, ndjson, sse
from tests.support.scripted import Answer, Scripted

MESSAGES = [{"role": "user", "content": "Hi"}]
OURS = tuple(LITELLM_EXCEPTION_TYPES)
formats = pytest.mark.parametrize("name", SAMPLES)
streams = pytest.mark.parametrize("name", STREAMS)


def arguments(script: Scripted, name: str, **more: Any) -> dict[str, Any]:
    """The arguments of a call in the format `name`."""
    sample = SAMPLES[name]
    given = {"model": sample.model, "messages": MESSAGES, "api_base": script.base + sample.path, "api_key": "sk-test"}
    return {**given, "max_retries": 0, "num_retries": 0, **sample.kwargs, **more}


@formats
def test_a_reply_is_read(script: Scripted, name: str) -> None:
    script.will_say(SAMPLES[name].reply)
    response = litellm.completion(**arguments(script, name))
    assert response.choices[0].message.content == TEXT
    assert response.choices[0].message.role == "assistant"
    assert response.usage.total_tokens == response.usage.prompt_tokens + response.usage.completion_tokens
    assert "sk-test" not in script.asked[-1].path


@formats
async def test_a_reply_is_read_on_an_event_loop(script: Scripted, name: str) -> None:
    script.will_say(SAMPLES[name].reply)
    response = await litellm.acompletion(**arguments(script, name))
    assert response.choices[0].message.content == TEXT


@formats
def test_a_stream_is_read(script: Scripted, name: str) -> None:
    whole = SAMPLES[name].stream
    script.will(Answer([whole[:7], whole[7:40], whole[40:]], content_type="text/event-stream"))
    chunks = list(litellm.completion(**arguments(script, name, stream=True)))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == TEXT
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices[0].finish_reason] == ["stop"]
    assert len({chunk.id for chunk in chunks}) == 1


@formats
@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, litellm.BadRequestError),
        (401, litellm.AuthenticationError),
        (404, (litellm.NotFoundError, litellm.APIError)),
        (429, litellm.RateLimitError),
        (503, litellm.ServiceUnavailableError),
    ],
)
def test_a_refusal_is_raised(script: Scripted, name: str, status: int, error: Any) -> None:
    script.will_say({"error": {"message": "said the provider"}}, status=status, headers={"retry-after": "7"})
    for stream in (False, True):
        # Gemini's streams tell of a refusal when they are read, as upstream's do
        kinds = error if isinstance(error, tuple) else (error,)
        if stream and name == "gemini":
            kinds = (*kinds, litellm.MidStreamFallbackError)
        with pytest.raises(kinds, match="said the provider") as raised:
            list(litellm.completion(**arguments(script, name, stream=stream)))
        assert raised.value.status_code == status


@formats
@pytest.mark.parametrize(
    "answer",
    [
        Answer(b""),
        Answer(b"<html>busy</html>", content_type="text/html"),
        Answer(b"{}"),
        Answer(b"[]"),
        Answer(b"null"),
        Answer(b'{"choices": [{"message": {"content": "cut o'),
    ],
    ids=["empty", "html", "object", "list", "null", "cut"],
)
def test_a_broken_reply_is_an_exception_of_ours(script: Scripted, name: str, answer: Answer) -> None:
    script.will(answer)
    with pytest.raises(OURS):
        litellm.completion(**arguments(script, name))


@formats
def test_a_connection_that_breaks_in_a_stream_is_an_exception_of_ours(script: Scripted, name: str) -> None:
    whole = SAMPLES[name].stream
    script.will(Answer([whole[: len(whole) // 2]], content_type="text/event-stream", cut=True))
    with pytest.raises(OURS):
        list(litellm.completion(**arguments(script, name, stream=True)))


def damaged(value: Any) -> Iterator[Any]:
    """`value` with each of its parts in turn missing or of another kind."""
    for path in paths(value):
        for wrong in (None, 7, "x", [], {}, [None], [[]]):
            broken = copy.deepcopy(value)
            parent = broken
            for key in path[:-1]:
                parent = parent[key]
            parent[path[-1]] = wrong
            yield broken


def paths(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every part of `value`."""
    keys: Any = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield (*above, key)
        yield from paths(value[key], (*above, key))


@formats
def test_a_reply_of_another_shape_is_read_or_an_exception_of_ours(script: Scripted, name: str) -> None:
    for broken in damaged(SAMPLES[name].reply):
        script.will_say(broken)
        try:
            litellm.completion(**arguments(script, name))
        except OURS:
            continue


def wire_of(provider: str, model: str) -> WireFormat:
    """The format of a chat, by the Responses API where the model's name asks for it."""
    if provider == "chatgpt":
        return ChatGPTChat()
    return ResponsesChat() if model.startswith("responses/") else chat_format(provider, model)


def test_every_format_that_there_is_has_a_stream_here() -> None:
    chosen = [litellm.get_llm_provider(sample.model) for sample in STREAMS.values()]
    made = {type(wire_of(provider, model)) for model, provider, _, _ in chosen}
    assert sorted(kind.__name__ for kind in every_format() - made - NO_STREAMS) == []


NO_STREAMS = {WireFormat, UnknownChat, BedrockMessages}
"""The protocol, the one that refuses every call, and `InvokeAnthropicChat` for requests in its own words."""


def every_format() -> set[type]:
    """All classes under `litellm.llms` that are wire formats."""
    found = [importlib.import_module(each.name) for each in pkgutil.walk_packages(llms.__path__, "litellm.llms.")]
    parts = ("build_request", "parse_response", "stream_decoder")
    classes = {value for module in found for value in vars(module).values() if isinstance(value, type)}
    return {kind for kind in classes if kind.__module__.startswith("litellm.") and all(hasattr(kind, p) for p in parts)}


def decoder_of(sample: Sample) -> Any:
    """A new decoder, and a new splitter before it."""
    model, provider, _, _ = litellm.get_llm_provider(sample.model)
    wire = wire_of(provider, model)
    call = ChatCall(provider=provider, model=model, messages=MESSAGES, params=dict(sample.kwargs), stream=True)
    return splitter(wire.framing), wire.stream_decoder(call)


def read(sample: Sample, pieces: list[bytes]) -> list[dict[str, Any]]:
    """What `pieces` of a stream are decoded into."""
    events, decoder = decoder_of(sample)
    chunks = [chunk for piece in pieces for event in events.feed(piece) for chunk in decoder.feed(event)]
    chunks += [chunk for event in events.finish() for chunk in decoder.feed(event)]
    return [*chunks, *decoder.finish()]


@streams
def test_a_stream_split_at_any_byte_reads_the_same(name: str) -> None:
    sample = STREAMS[name]
    whole = read(sample, [sample.stream])
    said = (choice["delta"].get("content") for chunk in whole for choice in chunk["choices"])
    assert "".join(text for text in said if text) == TEXT
    for at in range(1, len(sample.stream)):
        assert read(sample, [sample.stream[:at], sample.stream[at:]]) == whole
    assert read(sample, [sample.stream[at : at + 1] for at in range(len(sample.stream))]) == whole


@streams
def test_a_stream_cut_at_any_byte_reads_or_fails_as_a_broken_reply(name: str) -> None:
    sample = STREAMS[name]
    for at in range(len(sample.stream)):
        try:
            read(sample, [sample.stream[:at]])
        except WireError:
            continue


@formats
def test_events_of_another_shape_are_read_or_an_exception_of_ours(script: Scripted, name: str) -> None:
    events, _ = decoder_of(SAMPLES[name])
    for event in [*events.feed(SAMPLES[name].stream), *events.finish()]:
        if event == b"[DONE]":
            continue
        for broken in damaged(json.loads(event)):
            script.will(Answer(sse(broken) if is_sse(name) else ndjson(broken), content_type="text/event-stream"))
            try:
                list(litellm.completion(**arguments(script, name, stream=True)))
            except OURS:
                continue


def is_sse(name: str) -> bool:
    """Whether the stream of the format `name` is server-sent events."""
    return SAMPLES[name].stream.startswith(b"data:")
