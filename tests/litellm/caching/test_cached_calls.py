"""Calls answered from the cache: embeddings item by item, streams, other endpoints, and the switch."""

from __future__ import annotations

import asyncio
import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import litellm
import pytest
from litellm.caching.disk_cache import DiskCache
from litellm.pipeline import caching
from litellm.pipeline.messages_cache import MessageBuilder, events_of

MESSAGES = [{"role": "user", "content": "Say hello."}]


@pytest.fixture(autouse=True)
def cache() -> Iterator[None]:
    litellm.enable_cache()
    yield
    litellm.disable_cache()


@pytest.fixture
def base(provider_url: str) -> str:
    urllib.request.urlopen(urllib.request.Request(f"{provider_url}/_requests", method="DELETE"), timeout=5).close()
    return provider_url


def sent(base: str) -> list[Any]:
    """The bodies that the provider was sent."""
    with urllib.request.urlopen(f"{base}/_requests", timeout=5) as answer:
        return [record["body"] for record in json.load(answer)]


async def written() -> None:
    """Wait until what was streamed is in the cache."""
    await asyncio.gather(*caching._writes)


async def embed(base: str, mode: str, given: Any) -> Any:
    arguments = {"model": "openai/text-embedding-3-small", "input": given, "api_base": f"{base}/v1", "api_key": "sk-t"}
    if mode == "async":
        return await litellm.aembedding(**arguments)
    return await asyncio.to_thread(litellm.embedding, **arguments)


@pytest.mark.parametrize("mode", ["sync", "async"])
async def test_embeddings_are_cached_item_by_item(base: str, mode: str) -> None:
    first = await embed(base, mode, ["a", "b"])
    second = await embed(base, mode, ["b", "hello world", "a"])
    assert [body["input"] for body in sent(base)] == [["a", "b"], ["hello world"]]
    assert [item["index"] for item in second.data] == [0, 1, 2]
    assert second.data[2]["embedding"] == first.data[0]["embedding"]
    assert second.usage.prompt_tokens == 4
    assert 0 < second._hidden_params["response_cost"] < first._hidden_params["response_cost"] * 2
    third = await embed(base, mode, ["hello world", "a"])
    assert third._hidden_params["cache_hit"] is True
    assert (await embed(base, mode, "a"))._hidden_params["cache_hit"] is True
    assert len(sent(base)) == 2


async def test_a_damaged_item_is_asked_for_again(base: str) -> None:
    await embed(base, "async", ["a", "b"])
    assert litellm.cache is not None
    for key in list(litellm.cache.cache.cache_dict)[:1]:
        litellm.cache.cache.set_cache(key, {"timestamp": 1, "response": '{"data": [{"no": "vector"}]}'})
    response = await embed(base, "async", ["a", "b"])
    assert len(sent(base)) == 2
    assert len(sent(base)[1]["input"]) == 1
    assert [item["index"] for item in response.data] == [0, 1]


CHOICES: list[Any] = [
    5, [], [7], [{}], [{"message": 7}], [{"message": {"content": 3}}], [{"message": {"tool_calls": "no"}}],
    [{"message": {"content": "x", "tool_calls": [4]}}], [{"text": 5}], [{"message": {}, "index": "first"}],
]  # fmt: skip
FOREIGN: list[dict[str, Any]] = [
    {}, {"choices": None}, *({"choices": each} for each in CHOICES), {"choices": [{"message": {}}], "usage": "many"},
    {"content": [5]}, {"content": [{"type": "text", "text": 7}]}, {"content": [], "usage": {"input_tokens": "x"}},
    {"output": 5}, {"output": ["x"]}, {"data": [{"embedding": 7}]}, {"results": "best"}, {"text": None},
]  # fmt: skip


@pytest.mark.parametrize("streamed", [False, True])
async def test_an_entry_of_another_shape_is_a_miss_for_every_endpoint(base: str, streamed: bool) -> None:
    place = {"api_base": f"{base}/v1", "api_key": "sk-t"}
    stream = {"stream": True} if streamed else {}
    claude = {"model": "anthropic/claude-sonnet-4-5", "max_tokens": 20, "api_base": base, "api_key": "sk-t"}
    calls: list[tuple[Any, dict[str, Any]]] = [
        (litellm.acompletion, {"model": "openai/gpt-4o", "messages": MESSAGES, **place, **stream}),
        (litellm.atext_completion, {"model": "openai/gpt-3.5-turbo-instruct", "prompt": "hi", **place, **stream}),
        (litellm.aresponses, {"model": "openai/gpt-4o", "input": "hi", **place, **stream}),
        (litellm.anthropic.messages.acreate, {"messages": MESSAGES, **claude, **stream}),
    ]
    if not streamed:
        calls.append((litellm.aembedding, {"model": "openai/text-embedding-3-small", "input": "hi", **place}))
    assert litellm.cache is not None
    for function, arguments in calls:
        keys: list[str] = []
        for foreign in (None, *FOREIGN):
            for key in keys:
                litellm.cache.cache.set_cache(key, {"timestamp": 1.0, "response": json.dumps(foreign)})
            before = len(sent(base))
            answer = await function(**arguments)
            if streamed:
                assert [each async for each in answer]
            await written()
            assert len(sent(base)) == before + 1, (function, foreign)
            keys = keys or list(litellm.cache.cache.cache_dict)
        litellm.cache.cache.flush_cache()


async def test_tokens_as_one_input_are_one_item(base: str) -> None:
    for _ in range(2):
        await embed(base, "async", [1, 2, 3])
    assert len(sent(base)) == 1


async def test_a_stream_is_replayed_word_by_word(base: str) -> None:
    arguments: dict[str, Any] = {
        "model": "openai/gpt-4o", "messages": MESSAGES, "api_base": f"{base}/v1", "api_key": "sk-t", "stream": True,
    }  # fmt: skip
    said = []
    for _ in range(2):
        chunks = [chunk async for chunk in await litellm.acompletion(**arguments)]
        said.append("".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices))
        assert len(chunks) > 2
        await written()
    assert said[0] == said[1]
    assert len(sent(base)) == 1


async def test_responses_are_cached(base: str) -> None:
    arguments: dict[str, Any] = {"model": "openai/gpt-4o", "input": "hi", "api_base": f"{base}/v1", "api_key": "sk-t"}
    first, second = [await litellm.aresponses(**arguments) for _ in range(2)]
    assert first.output_text == second.output_text
    assert len(sent(base)) == 1


async def test_a_text_stream_is_no_chat_stream(base: str) -> None:
    arguments: dict[str, Any] = {
        "model": "openai/gpt-3.5-turbo-instruct", "prompt": "hi", "api_base": f"{base}/v1", "api_key": "sk-t",
    }  # fmt: skip
    await litellm.atext_completion(**arguments)
    chunks = [chunk async for chunk in await litellm.atext_completion(**arguments, stream=True)]
    assert all(chunk.object.startswith("text_completion") for chunk in chunks)


@pytest.mark.parametrize("first", ["whole", "stream"])
async def test_a_text_stream_and_a_whole_text_answer_each_other(base: str, first: str) -> None:
    arguments: dict[str, Any] = {
        "model": "openai/gpt-3.5-turbo-instruct", "prompt": "hi", "api_base": f"{base}/v1", "api_key": "sk-t",
    }  # fmt: skip
    said = []
    for mode in (first, "stream", "whole"):
        if mode == "whole":
            said.append((await litellm.atext_completion(**arguments)).choices[0].text)
        else:
            chunks = [chunk async for chunk in await litellm.atext_completion(**arguments, stream=True)]
            assert chunks[-1].choices[0].finish_reason == "stop"
            said.append("".join(chunk.choices[0].text or "" for chunk in chunks))
        await written()
    assert len(set(said)) == 1 < len(said[0])
    assert len(sent(base)) == 1
    blocking = await asyncio.to_thread(lambda: list(litellm.text_completion(**arguments, stream=True)))
    assert "".join(chunk.choices[0].text or "" for chunk in blocking) == said[0]
    assert len(sent(base)) == 1


@pytest.mark.parametrize("first", ["whole", "stream"])
async def test_a_streamed_response_and_a_whole_one_answer_each_other(base: str, first: str) -> None:
    arguments: dict[str, Any] = {"model": "openai/gpt-4o", "input": "hi", "api_base": f"{base}/v1", "api_key": "sk-t"}
    said = []
    for mode in (first, "stream", "whole"):
        if mode == "whole":
            said.append((await litellm.aresponses(**arguments)).output_text)
        else:
            events = [event async for event in await litellm.aresponses(**arguments, stream=True)]
            assert events[-1].type == "response.completed"
            said.append("".join(event.delta for event in events if event.type == "response.output_text.delta"))
        await written()
    assert len(set(said)) == 1 < len(said[0])
    assert len(sent(base)) == 1


@pytest.mark.parametrize("first", ["whole", "stream"])
async def test_messages_are_cached_whole_and_streamed(base: str, first: str) -> None:
    arguments: dict[str, Any] = {
        "model": "anthropic/claude-sonnet-4-5", "messages": MESSAGES, "max_tokens": 20, "api_base": base,
        "api_key": "sk-t",
    }  # fmt: skip
    said = []
    for mode in (first, "stream", "whole", "blocking"):
        if mode == "whole":
            said.append(json.dumps((await litellm.anthropic.messages.acreate(**arguments))["content"]))
            continue
        made: list[Any] = []
        builder = MessageBuilder(made.append)
        if mode == "stream":
            async for data in await litellm.anthropic.messages.acreate(**arguments, stream=True):
                builder.feed(data)
        else:
            for data in litellm.anthropic.messages.create(**arguments, stream=True):
                builder.feed(data)
        said.append(json.dumps(made[0]["content"]))
        await written()
    assert len(set(said)) == 1
    assert len(sent(base)) == 1


def test_a_message_is_the_same_after_a_stream() -> None:
    message = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude", "stop_reason": "tool_use",
        "stop_sequence": None, "usage": {"input_tokens": 3, "output_tokens": 5},
        "content": [
            {"type": "thinking", "thinking": "hm", "signature": "s1"},
            {"type": "redacted_thinking", "data": "x"},
            {"type": "text", "text": "Look.", "citations": [{"type": "char_location", "cited_text": "a"}]},
            {"type": "tool_use", "id": "t", "name": "f", "input": {"a": [1]}},
            {"type": "tool_use", "id": "u", "name": "g", "input": {}},
        ],
    }  # fmt: skip
    made: list[Any] = []
    builder = MessageBuilder(made.append)
    for event in events_of(message):
        builder.feed(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())
    assert made == [message]
    builder.feed(b'event: x\ndata: {"type": "message_start", "message": {}}\n\ndata: no json\n\n')
    builder.feed(b'data: {"type": "message_stop"}\n\n')
    assert len(made) == 1, "a broken stream makes no message"


def test_the_switch() -> None:
    kept = litellm.cache
    litellm.enable_cache(type="local", namespace="other")
    assert litellm.cache is kept
    litellm.update_cache(namespace="other")
    assert litellm.cache is not None
    assert litellm.cache.namespace == "other"
    litellm.disable_cache()
    assert litellm.cache is None


def test_a_damaged_file_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "cache.sqlite3").write_bytes(b"this is no database" * 100)
    disk = DiskCache(str(tmp_path))
    disk.set_cache("a", 1)
    assert disk.get_cache("a") == 1
    asyncio.run(disk.disconnect())


def test_the_page_on_caching_is_right() -> None:
    litellm.disable_cache()
    page = Path(__file__).parents[3] / "docs" / "caching.md"
    (code,) = re.findall(r"^```python\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    exec(compile(code, str(page), "exec"), {})
