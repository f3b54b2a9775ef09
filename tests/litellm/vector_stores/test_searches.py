"""Searches of vector stores by those who have an API of their own, over HTTP."""

from __future__ import annotations

import json
from typing import Any

import litellm
import pytest
from hypothesis import given, strategies as st
from litellm import Router, rag, vector_stores
from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER
from litellm.llms.vector_stores import bedrock, embedded, google
from litellm.llms.vector_stores.query import filter_in
from litellm.secret_managers.google.signer import GoogleSigner

from tests.litellm.support import Told
from tests.support.scripted import Answer, Scripted

BOTH = {"type": "and", "filters": [{"type": "gte", "key": "year", "value": 2020},
                                   {"type": "in", "key": "kind", "value": ["a", "it's"]}]}  # fmt: skip
VECTOR = {"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": [0.5, 0.25]}], "model": "m",
          "usage": {"prompt_tokens": 1, "total_tokens": 1}}  # fmt: skip
AWS = {"aws_access_key_id": "AK", "aws_secret_access_key": "SK", "aws_region_name": "us-east-1", "api_key": None}
GOOGLE = {"vertex_project": "p", "vertex_location": "us-central1", "api_key": None}
# For each keeper: its settings, its reply, the path and body that are sent, and what is found.
SEARCHES: dict[str, tuple[dict[str, Any], dict[str, Any], str, dict[str, Any], list[tuple[Any, ...]]]] = {
    "bedrock": (
        AWS,
        {"retrievalResults": [
            {"content": {"text": "T"}, "location": {"type": "S3", "s3Location": {"uri": "s3://b/dir/f.pdf"}},
             "score": 0.7, "metadata": {"k": 1}},
            {"content": {"text": "U"}, "location": {"webLocation": {"url": "https://a/b"}}, "score": 0.1}]},
        "/knowledgebases/st/retrieve",
        {"retrievalQuery": {"text": "q"}, "retrievalConfiguration": {"vectorSearchConfiguration": {
            "numberOfResults": 3, "filter": {"andAll": [
                {"greaterThanOrEquals": {"key": "year", "value": 2020}},
                {"in": {"key": "kind", "value": ["a", "it's"]}}]}}}},
        [("s3://b/dir/f.pdf", "f.pdf", 0.7, "T", {"k": 1})],
    ),
    "vertex_ai": (
        GOOGLE,
        {"contexts": {"contexts": [{"sourceUri": "gs://b/f", "sourceDisplayName": "f", "text": "T", "score": 0.3}]}},
        "/v1/projects/p/locations/us-central1:retrieveContexts",
        {"vertex_rag_store": {"rag_resources": [{"rag_corpus": "projects/p/locations/us-central1/ragCorpora/st"}]},
         "query": {"text": "q", "rag_retrieval_config": {"top_k": 3, "filter": {
             "metadata_filter": '(year >= 2020 AND (kind = "a" OR kind = "it\'s"))',
             "vector_similarity_threshold": 0.2}}}},
        [("gs://b/f", "f", 0.3, "T", {"sourceUri": "gs://b/f", "sourceDisplayName": "f"})],
    ),
    "vertex_ai/search_api": (
        {**GOOGLE, "vertex_location": "global"},
        {"results": [{"id": "d1", "document": {"id": "d1", "derivedStructData": {
            "title": "Ti", "link": "https://l", "snippets": [{"snippet": "S"}]}}},
            {"document": {"id": "d2", "structData": {"a": 1}}}]},
        "/v1/projects/p/locations/global/collections/default_collection/dataStores/st/servingConfigs/default_config:search",
        {"query": "q", "pageSize": 3, "filter": '(year >= 2020 AND (kind = "a" OR kind = "it\'s"))'},
        [("https://l", "Ti", 1.0, "S", {"document_id": "d1", "link": "https://l", "title": "Ti"}),
         ("d2", None, 0.5, "", {"document_id": "d2", "a": 1})],
    ),
    "gemini": (
        {},
        {"candidates": [{"groundingMetadata": {
            "groundingChunks": [{"retrievedContext": {"uri": "u", "title": "f.txt", "text": "T"}}],
            "groundingSupports": [{"groundingChunkIndices": [0], "confidenceScores": [0.8]}]}}]},
        "/models/gemini-2.5-flash:generateContent",
        {"contents": [{"parts": [{"text": "q"}]}], "tools": [{"file_search": {
            "file_search_store_names": ["fileSearchStores/st"], "top_k": 3,
            "metadata_filter": '(year >= 2020 AND (kind = "a" OR kind = "it\'s"))'}}]},
        [("u", "f.txt", 0.8, "T", {"uri": "u", "title": "f.txt"})],
    ),
    "milvus": (
        {"milvus_text_field": "book"},
        {"code": 0, "data": [{"id": 1, "distance": 0.4, "book": "T", "other": "o"}]},
        "/v2/vectordb/entities/search",
        {"collectionName": "st", "data": [[0.5, 0.25]], "annsField": "book_vector", "limit": 3,
         "filter": '(year >= 2020 and kind in ["a", "it\'s"])', "outputFields": ["book"]},
        [("1", None, 0.4, "T", {"other": "o"})],
    ),
    "s3_vectors": (
        {"vector_store_id": "b:st", "aws_access_key_id": "AKID", "aws_secret_access_key": "s",
         "aws_region_name": "eu-west-1"},
        {"vectors": [{"key": "k", "distance": 0.25, "metadata": {"source_text": "T", "filename": "f.txt", "a": 1}},
                     {"key": "l", "distance": 0.9, "metadata": {}}]},
        "/QueryVectors",
        {"vectorBucketName": "b", "indexName": "st", "queryVector": {"float32": [0.5, 0.25]}, "topK": 3,
         "returnDistance": True, "returnMetadata": True,
         "filter": {"$and": [{"year": {"$gte": 2020}}, {"kind": {"$in": ["a", "it's"]}}]}},
        [("k", "f.txt", 0.75, "T", {"filename": "f.txt", "a": 1})],
    ),
    "azure_ai": (
        {},
        {"value": [{"@search.score": 0.9, "id": "1", "content": "T", "title": "t", "contentVector": [1]},
                   {"@search.score": 0.1, "id": "2", "content": "U"}]},
        "/indexes/st/docs/search?api-version=2024-07-01",
        {"search": "*", "vectorQueries": [
            {"vector": [0.5, 0.25], "fields": "contentVector", "kind": "vector", "k": 3}], "top": 3,
         "filter": "(year ge 2020 and (kind eq 'a' or kind eq 'it''s'))"},
        [("1", "t", 0.9, "T", {"id": "1", "title": "t"})],
    ),
}  # fmt: skip


REPLY_FIELDS = ("retrievalResults", "contexts", "results", "candidates", "data", "value", "vectors")
BROKEN = (litellm.InternalServerError, litellm.APIConnectionError, litellm.ServiceUnavailableError)


@pytest.fixture(autouse=True)
def no_google(monkeypatch: pytest.MonkeyPatch) -> None:
    async def signed(self: Any, **asked: Any) -> Any:
        return asked["headers"]

    monkeypatch.setattr(GoogleSigner, "sign", lambda self, **asked: asked["headers"])
    monkeypatch.setattr(GoogleSigner, "async_sign", signed)
    monkeypatch.delenv("AWS_BEARER_TOKEN_BEDROCK", raising=False)


def asked_of(vendor: Scripted, provider: str) -> dict[str, Any]:
    account = {"custom_llm_provider": provider, "api_base": vendor.base, "api_key": "sk-own"}
    embedding = {"litellm_embedding_model": "openai/text-embedding-3-small",
                 "litellm_embedding_config": {"api_base": vendor.base, "api_key": "sk-embed"}}  # fmt: skip
    return {**account, **embedding, "vector_store_id": "st", "query": "q", **SEARCHES[provider][0]}


def say(vendor: Scripted, provider: str, answer: Any) -> None:
    first = [Answer(json.dumps(VECTOR).encode())] if provider in ("milvus", "azure_ai", "s3_vectors") else []
    vendor.will(*first, Answer(json.dumps(answer).encode()))


@pytest.mark.parametrize("provider", SEARCHES)
async def test_each_keeper_is_asked_in_its_words(vendor: Scripted, provider: str) -> None:
    _, reply, path, body, expected = SEARCHES[provider]
    how: dict[str, Any] = {"max_num_results": 3, "filters": BOTH, "ranking_options": {"score_threshold": 0.2}}
    for function in (vector_stores.search, vector_stores.asearch):
        say(vendor, provider, reply)
        answer: Any = function(**asked_of(vendor, provider), **how)
        found = await answer if hasattr(answer, "__await__") else answer
        asked = vendor.asked[-1]
        assert (asked.method, asked.path, asked.json()) == ("POST", path, body)
        assert (found["object"], found["search_query"]) == ("vector_store.search_results.page", "q")
        assert [
            (item["file_id"], item["filename"], item["score"], item["content"][0]["text"], item["attributes"])
            for item in found["data"]
        ] == expected
        if len(vendor.asked) == 2:
            assert vendor.asked[0].json()["input"] == ["q"]
            assert vendor.asked[0].headers["authorization"] == "Bearer sk-embed"
            assert "sk-embed" not in str(asked.headers)


@pytest.mark.parametrize("provider", SEARCHES)
@pytest.mark.parametrize(("status", "error"), [(404, litellm.NotFoundError), (429, litellm.RateLimitError)])
def test_refusals_are_mapped(vendor: Scripted, provider: str, status: int, error: type[Exception]) -> None:
    first = [Answer(json.dumps(VECTOR).encode())] if provider in ("milvus", "azure_ai", "s3_vectors") else []
    vendor.will(*first, Answer(b'{"error": {"message": "so it is"}, "message": "so it is"}', status=status))
    with pytest.raises(error, match="so it is"):
        vector_stores.search(**asked_of(vendor, provider))


@pytest.mark.parametrize("provider", SEARCHES)
@pytest.mark.parametrize("reply", [
    b"<html>", b"[]", json.dumps({field: [5] for field in REPLY_FIELDS}).encode(),
])  # fmt: skip
def test_garbage_is_an_error_of_ours(vendor: Scripted, provider: str, reply: bytes) -> None:
    first = [Answer(json.dumps(VECTOR).encode())] if provider in ("milvus", "azure_ai", "s3_vectors") else []
    vendor.will(*first, Answer(reply))
    with pytest.raises(BROKEN):
        vector_stores.search(**asked_of(vendor, provider))


def test_what_is_missing_is_named(vendor: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    vendor.will_say(VECTOR)
    with pytest.raises(litellm.BadRequestError, match="litellm_embedding_model"):
        vector_stores.search("st", "q", custom_llm_provider="milvus")
    monkeypatch.delenv("MILVUS_API_BASE", raising=False)
    with pytest.raises(litellm.APIConnectionError, match="api_base"):
        vector_stores.search(**{**asked_of(vendor, "milvus"), "api_base": None})
    with pytest.raises(litellm.APIConnectionError, match="vector_store_id"):
        vector_stores.search(**{**asked_of(vendor, "gemini"), "vector_store_id": ""})
    with pytest.raises(litellm.APIConnectionError, match=r"filters\.type"):
        vector_stores.search(**asked_of(vendor, "gemini"), filters={"type": "like", "key": "a", "value": 1})
    with pytest.raises(litellm.BadRequestError, match="gemini has no vector stores"):
        vector_stores.list(custom_llm_provider="gemini")


def test_milvus_refuses_with_status_200(vendor: Scripted) -> None:
    say(vendor, "milvus", {"code": 1100, "message": "no such collection"})
    with pytest.raises(litellm.BadRequestError, match="no such collection"):
        vector_stores.search(**asked_of(vendor, "milvus"))


@given(st.sampled_from([google._FILTER, embedded._AZURE]), st.text(), st.booleans())
def test_a_value_stays_a_value(words: Any, value: str, listed: bool) -> None:
    made = filter_in(words, {"type": "in" if listed else "eq", "key": "k", "value": [value] if listed else value})
    quoted = made[made.index("'" if words is embedded._AZURE else '"') :].rstrip(")" if listed else "")
    if words is embedded._AZURE:
        assert quoted[1:-1].replace("''", "'") == value
        assert "'" not in quoted[1:-1].replace("''", "")
    else:
        assert json.loads(quoted) == value


@pytest.mark.parametrize("key", ["a = 1 OR b", "", "a'b", 5])
def test_a_key_is_a_name(key: Any) -> None:
    for words in (google._FILTER, embedded._AZURE, embedded._MILVUS, bedrock._FILTER):
        with pytest.raises(ValueError, match="filters"):
            filter_in(words, {"type": "eq", "key": key, "value": 1})


@pytest.mark.parametrize(("more", "cost"), [
    ({}, litellm.model_cost["vertex_ai/search_api"]["input_cost_per_query"]), ({"input_cost_per_query": 0.5}, 0.5),
])  # fmt: skip
def test_a_search_is_priced(
    vendor: Scripted, more: dict[str, Any], cost: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told()
    monkeypatch.setattr(litellm, "callbacks", [told])
    say(vendor, "vertex_ai/search_api", SEARCHES["vertex_ai/search_api"][1])
    vector_stores.search(**asked_of(vendor, "vertex_ai/search_api"), **more)
    assert GLOBAL_LOGGING_WORKER.flush(5.0)
    assert [payload["response_cost"] for payload in told.payloads] == [cost]


def test_rag_queries_any_keeper(vendor: Scripted) -> None:
    say(vendor, "gemini", SEARCHES["gemini"][1])
    store = {"custom_llm_provider": "gemini", "vector_store_id": "st", "api_base": vendor.base, "api_key": "k"}
    messages = [{"role": "user", "content": "q"}]
    answer = rag.query("openai/gpt-4o", messages, store, mock_response="so")
    found = answer.choices[0].message.provider_specific_fields["search_results"]
    assert found["data"][0]["content"][0]["text"] == "T"


async def test_the_router_chooses_the_account(vendor: Scripted) -> None:
    params = {"model": "gemini/gemini-2.5-pro", "api_base": vendor.base, "api_key": "sk-deployment"}
    router = Router(model_list=[{"model_name": "g", "litellm_params": params}], num_retries=0)
    say(vendor, "gemini", SEARCHES["gemini"][1])
    found = await router.avector_store_search(model="g", vector_store_id="st", query="q")
    assert len(found["data"]) == 1
    assert vendor.asked[0].path == "/models/gemini-2.5-pro:generateContent"
    assert vendor.asked[0].headers["x-goog-api-key"] == "sk-deployment"
    router.discard()
