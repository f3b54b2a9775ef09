"""ChatGPT's models by the sign-in of a user, over HTTP; and what packages put in the place of its parts."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import litellm
import pytest
from litellm.completion_extras.litellm_responses_transformation.transformation import (
    OpenAiResponsesToChatCompletionStreamIterator,
)
from litellm.llms.chatgpt.authenticator import Authenticator, GetAccessTokenError
from litellm.llms.chatgpt.chat.streaming_utils import ChatGPTToolCallNormalizer
from litellm.llms.chatgpt.responses.transformation import ChatGPTResponsesAPIConfig
from litellm.types.utils import ModelResponseStream

CALL = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "look", "arguments": "{}"}
RESPONSE = {"id": "resp_1", "object": "response", "created_at": 1, "model": "gpt-5.3-codex", "output": []}
USAGE = {"input_tokens": 3, "output_tokens": 2, "total_tokens": 5}
EVENTS: list[dict[str, Any]] = [
    {"type": "response.created", "response": RESPONSE},
    {"type": "response.output_item.added", "output_index": 1, "item": {**CALL, "arguments": ""}},
    {"type": "response.function_call_arguments.delta", "output_index": 1, "delta": "{"},
    {"type": "response.function_call_arguments.delta", "output_index": 1, "delta": "}"},
    {"type": "response.output_item.done", "output_index": 1, "item": {**CALL, "status": "completed"}},
    {"type": "response.completed", "response": {**RESPONSE, "status": "completed", "usage": USAGE}},
]
TOOLS = [{"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}]


def token(lifetime_s: float = 3600) -> str:
    claims = {"exp": int(time.time() + lifetime_s), "https://api.openai.com/auth": {"chatgpt_account_id": "acc-1"}}
    return "e30." + base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=") + ".s"


class ChatGPT(BaseHTTPRequestHandler):
    """Streams `EVENTS`, and renews tokens."""

    asked: list[dict[str, Any]] = []  # noqa: RUF012 - emptied for each test

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.asked.append({"path": self.path, "headers": dict(self.headers.items()), "json": body})
        renews = self.path == "/oauth/token"
        lines = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in EVENTS)
        answer = (json.dumps({"access_token": token(), "id_token": token()}) if renews else lines).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json" if renews else "text/event-stream")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    served = ThreadingHTTPServer(("127.0.0.1", 0), ChatGPT)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{served.server_port}"
    served.shutdown()
    served.server_close()


@pytest.fixture
def asked(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    monkeypatch.setenv("CHATGPT_API_BASE", server)
    monkeypatch.setenv("CHATGPT_AUTH_BASE", server)
    monkeypatch.setenv("CHATGPT_TOKEN_DIR", str(tmp_path))
    (tmp_path / "auth.json").write_text(json.dumps({"access_token": token(), "refresh_token": "r-1"}))
    ChatGPT.asked.clear()
    return ChatGPT.asked


def chat(**settings: Any) -> Any:
    messages = [{"role": "system", "content": "Be terse."}, {"role": "user", "content": "hi"}]
    return litellm.completion("chatgpt/gpt-5.3-codex", messages, tools=TOOLS, max_tokens=50, **settings)


def test_a_chat_is_asked_for_as_codex_asks(asked: list[dict[str, Any]]) -> None:
    answer = chat()
    call = answer.choices[0].message.tool_calls[0]
    assert (call.id, call.function.name, call.function.arguments) == ("call_1", "look", "{}")
    assert (answer.choices[0].finish_reason, answer.usage.total_tokens) == ("tool_calls", 5)
    sent, headers = asked[0]["json"], {name.lower(): value for name, value in asked[0]["headers"].items()}
    assert asked[0]["path"] == "/responses"
    assert (sent["store"], sent["stream"], sent["include"]) == (False, True, ["reasoning.encrypted_content"])
    assert sent["instructions"].endswith("Be terse.")
    assert "max_output_tokens" not in sent
    assert headers["authorization"].startswith("Bearer e30.")
    assert (headers["chatgpt-account-id"], headers["originator"]) == ("acc-1", "codex_cli_rs")


@pytest.mark.parametrize("is_async", [False, True])
def test_a_streamed_chat_tells_each_call_once(asked: list[dict[str, Any]], is_async: bool) -> None:
    async def streamed() -> list[Any]:
        messages = [{"role": "user", "content": "hi"}]
        return [c async for c in await litellm.acompletion("chatgpt/gpt-5.3-codex", messages, tools=TOOLS, stream=True)]

    chunks = asyncio.run(streamed()) if is_async else list(chat(stream=True))
    calls = [call for chunk in chunks for call in chunk.choices[0].delta.tool_calls or ()]
    assert [call.id for call in calls if call.id] == ["call_1"]
    assert {call.index for call in calls} == {0}
    assert "".join(call.function.arguments for call in calls) == "{}"
    assert chunks[-1].choices[0].finish_reason == "tool_calls"


def test_a_response_is_read_from_its_stream(asked: list[dict[str, Any]]) -> None:
    answer = litellm.responses(model="chatgpt/gpt-5.3-codex", input="hi", service_tier="fast", max_output_tokens=5)
    assert answer.output[0].name == "look"
    assert answer.usage.total_tokens == 5
    assert asked[0]["json"]["service_tier"] == "priority"
    assert [event.type for event in litellm.responses(model="chatgpt/gpt-5.3-codex", input="hi", stream=True)] == [
        event["type"] for event in EVENTS
    ]


def test_a_token_that_ends_is_renewed_and_kept(asked: list[dict[str, Any]], tmp_path: Path) -> None:
    old = token(30)
    (tmp_path / "auth.json").write_text(json.dumps({"tokens": {"access_token": old, "refresh_token": "r-1"}}))
    chat()
    chat()
    assert [record["path"] for record in asked] == ["/oauth/token", "/responses", "/responses"]
    assert asked[0]["json"]["refresh_token"] == "r-1"
    kept = json.loads((tmp_path / "auth.json").read_text())
    assert kept["access_token"] != old
    assert kept["refresh_token"] == "r-1"
    assert (tmp_path / "auth.json").stat().st_mode & 0o077 == 0


def test_who_has_not_signed_in_is_told(asked: list[dict[str, Any]], tmp_path: Path) -> None:
    (tmp_path / "auth.json").unlink()
    with pytest.raises(litellm.AuthenticationError, match="codex login"):
        chat()
    with pytest.raises(GetAccessTokenError) as refused:
        Authenticator().get_access_token()
    assert refused.value.status_code == 401
    assert not asked


def test_replaced_parts_are_the_ones_that_work(asked: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    shape, parse = (
        ChatGPTResponsesAPIConfig.transform_responses_api_request,
        OpenAiResponsesToChatCompletionStreamIterator.chunk_parser,
    )
    normal = ChatGPTToolCallNormalizer._normalize
    seen: list[str] = []

    def body(self: Any, *parts: Any) -> dict[str, Any]:
        return {name: value for name, value in shape(self, *parts).items() if name != "include"}

    def parser(self: Any, chunk: dict[str, Any]) -> ModelResponseStream:
        seen.append(chunk["type"])
        return parse(self, chunk)

    def normalize(self: Any, chunk: ModelResponseStream) -> ModelResponseStream | None:
        made = normal(self, chunk)
        if made is not None and made.choices[0].finish_reason and self._seen_ids:
            made.choices[0].finish_reason = "length"
        return made

    monkeypatch.setattr(ChatGPTResponsesAPIConfig, "transform_responses_api_request", body)
    monkeypatch.setattr(OpenAiResponsesToChatCompletionStreamIterator, "chunk_parser", parser)
    monkeypatch.setattr(ChatGPTToolCallNormalizer, "_normalize", normalize)
    monkeypatch.setattr(Authenticator, "_read_auth_file", lambda _: {"access_token": "mine", "account_id": "other"})
    chunks = list(chat(stream=True))
    assert "include" not in asked[0]["json"]
    assert asked[0]["headers"]["chatgpt-account-id"] == "other"
    assert seen == [event["type"] for event in EVENTS]
    assert chunks[-1].choices[0].finish_reason == "length"


def test_events_become_chunks_without_a_call() -> None:
    lines = [f"data: {json.dumps(event)}" for event in EVENTS]
    chunks = list(OpenAiResponsesToChatCompletionStreamIterator([*lines, "data: [DONE]", ""], sync_stream=True))
    assert chunks[-1].choices[0].finish_reason == "tool_calls"
    assert chunks[1].choices[0].delta.tool_calls[0].id == "call_1"


def test_a_call_that_is_told_again_is_dropped() -> None:
    def chunk(index: int, **call: Any) -> ModelResponseStream:
        called = {"index": index, "type": "function", **call}
        return ModelResponseStream(choices=[{"index": 0, "delta": {"tool_calls": [called]}, "finish_reason": None}])

    told = [
        chunk(3, id="a", function={"name": "f", "arguments": ""}),
        chunk(3, id=None, function={"arguments": "{}"}),
        chunk(3, id="a", function={"name": "f", "arguments": "{}"}),
        chunk(5, id="b", function={"name": "g", "arguments": "1"}),
    ]
    kept = [made.choices[0].delta.tool_calls[0] for made in ChatGPTToolCallNormalizer(iter(told))]
    assert [(call.index, call.function.arguments) for call in kept] == [(0, ""), (0, "{}"), (1, "1")]
