"""A provider of OpenAI's realtime API on loopback: answers each `response.create` with usage, unless it says `wait`.

What is spoken is the base64 of a text: a turn that is committed is transcribed as that text.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import http
import json
import threading
from collections.abc import Iterator
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

USAGE = {
    "total_tokens": 150, "input_tokens": 100, "output_tokens": 50,
    "input_token_details": {"cached_tokens": 20, "text_tokens": 60, "audio_tokens": 40},
    "output_token_details": {"text_tokens": 30, "audio_tokens": 20},
}  # fmt: skip


def message_of(said: str, item_id: str, *, voice: bool) -> dict[str, Any]:
    """The item of an answer."""
    block = {"type": "output_audio", "transcript": said} if voice else {"type": "output_text", "text": said}
    return {"id": item_id, "type": "message", "role": "assistant", "content": [block]}


def answer(asked: dict[str, Any], number: int) -> Iterator[dict[str, Any]]:
    """The events of an answer that says `say`: as `voice`, as a `call` of that function, to the `end` or not."""
    response_id, item_id = f"resp_{number}", f"item_{number}"
    said, voice, ids = asked["say"], bool(asked.get("voice")), {"response_id": response_id, "item_id": item_id}
    yield {"type": "response.created", "response": {"id": response_id, "output": []}}
    if function := asked.get("call"):
        yield from call_of(function, said, ids)
        return
    kind, name = ("audio_transcript", "transcript") if voice else ("text", "text")
    item, ids = message_of(said, item_id, voice=voice), {**ids, "content_index": 0}
    empty = {**item, "content": []}
    yield {"type": "response.output_item.added", "response_id": response_id, "item": empty}
    yield {"type": "conversation.item.added", "item": empty}
    yield {"type": "response.content_part.added", **ids, "part": {**item["content"][0], name: ""}}
    for word in said.split(" "):
        if voice:
            yield {"type": "response.output_audio.delta", **ids, "delta": base64.b64encode(word.encode()).decode()}
        yield {"type": f"response.output_{kind}.delta", **ids, "delta": word + " "}
    yield {"type": f"response.output_{kind}.done", **ids, name: said + " "}
    if voice:
        yield {"type": "response.output_audio.done", **ids}
    yield {"type": "response.content_part.done", **ids, "part": item["content"][0]}
    yield {"type": "response.output_item.done", "response_id": response_id, "item": item}
    yield {"type": "conversation.item.done", "item": item}
    if asked.get("end") != "late":
        response = {"id": response_id, "status": "completed", "output": [item], "usage": USAGE}
        yield {"type": "response.done", "response": response}


def call_of(function: str, arguments: str, ids: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The events of a function that is called."""
    item = {"id": ids["item_id"], "type": "function_call", "name": function, "arguments": ""}
    yield {"type": "response.output_item.added", "response_id": ids["response_id"], "item": item}
    for letter in arguments:
        yield {"type": "response.function_call_arguments.delta", **ids, "delta": letter}
    yield {"type": "response.function_call_arguments.done", **ids, "arguments": arguments}
    yield {
        "type": "response.done",
        "response": {"id": ids["response_id"], "output": [{**item, "arguments": arguments}]},
    }


class RealtimeProvider:
    """`seen` holds the path and the headers of each handshake, `said` every event, its type first.

    The key `sk-wrong` is refused with 401.
    """

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.said: list[tuple[str, dict[str, Any]]] = []
        self.url = self.answering = ""

    def check(self, connection: ServerConnection, request: Request) -> Response | None:
        headers = {name.lower(): value for name, value in request.headers.raw_items()}
        self.seen.append((request.path, headers))
        refused = "sk-wrong" in headers.get("authorization", "")
        return connection.respond(http.HTTPStatus.UNAUTHORIZED, "no such key") if refused else None

    async def talk(self, connection: ServerConnection) -> None:
        session = {"id": "sess_1", "type": "realtime", "audio": {"input": {"turn_detection": {"type": "server_vad"}}}}
        await connection.send(json.dumps({"type": "session.created", "session": session}))
        spoken = ""
        async for message in connection:
            event: dict[str, Any] = json.loads(message)
            self.said.append((event["type"], event))
            if event["type"] == "input_audio_buffer.append":
                spoken += event["audio"]
            elif event["type"] == "input_audio_buffer.commit":
                await connection.send(json.dumps({"type": "input_audio_buffer.committed", "item_id": "item_1"}))
                heard = {"item_id": "item_1", "transcript": base64.b64decode(spoken).decode()}
                spoken = ""
                kind = "conversation.item.input_audio_transcription.completed"
                await connection.send(json.dumps({"type": kind, **heard}))
            asked = (event.get("response") or {}).get("metadata") or {}
            if event["type"] == "response.create" and "say" in asked:
                self.answering = f"resp_{len(self.said)}"
                for told in answer(asked, len(self.said)):
                    await connection.send(json.dumps(told))
            elif event["type"] == "response.cancel":
                output = [message_of("never to be seen", "item_0", voice=False)]
                ended = {"id": self.answering, "status": "cancelled", "output": output}
                await connection.send(json.dumps({"type": "response.done", "response": ended}))
            elif event["type"] == "response.create":
                await connection.send(json.dumps({"type": "response.created", "response": {"id": "resp_1"}}))
                await connection.send(json.dumps({"type": "response.output_text.delta", "delta": "hé"}))
                if "wait" in str(event.get("response")):
                    sound = {"type": "response.output_audio.delta", "delta": "A" * 32_000}  # 500 ms
                    await connection.send(json.dumps(sound))
                    continue
                response = {"id": "resp_1", "status": "completed", "output": [], "usage": USAGE}
                await connection.send(json.dumps({"type": "response.done", "response": response}))
            elif event["type"] == "session.end":
                await connection.close(4000, "as you wish")


@contextlib.contextmanager
def realtime_provider() -> Iterator[RealtimeProvider]:
    """A running provider; its `url` is an `api_base`."""
    provider, loop = RealtimeProvider(), asyncio.new_event_loop()

    async def start() -> Server:
        return await serve(provider.talk, "127.0.0.1", 0, process_request=provider.check)

    server = loop.run_until_complete(start())
    provider.url = f"http://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/v1"
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.close()
        asyncio.run_coroutine_threadsafe(server.wait_closed(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
