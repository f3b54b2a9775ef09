"""Bedrock's agents and AgentCore's runtimes as chat providers."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import litellm
import pytest
from litellm.llms.bedrock.agents import AgentChunks
from litellm.llms.wire import WireError

from tests.support.aws import Aws, as_stream, event
from tests.support.scripted import Answer, Scripted, running

AGENT = "bedrock/agent/AGENT1/ALIAS1"
CORE = "bedrock/agentcore/arn:aws:bedrock-agentcore:eu-west-1:123456789012:runtime/mine-1"
ASKED = [{"role": "system", "content": "S"}, {"role": "user", "content": [{"type": "text", "text": "Wie geht's?"}]}]
USAGE = {"inputTokens": 11, "outputTokens": 7}
TRACE = {"trace": {"orchestrationTrace": {"modelInvocationOutput": {"metadata": {"usage": USAGE}}}}}


def said(text: str) -> bytes:
    return event("chunk", {"bytes": base64.b64encode(text.encode()).decode()})


def core_events() -> bytes:
    deltas = [{"event": {"contentBlockDelta": {"delta": {"text": text}}}} for text in ("Gut", ", danke.")]
    ended = [{"event": {"metadata": {"usage": USAGE}}}, {"message": {"content": [{"text": "Gut, danke."}]}}]
    return b"".join(b"data: " + json.dumps(each).encode() + b"\n\n" for each in [*deltas, *ended])


@pytest.mark.parametrize("stream", [False, True])
def test_an_agent_answers(aws: Aws, stream: bool) -> None:
    aws.reply = lambda request: as_stream(said("Gut"), event("trace", TRACE), said(", danke."), event("trace", TRACE))
    more: dict[str, Any] = {"stream": True, "stream_options": {"include_usage": True}} if stream else {}
    answer = litellm.completion(AGENT, ASKED, sessionID="s 1", sessionState={"a": "b"}, **aws.arguments, **more)
    whole: Any = litellm.stream_chunk_builder(list(answer)) if stream else answer
    assert whole.choices[0].message.content == "Gut, danke."
    assert (whole.usage.prompt_tokens, whole.usage.completion_tokens) == (22, 14)
    assert aws.last["raw_path"] == "/agents/AGENT1/agentAliases/ALIAS1/sessions/s%201/text"
    assert aws.last["body"] == {"inputText": "Wie geht's?", "enableTrace": True, "sessionState": {"a": "b"}}
    assert aws.last["signed"]


def test_an_agent_has_no_parameters_of_openai(aws: Aws) -> None:
    with pytest.raises(litellm.UnsupportedParamsError, match="temperature"):
        litellm.completion(AGENT, ASKED, temperature=1, **aws.arguments)
    with pytest.raises(litellm.BadRequestError, match="alias"):
        litellm.completion("bedrock/agent/AGENT1", ASKED, **aws.arguments)


@pytest.mark.parametrize("broken", [b"no JSON", b'{"bytes": "a"}'])
def test_events_of_an_agent_that_cannot_be_read(broken: bytes) -> None:
    with pytest.raises(WireError):
        AgentChunks().feed(broken)
    with pytest.raises(WireError, match="before it said anything"):
        AgentChunks().finish()


@pytest.fixture(scope="module")
def core() -> Iterator[Scripted]:
    with running() as server:
        yield server


@pytest.mark.parametrize(
    ("reply", "kind", "tokens"),
    [
        (b'{"result": {"role": "assistant", "content": [{"text": "Gut, danke."}]}}', "application/json", None),
        (b'"Gut, danke."', "application/json", None),
        (core_events(), "text/event-stream", (11, 7)),
    ],
)
def test_a_runtime_answers(core: Scripted, reply: bytes, kind: str, tokens: tuple[int, int] | None) -> None:
    core.will(Answer(reply, content_type=kind))
    named: dict[str, Any] = {"runtimeSessionId": "s" * 33, "runtimeUserId": "u", "qualifier": "p/1"}
    answer = litellm.completion(CORE, ASKED, api_base=core.base, api_key="jwt", **named)
    assert answer.choices[0].message.content == "Gut, danke."
    if tokens:
        assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == tokens
    request = core.asked[-1]
    assert request.path.endswith("%3Aruntime%2Fmine-1/invocations?qualifier=p%2F1")
    assert request.headers["authorization"] == "Bearer jwt"
    assert request.headers["x-amzn-bedrock-agentcore-runtime-session-id"] == "s" * 33
    assert request.headers["x-amzn-bedrock-agentcore-runtime-user-id"] == "u"
    assert core.last == {"prompt": "Wie geht's?"}


def test_a_runtime_streams(core: Scripted) -> None:
    core.will(Answer(core_events(), content_type="text/event-stream"))
    chunks = list(litellm.completion(CORE, ASKED, stream=True, api_base=core.base, api_key="jwt"))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "Gut, danke."
    assert chunks[-1].choices[0].finish_reason == "stop"


@pytest.mark.parametrize("reply", [b"{}", b"<html>", b'data: {"error": "no"}\n\n'])
def test_a_runtime_that_says_nothing(core: Scripted, reply: bytes) -> None:
    core.will(Answer(reply))
    with pytest.raises((litellm.APIConnectionError, litellm.InternalServerError)):
        litellm.completion(CORE, ASKED, api_base=core.base, api_key="jwt", max_retries=0)
