"""Every API that callers speak, over every wire format that providers speak, plain and streamed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.litellm.matrix.apis import INBOUND
from tests.litellm.matrix.inbound import ASKED, PIXEL, RESULT, SYSTEM, Said
from tests.litellm.matrix.outbound import (
    ARGUMENTS,
    CACHED,
    OUTBOUND,
    OUTPUT,
    PROMPT,
    REASONING,
    SIGNATURE,
    TEXT,
    THOUGHT,
    TOOL,
    Reply,
)
from tests.support.scripted import Scripted

inbound = pytest.mark.parametrize("api", INBOUND)
beyond_text = pytest.mark.parametrize("api", [name for name in INBOUND if name != "text"])
calling = pytest.mark.parametrize("api", [name for name, into in INBOUND.items() if into.tools])
signing = pytest.mark.parametrize("api", [name for name, into in INBOUND.items() if into.signs])
outbound = pytest.mark.parametrize("wire", OUTBOUND)
with_tools = pytest.mark.parametrize("wire", [name for name, out in OUTBOUND.items() if out.tools])
streamed = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])


def ask(script: Scripted, api: str, wire: str, scenario: str, reply: Reply, stream: bool = False) -> Said:
    """What a caller of `api` gets of `reply` by a provider of the format `wire`."""
    out, into = OUTBOUND[wire], INBOUND[api]
    answers = out.native.get(api, out)
    if stream and answers.streams:
        script.will(answers.stream(reply))
    else:
        script.will_say(answers.whole(reply))
    more: dict[str, Any] = {"stream": True} if stream else {}
    answer = into.call(
        model=out.model, api_base=script.base + out.path, api_key="k", **out.kwargs, **into.ask(scenario), **more
    )
    return into.read_stream(answer) if stream else into.read(answer)


def sent(script: Scripted) -> str:
    """The body of the last request, its JSON written in JSON unwrapped."""
    return json.dumps(script.last, ensure_ascii=False).replace('\\"', '"')


@inbound
@outbound
@streamed
def test_text(script: Scripted, api: str, wire: str, stream: bool) -> None:
    said = ask(script, api, wire, "text", Reply(), stream)
    assert said.text == TEXT
    assert said.finish
    assert ASKED in sent(script)
    assert api == "text" or SYSTEM in sent(script)


@beyond_text
@pytest.mark.parametrize("wire", [name for name, out in OUTBOUND.items() if out.counts])
@streamed
def test_usage(script: Scripted, api: str, wire: str, stream: bool) -> None:
    out = OUTBOUND[wire]
    said = ask(script, api, wire, "text", Reply(), stream)
    assert (said.prompt, said.output) == (PROMPT, OUTPUT)
    told = INBOUND[api].counts
    assert said.cached == (CACHED if out.caches and "cached" in told else 0)
    assert said.reasoning == (REASONING if out.reasons and "reasoning" in told else 0)


@calling
@with_tools
@streamed
def test_a_tool_is_called(script: Scripted, api: str, wire: str, stream: bool) -> None:
    said = ask(script, api, wire, "tool", Reply(call=True), stream)
    assert said.calls == [(TOOL, ARGUMENTS)]
    assert said.text == TEXT
    body = sent(script)
    assert TOOL in body
    assert '"city"' in body


@calling
@with_tools
def test_a_result_is_sent_back(script: Scripted, api: str, wire: str) -> None:
    said = ask(script, api, wire, "result", Reply())
    assert said.text == TEXT
    body = sent(script)
    assert RESULT in body
    assert ARGUMENTS["city"] in body
    assert SYSTEM in body


@beyond_text
@pytest.mark.parametrize("wire", [name for name, out in OUTBOUND.items() if out.images])
def test_an_image_is_sent(script: Scripted, api: str, wire: str) -> None:
    ask(script, api, wire, "image", Reply())
    assert PIXEL in sent(script)


@pytest.mark.parametrize("api", [name for name, into in INBOUND.items() if into.schemas])
@pytest.mark.parametrize("wire", [name for name, out in OUTBOUND.items() if out.schemas])
def test_a_schema_is_asked_for(script: Scripted, api: str, wire: str) -> None:
    ask(script, api, wire, "schema", Reply(text='{"colour_of_it": "red"}'))
    assert "colour_of_it" in sent(script)


@beyond_text
@outbound
@streamed
def test_thoughts_are_told(script: Scripted, api: str, wire: str, stream: bool) -> None:
    out = OUTBOUND[wire]
    if not out.native.get(api, out).thinks:
        return
    said = ask(script, api, wire, "text", Reply(thought=True), stream)
    assert said.text == TEXT
    assert said.thought == THOUGHT
    if out.signs and INBOUND[api].signs:
        assert said.signature == SIGNATURE


@signing
@pytest.mark.parametrize("wire", [name for name, out in OUTBOUND.items() if out.signs])
def test_signed_thoughts_are_sent_back(script: Scripted, api: str, wire: str) -> None:
    ask(script, api, wire, "thoughts back", Reply())
    body = sent(script)
    assert THOUGHT in body
    assert SIGNATURE in body


@signing
@pytest.mark.parametrize("wire", [name for name, out in OUTBOUND.items() if out.marks])
def test_cache_marks_are_sent(script: Scripted, api: str, wire: str) -> None:
    if api == "messages" and not OUTBOUND[wire].signs:
        return  # an API of Anthropic's words drops the marks where another model is behind it
    ask(script, api, wire, "marks", Reply())
    mark = OUTBOUND[wire].marks
    assert mark is not None
    assert mark in sent(script)
