"""Files into vector stores, and answers from them, over HTTP."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import litellm
import pytest
from litellm import rag

from tests.support.scripted import Answer, Scripted

FOUND = {
    "object": "vector_store.search_results.page",
    "data": [
        {"file_id": f"file-{text}", "score": 0.5, "content": [{"type": "text", "text": text}]}
        for text in ("one", "two")
    ],
}
CHAT = {
    "id": "c", "object": "chat.completion", "created": 1, "model": "gpt-4o",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "so"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}  # fmt: skip
RANKS = {"id": "r", "results": [{"index": 1, "relevance_score": 0.9}], "meta": {"billed_units": {"search_units": 1}}}
MESSAGES = [{"role": "system", "content": "be"}, {"role": "user", "content": [{"type": "text", "text": "what?"}]}]


@pytest.fixture(autouse=True)
def environment(vendor: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-env")
    monkeypatch.setenv("OPENAI_API_BASE", vendor.base)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.setenv("COHERE_API_KEY", "sk-cohere")
    monkeypatch.setenv("COHERE_API_BASE", vendor.base)


def say(vendor: Scripted, *values: Any) -> None:
    vendor.will(*(Answer(json.dumps(value).encode()) for value in values))


def paths(vendor: Scripted) -> list[str]:
    return [asked.path for asked in vendor.asked]


def test_a_file_goes_into_a_new_store(vendor: Scripted) -> None:
    say(vendor, {"id": "vs_1"}, {"id": "file-1"}, {"id": "file-1"})
    options = {"name": "notes", "vector_store": {"custom_llm_provider": "openai", "ttl_days": 3, "api_key": "sk-own"}}
    made = rag.ingest(options, file_data=("a.txt", b"hello world", "text/plain"))
    assert (made["status"], made["vector_store_id"], made["file_id"]) == ("completed", "vs_1", "file-1")
    assert made["id"].startswith("ingest_")
    assert paths(vendor) == ["/vector_stores", "/files", "/vector_stores/vs_1/files"]
    assert vendor.asked[0].json() == {"name": "notes", "expires_after": {"anchor": "last_active_at", "days": 3}}
    assert b"hello world" in vendor.asked[1].body
    assert vendor.last == {"file_id": "file-1", "chunking_strategy": {"type": "auto"}}
    assert {asked.headers["authorization"] for asked in vendor.asked} == {"Bearer sk-own"}


def test_a_file_goes_into_a_store_that_there_is_in_pieces_of_a_size(vendor: Scripted) -> None:
    say(vendor, {"id": "file-1"}, {"id": "file-1"})
    store = {"custom_llm_provider": "openai", "vector_store_id": "vs_9"}
    options = {"vector_store": store, "chunking_strategy": {"chunk_size": 400, "chunk_overlap": 50}}
    file = {"filename": "b.txt", "content": base64.b64encode(b"hello").decode(), "content_type": "text/plain"}
    assert asyncio.run(rag.aingest(options, file=file))["status"] == "completed"
    static = {"max_chunk_size_tokens": 400, "chunk_overlap_tokens": 50}
    assert vendor.last["chunking_strategy"] == {"type": "static", "static": static}
    say(vendor, {"id": "file-7"})
    assert rag.ingest(options, file_id="file-7")["file_id"] == "file-7"
    assert paths(vendor) == ["/vector_stores/vs_9/files"]


def test_a_file_by_url(vendor: Scripted) -> None:
    vendor.will(Answer(b"text of it", content_type="text/plain"), *[Answer(b'{"id": "x"}')] * 3)
    made = rag.ingest({"vector_store": {"custom_llm_provider": "openai"}}, file_url=f"{vendor.base}/docs/a.txt")
    assert made["status"] == "completed"
    assert b'filename="a.txt"' in vendor.asked[2].body


def test_a_provider_that_fails_is_told_of(vendor: Scripted) -> None:
    vendor.will(Answer(b'{"id": "vs_1"}'), Answer(b'{"error": {"message": "too big"}}', 413))
    made = rag.ingest({"vector_store": {}}, file_data=("a", b"b", "text/plain"), num_retries=0)
    assert (made["status"], made["vector_store_id"]) == ("failed", "vs_1")
    assert "too big" in made["error"]


@pytest.mark.parametrize(
    ("options", "arguments", "says"),
    [
        ({}, {"file_id": "f"}, "vector_store"), ({"vector_store": {}}, {}, "file"),
        ({"vector_store": {"custom_llm_provider": "zz"}}, {"file_id": "f"}, "custom_llm_provider"),
        ({"vector_store": {}}, {"file_id": "f"}, "vector_store_id"),
        ({"vector_store": {}}, {"file": {"content": "%"}}, "base64"),
        ({"vector_store": {}}, {"file": {"content": "é"}}, "base64"),
        ({"vector_store": {"ttl_days": "soon"}}, {"file": {"content": ""}}, "ttl_days"),
        ({"vector_store": {}, "chunking_strategy": {"chunk_size": [1]}}, {"file": {"content": ""}}, "chunk_size"),
        ({"vector_store": {}, "chunking_strategy": {"chunk_size": "x"}}, {"file": {"content": ""}}, "chunk_size"),
        ({"vector_store": {}, "chunking_strategy": {"chunk_overlap": -1}}, {"file": {"content": ""}}, "chunk_overlap"),
        ({"vector_store": {}}, {"file_url": "file:///etc/passwd"}, "file_url"),
        ({"vector_store": {}, "ocr": {"model": "m"}}, {"file_id": "f"}, "ocr"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_named(options: dict[str, Any], arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(litellm.BadRequestError, match=says):
        rag.ingest(options, **arguments)


def test_an_answer_from_a_store(vendor: Scripted) -> None:
    say(vendor, FOUND, CHAT)
    answer = rag.query("gpt-4o", MESSAGES, {"vector_store_id": "vs_1", "custom_llm_provider": "openai", "top_k": 3})
    assert paths(vendor) == ["/vector_stores/vs_1/search", "/chat/completions"]
    assert vendor.asked[0].json() == {"query": "what?", "max_num_results": 3}
    context = {"role": "user", "content": "Context:\n\none\n\ntwo\n\n"}
    assert vendor.last["messages"] == [MESSAGES[0], context, MESSAGES[1]]
    assert answer.choices[0].message.provider_specific_fields["search_results"] == FOUND
    assert answer._hidden_params["response_cost"] == pytest.approx(1.25e-5)


def test_what_was_found_is_ranked_and_the_ranking_paid_for(vendor: Scripted) -> None:
    say(vendor, FOUND, RANKS, CHAT)
    ranking = {"model": "cohere/rerank-v3.5", "top_n": 1}
    answer = asyncio.run(rag.aquery("gpt-4o", MESSAGES, {"vector_store_id": "vs_1"}, rerank=ranking))
    assert vendor.asked[1].json()["documents"] == ["one", "two"]
    assert vendor.last["messages"][1]["content"] == "Context:\n\ntwo\n\n"
    assert answer._hidden_params["response_cost"] == pytest.approx(0.002 + 1.25e-5)
    say(vendor, {"data": []}, CHAT)
    rag.query("gpt-4o", MESSAGES, {"vector_store_id": "vs_1"}, rerank=ranking)
    assert vendor.last["messages"] == MESSAGES


def test_queries_that_ask_nothing_are_refused() -> None:
    with pytest.raises(litellm.BadRequestError, match="vector_store_id"):
        rag.query("gpt-4o", MESSAGES, {})
    with pytest.raises(litellm.BadRequestError, match="user message"):
        rag.query("gpt-4o", MESSAGES[:1], {"vector_store_id": "vs_1"})


def test_vector_stores(vendor: Scripted) -> None:
    say(vendor, {"id": "vs_1"})
    assert litellm.vector_stores.create(name="n", file_ids=["f"])["id"] == "vs_1"
    assert asyncio.run(litellm.vector_stores.acreate(name="n"))["id"] == "vs_1"
    say(vendor, FOUND)
    assert litellm.vector_stores.search("vs_1", "q", filters={"a": 1}, max_num_results=2) == FOUND
    assert vendor.last == {"query": "q", "filters": {"a": 1}, "max_num_results": 2}
    assert vendor.asked[0].headers["openai-beta"] == "assistants=v2"
