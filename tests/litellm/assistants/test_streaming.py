"""Runs of assistants whose events come as they happen, over HTTP."""

from __future__ import annotations

import json
from typing import Any

import litellm
import pytest
from litellm import Router
from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER
from litellm.llms.sse import NamedSSESplitter, SSESplitter
from openai import AssistantEventHandler, AsyncAssistantEventHandler

from tests.litellm.support import Told
from tests.support.scripted import Answer, Scripted

RUN = {"id": "run_1", "object": "thread.run", "status": "queued", "thread_id": "th", "assistant_id": "as",
       "created_at": 1, "model": "gpt-4o", "instructions": "", "tools": [], "metadata": {}}  # fmt: skip
MESSAGE = {"id": "msg_1", "object": "thread.message", "role": "assistant", "content": [], "thread_id": "th",
           "created_at": 1, "status": "in_progress", "attachments": [], "metadata": {}}  # fmt: skip


def event(name: str, data: Any) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


def delta(text: str) -> bytes:
    part = {"index": 0, "type": "text", "text": {"value": text, "annotations": []}}
    return event(
        "thread.message.delta", {"id": "msg_1", "object": "thread.message.delta", "delta": {"content": [part]}}
    )


CONTENT = [{"type": "text", "text": {"value": "Grüße", "annotations": []}}]
BROKEN = (litellm.InternalServerError, litellm.APIConnectionError)
DONE = b"event: done\ndata: [DONE]\n\n"
EVENTS = [
    event("thread.run.created", RUN), event("thread.message.created", MESSAGE), delta("Grü"), delta("ße"),
    event("thread.message.completed", {**MESSAGE, "status": "completed", "content": CONTENT}),
    event("thread.run.step.completed", {"id": "step_1", "object": "thread.run.step"}),
    event("thread.run.completed", {**RUN, "status": "completed"}),
]  # fmt: skip
NAMES = [piece.split(b"\n")[0].removeprefix(b"event: ").decode() for piece in EVENTS]


@pytest.fixture
def asked(vendor: Scripted) -> dict[str, Any]:
    return {"custom_llm_provider": "openai", "api_key": "sk", "api_base": vendor.base, "thread_id": "th",
            "assistant_id": "as"}  # fmt: skip


def streams(vendor: Scripted, *pieces: bytes, cut: bool = False) -> None:
    whole = b"".join(pieces)
    third = max(len(whole) // 3, 1)
    vendor.will(Answer([whole[:third], whole[third:]], content_type="text/event-stream", cut=cut))


def test_events_come_by_name(vendor: Scripted, asked: dict[str, Any]) -> None:
    streams(vendor, *EVENTS, DONE)
    with litellm.run_thread(**asked, stream=True) as stream:
        assert [event.event for event in stream] == NAMES
        assert (stream.current_run.status, stream.current_event.event) == ("completed", NAMES[-1])
    assert [(asked.path, asked.json()) for asked in vendor.asked] == [
        ("/threads/th/runs", {"assistant_id": "as", "stream": True})
    ]
    streams(vendor, *EVENTS, DONE)
    with litellm.run_thread_stream(**asked) as stream:
        assert "".join(stream.text_deltas) == "Grüße"
        assert stream.get_final_messages()[0].content[0].text.value == "Grüße"
        assert [step.id for step in stream.get_final_run_steps()] == ["step_1"]


async def test_events_come_on_an_event_loop(vendor: Scripted, asked: dict[str, Any]) -> None:
    streams(vendor, *EVENTS, DONE)
    async with await litellm.arun_thread(**asked, stream=True) as stream:
        assert [event.event async for event in stream] == NAMES
    async with litellm.arun_thread_stream(**asked) as stream:
        assert "".join([text async for text in stream.text_deltas]) == "Grüße"
        assert (await stream.get_final_run()).status == "completed"
        assert (await stream.get_final_messages())[0].id == "msg_1"
        assert (await stream.get_final_run_steps())[0].id == "step_1"


def test_nothing_is_asked_before_it_starts(vendor: Scripted, asked: dict[str, Any]) -> None:
    streams(vendor, *EVENTS, DONE)
    manager = litellm.run_thread_stream(**asked)
    assert vendor.asked == []
    with manager as stream:
        next(stream)
    assert len(vendor.asked) == 1


def test_a_handler_of_openais_sdk_is_told(vendor: Scripted, asked: dict[str, Any]) -> None:
    class Heard(AssistantEventHandler):
        text = ""

        def on_text_delta(self, delta: Any, snapshot: Any) -> None:
            self.text += delta.value

    streams(vendor, *EVENTS, DONE)
    heard = Heard()
    with litellm.run_thread(**asked, stream=True, event_handler=heard) as stream:
        stream.until_done()
        assert stream is heard
        assert heard.get_final_run().status == "completed"
    assert heard.text == "Grüße"


async def test_a_handler_of_openais_sdk_is_told_on_an_event_loop(vendor: Scripted, asked: dict[str, Any]) -> None:
    streams(vendor, *EVENTS, DONE)
    async with litellm.arun_thread_stream(**asked, event_handler=AsyncAssistantEventHandler()) as stream:
        await stream.until_done()
        assert (await stream.get_final_messages())[0].id == "msg_1"


def test_a_handler_that_is_none_is_refused(vendor: Scripted, asked: dict[str, Any]) -> None:
    with pytest.raises(litellm.BadRequestError, match="event_handler: expected an openai"):
        litellm.run_thread_stream(**asked, event_handler=AsyncAssistantEventHandler())


@pytest.mark.parametrize("pieces", [
    [*EVENTS], [event("thread.run.created", RUN), b"event: thread.run.completed\ndata: {\n\n", DONE],
    [event("error", {"message": "it failed"}), DONE], [],
])  # fmt: skip
async def test_a_stream_that_is_not_whole_raises(vendor: Scripted, asked: dict[str, Any], pieces: list[bytes]) -> None:
    streams(vendor, *pieces)
    with litellm.run_thread_stream(**asked) as stream, pytest.raises(BROKEN):
        stream.until_done()
    async with litellm.arun_thread_stream(**asked) as on_loop:
        with pytest.raises(BROKEN):
            await on_loop.until_done()


def test_a_stream_that_breaks_off_raises(vendor: Scripted, asked: dict[str, Any]) -> None:
    streams(vendor, *EVENTS, cut=True)
    with litellm.run_thread_stream(**asked) as stream, pytest.raises(litellm.APIConnectionError):
        stream.until_done()


def test_refusals_are_mapped(vendor: Scripted, asked: dict[str, Any]) -> None:
    vendor.will_say({"error": {"message": "so it is"}}, status=404)
    with pytest.raises(litellm.NotFoundError, match="so it is"), litellm.run_thread_stream(**asked):
        pass


def test_callbacks_are_told_at_the_end(
    vendor: Scripted, asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told()
    monkeypatch.setattr(litellm, "callbacks", [told])
    streams(vendor, *EVENTS, DONE)
    with litellm.run_thread_stream(**asked) as stream:
        stream.until_done()
    assert GLOBAL_LOGGING_WORKER.flush(5.0)
    assert [payload["call_type"] for payload in told.payloads] == ["run_thread"]


def test_wherever_a_stream_is_cut_the_events_are_the_same() -> None:
    whole = b": hello\r\n" + b"".join(EVENTS).replace(b"\n", b"\r\n") + b"event: x\ndata: 1\ndata: 2"
    expected = [(name, data) for name, data in zip([*NAMES, "x"], SSESplitter().feed(whole + b"\n\n"), strict=True)]
    for cut in range(len(whole)):
        splitter = NamedSSESplitter()
        events = [*splitter.feed(whole[:cut]), *splitter.feed(whole[cut:]), *splitter.feed(b"\n\n")]
        assert events == expected


async def test_the_router_streams_runs(vendor: Scripted) -> None:
    params = {"model": "openai/gpt-4o", "api_base": vendor.base, "api_key": "sk-deployment"}
    router = Router(model_list=[{"model_name": "chat", "litellm_params": params}], num_retries=0)
    streams(vendor, *EVENTS, DONE)
    run = {"custom_llm_provider": "openai", "thread_id": "th", "assistant_id": "as", "stream": True}
    async with await router.arun_thread(model="chat", **run) as stream:
        assert (await stream.get_final_run()).status == "completed"
    assert vendor.asked[0].headers["authorization"] == "Bearer sk-deployment"
    router.discard()
