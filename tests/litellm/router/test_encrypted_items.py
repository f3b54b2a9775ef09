"""Encrypted reasoning of the Responses API goes back to an account that can read it, over HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from litellm import Router

REASONING = {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "hm"}],
             "encrypted_content": "secret"}  # fmt: skip
MESSAGE = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
           "content": [{"type": "output_text", "text": "Hello!", "annotations": []}]}  # fmt: skip
RESPONSE = {
    "id": "resp_1", "object": "response", "created_at": 1, "status": "completed", "model": "gpt-5",
    "output": [REASONING, MESSAGE], "usage": {"input_tokens": 3, "output_tokens": 2, "total_tokens": 5},
}  # fmt: skip
EVENTS = [
    {"type": "response.created", "response": {**RESPONSE, "output": [], "status": "in_progress"}},
    {"type": "response.output_item.done", "output_index": 0, "item": REASONING},
    {"type": "response.output_item.done", "output_index": 1, "item": MESSAGE},
    {"type": "response.completed", "response": RESPONSE},
]


class Provider(ThreadingHTTPServer):
    """Answers every request with the response above, and keeps what it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, Any]] = []


class Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked.append((self.path.split("/")[1], body["input"]))
        if body.get("stream"):
            kind, answer = "text/event-stream", "".join(f"data: {json.dumps(event)}\n\n" for event in EVENTS)
        else:
            kind, answer = "application/json", json.dumps(RESPONSE)
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def provider() -> Iterator[Provider]:
    server = Provider()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def deployments(provider: Provider, *names: str) -> list[dict[str, Any]]:
    base = f"http://127.0.0.1:{provider.server_address[1]}"
    return [
        {
            "model_name": "mine",
            "litellm_params": {"model": "openai/gpt-5", "api_base": f"{base}/{name}/v1", "api_key": f"sk-{name}"},
            "model_info": {"id": name},
        }
        for name in names
    ]


def items_of(answer: Any) -> list[dict[str, Any]]:
    return [item if isinstance(item, dict) else item.model_dump(exclude_none=True) for item in answer.output]


async def first_turn(router: Router, stream: bool) -> list[dict[str, Any]]:
    answer = await router.aresponses(model="mine", input="Hi", store=False, stream=stream)
    if not stream:
        return items_of(answer)
    events = [event async for event in answer]
    return items_of(events[-1].response)


@pytest.mark.parametrize("stream", [False, True])
async def test_a_follow_up_goes_back_and_is_sent_as_it_came(provider: Provider, stream: bool) -> None:
    router = Router(
        model_list=deployments(provider, *"abcdef"), optional_pre_call_checks=["encrypted_content_affinity"]
    )
    items = await first_turn(router, stream)
    assert items[0]["encrypted_content"].startswith("litellm_enc:")
    assert items[0]["id"].startswith("encitem_")
    origin = provider.asked[0][0]
    for _ in range(6):
        await router.aresponses(model="mine", input=[*items, {"role": "user", "content": "And?"}], store=False)
    assert {name for name, _ in provider.asked} == {origin}
    assert provider.asked[-1][1][0] == REASONING


async def test_what_nobody_here_can_read_is_left_out(provider: Provider) -> None:
    router = Router(model_list=deployments(provider, "a", "b"), optional_pre_call_checks=["encrypted_content_affinity"])
    items = await first_turn(router, False)
    router.delete_deployment(provider.asked[0][0])
    await router.aresponses(model="mine", input=[*items, {"role": "user", "content": "And?"}], store=False)
    sent = provider.asked[-1][1]
    assert sent[0] == {"type": "reasoning", "summary": REASONING["summary"]}


async def test_without_affinity_marks_are_taken_off_all_the_same(provider: Provider) -> None:
    router = Router(model_list=deployments(provider, "a"))
    items = await first_turn(router, False)
    await router.aresponses(model="mine", input=[*items, {"role": "user", "content": "And?"}], store=False)
    assert provider.asked[-1][1][0] == REASONING
