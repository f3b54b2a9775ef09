"""Caches that go by meaning: over a real Redis, and over a stand-in for the part of Qdrant's HTTP API that is used."""

from __future__ import annotations

import asyncio
import json
import math
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import litellm
import pytest

from tests.support.redis import RedisServer

WORDS = ["capital", "france", "germany", "poem", "sea", "write", "what", "city"]


class World:
    """Embeddings that count words, a chat model that numbers its answers, and a Qdrant in memory."""

    def __init__(self) -> None:
        self.collections: dict[str, dict[str, Any]] = {}
        self.points: list[dict[str, Any]] = []
        self.asked: Counter[str] = Counter()
        self.broken = False

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """(status, body) of an answer."""
        if path.startswith("/collections"):
            return (500, {"status": "broken"}) if self.broken else (200, {"result": self.qdrant(method, path, body)})
        kind = path.rsplit("/", 1)[-1]
        self.asked[kind] += 1
        if kind == "embeddings":
            text = str(body["input"]).lower()
            vector = [float(text.count(word)) for word in WORDS] + [0.01]
            data = [{"object": "embedding", "index": 0, "embedding": vector}]
            return 200, {"object": "list", "data": data, "model": "e", "usage": {"prompt_tokens": 1, "total_tokens": 1}}
        message = {"role": "assistant", "content": f"answer {self.asked[kind]}"}
        choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        return 200, {
            "id": "c",
            "object": "chat.completion",
            "created": 1,
            "model": "m",
            "choices": choices,
            "usage": usage,
        }

    def qdrant(self, method: str, path: str, body: Any) -> Any:
        """The `result` of Qdrant's answer."""
        name, _, action = path.removeprefix("/collections/").partition("/")
        if action == "exists":
            return {"exists": name in self.collections}
        if action == "index":
            return {"status": "acknowledged"}
        if action == "points":
            self.points += body["points"]
            return {"status": "acknowledged"}
        if action == "points/search":
            bucket = body["filter"]["must"][0]["match"]["value"]
            found = [point for point in self.points if self.matches(point["payload"], bucket)]
            found = [{**point, "score": math.fsum(a * b for a, b in zip(point["vector"], body["vector"], strict=True))}
                     for point in found]  # fmt: skip
            return sorted(found, key=lambda point: -point["score"])[: body["limit"]]
        self.collections[name] = body
        return True

    @staticmethod
    def matches(payload: dict[str, Any], bucket: str) -> bool:
        """Whether a point meets the filter."""
        return payload["bucket"] == bucket and payload.get("expires_at", math.inf) > time.time()


@pytest.fixture
def world() -> Iterator[tuple[World, str]]:
    made = World()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            data = self.rfile.read(int(self.headers.get("content-length") or 0))
            status, body = made.answer(self.command, self.path, json.loads(data) if data else None)
            text = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_PUT = do_POST = _answer

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def redis_server() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture(params=["redis-semantic", "valkey-semantic", "qdrant-semantic"])
def chat(
    request: pytest.FixtureRequest, world: tuple[World, str], redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """Asks a question of a model behind a semantic cache, and returns the answer's text."""
    _, base = world
    with redis_server.client() as client:
        client.flushdb()
    monkeypatch.setenv("OPENAI_API_KEY", "sk-t")
    monkeypatch.setenv("OPENAI_BASE_URL", f"{base}/v1")
    name = request.param.replace("-", "_") + "_cache_embedding_model"
    options: dict[str, Any] = {"type": request.param, "similarity_threshold": 0.8, name: "openai/e"}
    if request.param == "qdrant-semantic":
        options |= {"qdrant_api_base": base, "qdrant_collection_name": "answers"}
    else:
        options |= {"host": "127.0.0.1", "port": redis_server.port}
    litellm.cache = litellm.Cache(**options)

    def ask(question: str, **more: Any) -> str:
        answer = litellm.completion("openai/m", [{"role": "user", "content": question}], **more)
        return str(answer.choices[0].message.content)

    yield ask
    asyncio.run(litellm.cache.disconnect())
    litellm.cache = None


def test_a_question_that_means_the_same_gets_the_same_answer(chat: Any, world: tuple[World, str]) -> None:
    metadata: dict[str, Any] = {}
    assert chat("What is the capital of France?") == "answer 1"
    assert chat("The capital of France, what city is it?", metadata=metadata) == "answer 1"
    assert 0.8 <= metadata["semantic-similarity"] < 1
    assert chat("Write a poem about the sea") == "answer 2"
    assert chat("What is the capital of Germany?") == "answer 3"
    assert world[0].asked == {"embeddings": 4, "completions": 3}, "a question is embedded once"


def test_what_else_differs_is_another_bucket(chat: Any) -> None:
    question = "What is the capital of France?"
    assert chat(question) == "answer 1"
    assert chat(question, temperature=0.5) == "answer 2"
    ours, theirs = ({"user_api_key_team_id": team} for team in ("ours", "theirs"))
    assert chat(question, metadata=ours) == "answer 3"
    assert chat(question, metadata=theirs) == "answer 4"
    assert chat(question, metadata=ours) == "answer 3"
    assert chat(question, cache={"no-cache": True}) == "answer 5"


def test_an_entry_ends_with_its_time(chat: Any) -> None:
    question = "What is the capital of France?"
    assert chat(question, cache={"ttl": 0.05}) == "answer 1"
    time.sleep(0.06)
    assert chat(question) == "answer 2"
    assert chat(question) == "answer 2"


async def test_calls_on_an_event_loop_and_streams_take_part(chat: Any) -> None:
    message = [{"role": "user", "content": "What is the capital of France?"}]
    first = await litellm.acompletion("openai/m", message)
    chunks = [chunk async for chunk in await litellm.acompletion("openai/m", message, stream=True)]
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == "answer 1"
    assert first.choices[0].message.content == "answer 1"


def test_a_damaged_entry_and_a_broken_store_are_misses(
    chat: Any, world: tuple[World, str], redis_server: RedisServer
) -> None:
    question = "What is the capital of France?"
    assert chat(question) == "answer 1"
    for point in world[0].points:
        point["payload"]["value"] = "{no json"
    with redis_server.client() as client:
        for key in client.scan_iter("*"):
            if not key.endswith(b":ids"):
                client.hset(key, "value", "{no json")
    assert chat(question) == "answer 2"
    with redis_server.client() as client:
        for key in client.scan_iter("*"):
            client.delete(key)
            client.set(key, "something else")
    world[0].broken = True
    assert chat("What is the capital of Germany?") == "answer 3"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"type": "redis-semantic", "host": "127.0.0.1"}, "similarity_threshold"),
        ({"type": "redis-semantic", "host": "127.0.0.1", "similarity_threshold": 2}, "similarity_threshold"),
        ({"type": "qdrant-semantic", "similarity_threshold": 0.8, "qdrant_api_base": "http://q"}, "qdrant_collection"),
        ({"type": "qdrant-semantic", "similarity_threshold": 0.8, "qdrant_collection_name": "c"}, "qdrant_api_base"),
        ({"type": "qdrant-semantic", "similarity_threshold": 0.8, "qdrant_collection_name": "c", "qdrant_api_base": "h",
          "qdrant_quantization_config": "odd"}, "quantization"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named(options: dict[str, Any], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QDRANT_API_BASE", raising=False)
    with pytest.raises(ValueError, match=said):
        litellm.Cache(**options)
