"""Vector stores and their files over HTTP: what is asked, what comes back, what goes wrong."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from typing import Any

import litellm
import pytest
from litellm import Router, vector_store_files, vector_stores
from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER
from litellm.router_utils.endpoint_table import VECTOR_STORES
from openai.types import VectorStore
from openai.types.vector_stores import VectorStoreFile

from tests.litellm.support import Told
from tests.support.scripted import Answer, Scripted

STORE = {"id": "vs_1", "object": "vector_store", "created_at": 1, "name": "n", "usage_bytes": 1, "status": "completed",
         "file_counts": dict.fromkeys(("in_progress", "completed", "failed", "cancelled", "total"), 0)}  # fmt: skip
FILE = {"id": "file_1", "object": "vector_store.file", "created_at": 1, "vector_store_id": "vs_1", "usage_bytes": 3,
        "status": "completed"}  # fmt: skip
ONE: dict[str, Any] = {"vector_store_id": "vs_1"}
BOTH: dict[str, Any] = {**ONE, "file_id": "file_1"}
# The method and path of each function, what it is given, and what of that is in the body.
ASKED: dict[str, tuple[str, dict[str, Any], dict[str, Any] | None]] = {
    "vector_stores.create": ("POST /vector_stores", {"name": "n", "metadata": {"a": "b"}},
                             {"name": "n", "metadata": {"a": "b"}}),
    "vector_stores.search": ("POST /vector_stores/vs_1/search", {**ONE, "query": "q", "max_num_results": 3},
                             {"query": "q", "max_num_results": 3}),
    "vector_stores.retrieve": ("GET /vector_stores/vs_1", ONE, None),
    "vector_stores.list": ("GET /vector_stores?after=x&limit=2&order=desc", {"limit": 2, "after": "x"}, None),
    "vector_stores.update": ("POST /vector_stores/vs_1", {**ONE, "name": "m", "extra_body": {"e": 1}},
                             {"name": "m", "e": 1}),
    "vector_stores.delete": ("DELETE /vector_stores/vs_1", ONE, None),
    "vector_store_files.create": ("POST /vector_stores/vs_1/files", {**BOTH, "attributes": {"a": 1}},
                                  {"file_id": "file_1", "attributes": {"a": 1}}),
    "vector_store_files.list": ("GET /vector_stores/vs_1/files?filter=completed&order=asc",
                                {**ONE, "filter": "completed", "order": "asc"}, None),
    "vector_store_files.retrieve": ("GET /vector_stores/vs_1/files/file_1", BOTH, None),
    "vector_store_files.retrieve_content": ("GET /vector_stores/vs_1/files/file_1/content", BOTH, None),
    "vector_store_files.update": ("POST /vector_stores/vs_1/files/file_1", {**BOTH, "attributes": {"a": 2}},
                                  {"attributes": {"a": 2}}),
    "vector_store_files.delete": ("DELETE /vector_stores/vs_1/files/file_1", BOTH, None),
}  # fmt: skip


def function(path: str, prefix: str = "") -> Callable[..., Any]:
    module, _, name = path.partition(".")
    made: Callable[..., Any] = getattr(getattr(litellm, module), prefix + name)
    return made


@pytest.fixture
def where(vendor: Scripted) -> dict[str, Any]:
    return {"api_base": f"{vendor.base}/v1", "api_key": "sk-own", "custom_llm_provider": "openai"}


def sent(vendor: Scripted) -> str:
    (asked,) = vendor.asked
    return f"{asked.method} {asked.path}"


@pytest.mark.parametrize("path", ASKED)
async def test_each_asks_its_own(vendor: Scripted, where: dict[str, Any], path: str) -> None:
    line, given, body = ASKED[path]
    for prefix in ("", "a"):
        vendor.will_say({"id": "vs_1", "extra": 1})
        answer = function(path, prefix)(**given, **where)
        answer = await answer if prefix else answer
        assert answer == {"id": "vs_1", "extra": 1}
        assert sent(vendor) == line.replace(" /", " /v1/")
        headers = vendor.asked[0].headers
        assert (headers["authorization"], headers["openai-beta"]) == ("Bearer sk-own", "assistants=v2")
        assert (json.loads(vendor.asked[0].body) if vendor.asked[0].body else None) == body


@pytest.mark.parametrize("path", ASKED)
def test_both_functions_are_declared_alike(path: str) -> None:
    blocking, on_loop = function(path), function(path, "a")
    assert inspect.signature(blocking) == inspect.signature(on_loop)
    assert inspect.iscoroutinefunction(on_loop)
    assert not inspect.iscoroutinefunction(blocking)
    assert blocking.__doc__ == on_loop.__doc__
    assert blocking.__doc__


def test_openais_client_knows_what_comes_back(vendor: Scripted, where: dict[str, Any]) -> None:
    vendor.will_say(STORE)
    assert VectorStore.model_validate(vector_stores.create(name="n", **where)).name == "n"
    vendor.will_say(FILE)
    assert VectorStoreFile.model_validate(vector_store_files.create(**BOTH, **where)).vector_store_id == "vs_1"


@pytest.mark.parametrize(("version", "line"), [
    ("2025-04-01-preview", "GET /openai/vector_stores/vs_1?api-version=2025-04-01-preview"),
    ("v1", "GET /openai/v1/vector_stores/vs_1?api-version=v1"),
])  # fmt: skip
def test_azure_has_its_own_addresses(vendor: Scripted, version: str, line: str) -> None:
    vendor.will_say(STORE)
    vector_stores.retrieve("vs_1", custom_llm_provider="azure", api_base=vendor.base, api_key="k", api_version=version)
    assert sent(vendor) == line
    assert vendor.asked[0].headers["api-key"] == "k"


def test_pg_vector_speaks_the_same(vendor: Scripted) -> None:
    vendor.will_say({"object": "vector_store.search_results.page", "data": []})
    found = vector_stores.search("vs_1", "q", custom_llm_provider="pg_vector", api_base=vendor.base, api_key="k")
    assert found["data"] == []
    assert sent(vendor) == "POST /v1/vector_stores/vs_1/search"


@pytest.mark.parametrize(("status", "error"), [
    (401, litellm.AuthenticationError), (404, litellm.NotFoundError), (429, litellm.RateLimitError),
    (500, litellm.InternalServerError),
])  # fmt: skip
def test_refusals_are_mapped(vendor: Scripted, where: dict[str, Any], status: int, error: type[Exception]) -> None:
    vendor.will_say({"error": {"message": "so it is"}}, status=status)
    with pytest.raises(error, match="so it is"):
        vector_stores.search("vs_1", "q", num_retries=0, **where)
    assert len(vendor.asked) == 1


async def test_a_refusal_that_passes_is_asked_again(vendor: Scripted, where: dict[str, Any]) -> None:
    vendor.will(Answer(b"{}", status=429, headers={"retry-after-ms": "1"}), Answer(json.dumps(STORE).encode()))
    assert (await vector_stores.aretrieve("vs_1", **where))["id"] == "vs_1"
    assert len(vendor.asked) == 2


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"", b"\xff{"])
def test_garbage_is_an_error_of_ours(vendor: Scripted, where: dict[str, Any], body: bytes) -> None:
    vendor.will(Answer(body))
    with pytest.raises(litellm.InternalServerError):
        vector_stores.list(**where)


def test_an_id_is_needed_and_stays_in_its_place(vendor: Scripted, where: dict[str, Any]) -> None:
    with pytest.raises(litellm.APIConnectionError, match="vector_store_id"):
        vector_stores.delete("", **where)
    vendor.will_say({})
    vector_stores.retrieve("../files/x", extra_query={"q": 1}, **where)
    assert sent(vendor) == "GET /v1/vector_stores/..%2Ffiles%2Fx?q=1"


def test_a_provider_without_stores_says_so(vendor: Scripted) -> None:
    with pytest.raises(litellm.BadRequestError, match="groq has no vector stores"):
        vector_stores.list(custom_llm_provider="groq")


def test_a_mocked_search_asks_nobody() -> None:
    found = vector_stores.search("vs_1", "q", mock_response=[{"score": 1.0}], custom_llm_provider="openai")
    assert (found["data"], found["search_query"]) == ([{"score": 1.0}], "q")


def test_callbacks_are_told_without_the_key(
    vendor: Scripted, where: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor.will_say({"data": []})
    told = Told()
    monkeypatch.setattr(litellm, "callbacks", [told])
    vector_stores.search("vs_1", "what is it?", **where)
    assert GLOBAL_LOGGING_WORKER.flush(5.0)
    (payload,) = told.payloads
    assert payload["call_type"] == "vector_store_search"
    assert "sk-own" not in json.dumps(payload, default=str)


@pytest.mark.parametrize("name", VECTOR_STORES)
async def test_the_router_chooses_the_account(vendor: Scripted, name: str) -> None:
    params = {"model": "openai/gpt-4o", "api_base": f"{vendor.base}/v1", "api_key": "sk-deployment", "max_retries": 0}
    router = Router(model_list=[{"model_name": "chat", "litellm_params": params}], num_retries=0)
    line, given, _ = ASKED[VECTOR_STORES[name].replace(".a", ".", 1) if name[0] == "a" else VECTOR_STORES[name]]
    vendor.will_say({"id": "vs_1"})
    answer = getattr(router, name)(model="chat", **given)
    assert (await answer if name[0] == "a" else answer)["id"] == "vs_1"
    assert sent(vendor) == line.replace(" /", " /v1/")
    assert vendor.asked[0].headers["authorization"] == "Bearer sk-deployment"
    router.discard()
