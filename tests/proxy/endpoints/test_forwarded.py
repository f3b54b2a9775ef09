"""Files, batches, assistants, …: with OpenAI's own client, to the provider that the request means."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from litellm.proxy.endpoints.forwarded_table import FORWARDED, ForwardedRoute
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.proxy.serving import serving
from tests.support.gateway import Gateway

SEEN: list[dict[str, Any]] = []
BATCH_USAGES = (
    {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
    {"prompt_tokens": 300, "completion_tokens": 20, "total_tokens": 320},
)
BATCH_USD = 400 * 1.25e-6 + 30 * 5e-6
"""Of these, at half of gpt-4o's prices."""


async def provider(request: Request) -> Response:
    raw = await request.body()
    path = request.scope["path"]
    SEEN.append({"method": request.method, "path": path, "query": request.url.query, "headers": dict(request.headers),
                 "body": raw})  # fmt: skip
    if path.endswith("/batch-bill/content"):
        lines = [{"response": {"body": {"model": "gpt-4o", "usage": usage}}} for usage in BATCH_USAGES]
        return Response("\n".join(map(json.dumps, [*lines, {"error": {"code": "bad"}}])))
    if request.method == "POST" and b"to-be-billed" in raw:
        return JSONResponse({"id": "batch-bill", "object": "batch", "status": "validating"})
    if request.method == "GET" and path.endswith("/batches/batch-bill"):
        return JSONResponse(
            {"id": "batch-bill", "object": "batch", "status": "completed", "output_file_id": "batch-bill"}
        )
    if path.endswith("/content"):
        return Response(b"\x00stored", media_type="application/octet-stream")
    if path.endswith(("/videos", "/remix", "/edits", "/extensions")) or "/videos/video_" in path:
        return JSONResponse({"id": "video_1", "object": "video", "status": "queued", "seconds": "4", "model": "sora-2"})
    if path.endswith("/ocr"):
        return JSONResponse({"pages": [], "model": "mistral-ocr-latest", "usage_info": {"pages_processed": 3}})
    if path.endswith("/interactions"):
        return JSONResponse({"id": "i", "usage": {"total_input_tokens": 10, "total_output_tokens": 4}})
    if request.method == "GET" and path.rpartition("/")[2] in ("files", "batches", "jobs"):
        return JSONResponse({"object": "list", "data": [], "has_more": False})
    return JSONResponse({"id": "thing-1", "object": "thing", "status": "ok", "created_at": 1})


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    methods = ["GET", "POST", "DELETE"]
    with serving(Starlette(routes=[Route("/{path:path}", provider, methods=methods)])) as url:
        models = [
            {"model_name": "mine", "litellm_params": {"model": "openai/gpt-4o", "api_base": f"{url}/lent/v1",
                                                      "api_key": "sk-lent-01234567"}},
            {"model_name": "az", "litellm_params": {"model": "azure/dep", "api_base": f"{url}/az",
                                                    "api_key": "az-lent-01234567", "api_version": "2025-01-01"}},
            {"model_name": "reader", "litellm_params": {"model": "mistral/mistral-ocr-latest",
                                                        "api_base": f"{url}/m/v1", "api_key": "mi-lent-01234567"}},
        ]  # fmt: skip
        tools = [
            {"search_tool_name": name, "litellm_params": {"search_provider": "tavily", "api_key": "k", "api_base": url}}
            for name in ("web", "news")
        ]
        config = {"model_list": models, "search_tools": tools, "files_settings": [
            {"custom_llm_provider": "azure", "api_base": f"{url}/files", "api_key": "az-files-0123456",
             "api_version": "2025-01-01"}]}  # fmt: skip
        env = {"OPENAI_API_KEY": "sk-env-0123456789", "OPENAI_BASE_URL": f"{url}/env/v1", "GEMINI_API_BASE": url,
               "GEMINI_API_KEY": "gk-env-0123456789"}  # fmt: skip
        with Gateway(tmp_path_factory.mktemp("forwarded"), config, env=env) as running:
            yield running


@pytest.fixture(scope="module")
def client(gateway: Gateway) -> Iterator[openai.OpenAI]:
    key = gateway.request("POST", "/key/generate", json={"max_budget": 5}).json()["key"]
    with openai.OpenAI(base_url=f"{gateway.base}/v1", api_key=key, max_retries=0) as made:
        yield made


@pytest.mark.parametrize("row", FORWARDED, ids=lambda row: str(row.path))
def test_every_spelling_and_method_of_a_row_reaches_its_provider(
    gateway: Gateway, client: openai.OpenAI, row: ForwardedRoute
) -> None:
    model = {"model": "reader"} if row.provider == "mistral" else {}
    for prefix in row.prefixes:
        path = row.path.replace("{", "").replace("}", "")
        for method in row.methods:
            body = {"json": {"a": 1, **model}} if method == "POST" else {}
            answer = gateway.request(method, prefix + path, key=client.api_key, **body)
            assert answer.status_code == 200, answer.text
            asked = SEEN[-1]
            assert (asked["method"], asked["path"].endswith(path)) == (method, True)
            assert client.api_key not in str(asked)


def test_files_and_batches_with_openais_client(client: openai.OpenAI) -> None:
    client.files.create(file=("a.jsonl", b'{"a":1}'), purpose="batch")
    assert SEEN[-1]["path"] == "/env/v1/files"
    assert b'{"a":1}' in SEEN[-1]["body"]
    assert SEEN[-1]["headers"]["authorization"] == "Bearer sk-env-0123456789"
    assert client.files.content("file-1").read() == b"\x00stored"
    assert list(client.files.list(purpose="batch")) == []
    assert SEEN[-1]["query"] == "purpose=batch"
    client.files.delete("file-1")
    client.batches.create(input_file_id="file-1", endpoint="/v1/chat/completions", completion_window="24h")
    assert SEEN[-1]["path"] == "/env/v1/batches"
    client.batches.cancel("batch_1")
    assert list(client.batches.list(limit=2)) == []


def test_fine_tuning_vector_stores_and_conversations(client: openai.OpenAI) -> None:
    client.fine_tuning.jobs.create(model="mine", training_file="file-1")
    assert (SEEN[-1]["path"], b'"model":"gpt-4o"' in SEEN[-1]["body"]) == ("/lent/v1/fine_tuning/jobs", True)
    client.vector_stores.create(name="v")
    client.vector_stores.files.create("vs_1", file_id="file-1")
    assert SEEN[-1]["path"] == "/env/v1/vector_stores/vs_1/files"
    client.conversations.create()
    assert SEEN[-1]["path"] == "/env/v1/conversations"


@pytest.mark.parametrize(
    ("asked", "path", "key"),
    [
        ({"headers": {"custom-llm-provider": "azure"}}, "/files/openai/files", "az-files-0123456"),
        ({"params": {"custom_llm_provider": "azure"}}, "/files/openai/files", "az-files-0123456"),
        ({"params": {"model": "az"}}, "/az/openai/files", "az-lent-01234567"),
        ({"headers": {"x-litellm-model": "az"}}, "/az/openai/files", "az-lent-01234567"),
        ({"params": {"model": "mine"}}, "/lent/v1/files", "sk-lent-01234567"),
    ],
)
def test_a_request_names_its_provider_or_a_model(
    gateway: Gateway, client: openai.OpenAI, asked: dict[str, Any], path: str, key: str
) -> None:
    assert gateway.request("GET", "/v1/files", key=client.api_key, **asked).status_code == 200
    assert SEEN[-1]["path"] == path
    assert key in str(SEEN[-1]["headers"])
    assert SEEN[-1]["query"] == ("api-version=2025-01-01" if "openai" in path else "")


def test_a_provider_that_does_not_serve_files_is_refused(gateway: Gateway, client: openai.OpenAI) -> None:
    answer = gateway.request("GET", "/v1/files", key=client.api_key, params={"custom_llm_provider": "cohere"})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "custom_llm_provider")


@pytest.mark.parametrize(
    ("path", "asked", "cost"),
    [
        ("/v1/videos", {"json": {"model": "sora-2", "prompt": "a cat"}}, 0.4),
        ("/v1/videos", {"data": {"model": "sora-2", "prompt": "a cat"}, "files": {"a": b"b"}}, 0.4),
        ("/v1/videos", {"json": {"model": "sora-2-pro", "prompt": "a cat", "size": "1792x1024"}}, 4 * 0.5),
        ("/v1/videos/video_1/remix", {"json": {"prompt": "a dog"}}, 0.4),
        ("/v1/videos/extensions", {"json": {"prompt": "a dog", "seconds": "8", "video": {"id": "video_1"}}}, 0.8),
        ("/v1/containers", {"json": {"name": "n"}}, 0.03),
        ("/v1/ocr", {"json": {"model": "reader", "document": {"type": "document_url"}}}, 3 * 0.004),
        ("/v1beta/interactions", {"json": {"model": "gemini-2.5-flash", "input": "hi"}}, 10 * 3e-7 + 4 * 2.5e-6),
    ],
)
def test_what_is_not_counted_in_tokens_has_its_price(
    gateway: Gateway, path: str, asked: dict[str, Any], cost: float
) -> None:
    key = gateway.request("POST", "/key/generate", json={}).json()["key"]
    answer = gateway.request("POST", path, key=key, **asked)
    assert answer.status_code == 200, answer.text
    assert float(answer.headers["x-litellm-response-cost"]) == pytest.approx(cost, abs=1e-12)


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/v1/videos", {"model": "sora-2", "prompt": "a cat"}),
        ("/v1/videos/video_1/remix", {"prompt": "a dog"}),
        ("/v1/videos/edits", {"prompt": "a dog", "video": {"id": "video_1"}}),
        ("/v1/videos/extensions", {"prompt": "a dog", "seconds": "4", "video": {"id": "video_1"}}),
        ("/v1/videos/video_that_another_process_made/remix", {"prompt": "a dog"}),
        ("/v1/videos/unknown/remix", {"prompt": "a dog"}),
    ],
)
def test_videos_are_reserved_before_they_are_made(gateway: Gateway, path: str, asked: dict[str, Any]) -> None:
    assert gateway.request("POST", "/v1/videos", json={"model": "sora-2", "prompt": "a cat"}).status_code == 200
    key = gateway.request("POST", "/key/generate", json={"max_budget": 0.39}).json()["key"]
    before = len(SEEN)
    refused = gateway.request("POST", path, key=key, json=asked)
    assert (refused.status_code, refused.json()["error"]["type"]) == (422, "budget_exceeded"), refused.text
    assert {asked["method"] for asked in SEEN[before:]} <= {"GET"}, "the provider was not asked for it"
    rich = gateway.request("POST", "/key/generate", json={"max_budget": 10}).json()["key"]
    assert gateway.request("POST", path, key=rich, json=asked).status_code == 200


def test_a_keys_models_hold(gateway: Gateway) -> None:
    key = gateway.request("POST", "/key/generate", json={"models": ["az"]}).json()["key"]
    assert gateway.request("GET", "/v1/files", key=key, params={"model": "mine"}).status_code == 401
    assert gateway.request("POST", "/v1/videos", key=key, json={"model": "sora-2"}).status_code == 401
    form = {"model": (None, "sora-2"), "prompt": (None, "x")}
    assert gateway.request("POST", "/v1/videos", key=key, files=form).status_code == 401


def test_a_batch_is_billed_once_when_it_has_ended(gateway: Gateway) -> None:
    made = gateway.request("POST", "/key/generate", json={"max_budget": 5}).json()
    with openai.OpenAI(base_url=f"{gateway.base}/v1", api_key=made["key"], max_retries=0) as client:
        batch = client.batches.create(
            completion_window="24h", endpoint="/v1/chat/completions", input_file_id="to-be-billed"
        )
        deadline = time.monotonic() + 30
        while gateway.request("GET", "/key/info", params={"key": made["key"]}).json()["info"]["spend"] == 0:
            assert time.monotonic() < deadline
            assert client.batches.retrieve(batch.id).status == "completed"
            time.sleep(0.05)
        client.batches.retrieve(batch.id)
    rows = gateway.request("GET", "/spend/logs", params={"api_key": made["key"]}).json()
    (row,) = [one for one in rows if one["call_type"] == "aretrieve_batch"]
    assert (row["prompt_tokens"], row["completion_tokens"], row["custom_llm_provider"]) == (400, 30, "openai")
    assert row["spend"] == pytest.approx(BATCH_USD, abs=1e-12)
    assert sum(one["spend"] for one in rows) == pytest.approx(BATCH_USD, abs=1e-12)


STORES = {"vector_stores": ["vs_mine"]}


def made(gateway: Gateway, path: str, **fields: Any) -> dict[str, Any]:
    answer = gateway.request("POST", path, json=fields)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def callers(gateway: Gateway, permission: dict[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """Keys, and headers, for which an `object_permission` holds: their own, a team's, a user's, …"""
    given = {"object_permission": permission}
    yield made(gateway, "/key/generate", **given)["key"], {}
    team = made(gateway, "/team/new", **given)["team_id"]
    yield made(gateway, "/key/generate", team_id=team)["key"], {}
    yield made(gateway, "/user/new", **given)["key"], {}
    organization = made(gateway, "/organization/new", organization_alias="org", **given)["organization_id"]
    yield made(gateway, "/key/generate", organization_id=organization)["key"], {}
    customer = f"customer-{len(SEEN)}"
    made(gateway, "/customer/new", user_id=customer, **given)
    yield made(gateway, "/key/generate")["key"], {"x-litellm-customer-id": customer}


def test_vector_stores_that_a_permission_leaves_out_are_refused(gateway: Gateway) -> None:
    for key, headers in callers(gateway, STORES):
        for method, path, body in (
            ("GET", "/v1/vector_stores/{}", None),
            ("POST", "/v1/vector_stores/{}/search", {"query": "q"}),
            ("POST", "/openai/v1/vector_stores/{}/files", {"file_id": "f"}),
            ("POST", "/v1/threads", {"tool_resources": {"file_search": {"vector_store_ids": ["{}"]}}}),
        ):
            for store, status in (("vs_mine", 200), ("vs_theirs", 403)):
                sent = json.loads(json.dumps(body).replace("{}", store)) if body else None
                answer = gateway.request(method, path.format(store), key=key, headers=headers, json=sent)
                assert answer.status_code == status, (path, answer.text)
        assert gateway.request("GET", "/v1/vector_stores", key=key, headers=headers).status_code == 403
        assert gateway.request("POST", "/v1/vector_stores", key=key, headers=headers, json={}).status_code == 200
        searching = [{"type": "file_search", "vector_store_ids": ["vs_theirs"]}]
        asked = {"model": "mine", "input": "q", "tools": searching}
        refused = gateway.request("POST", "/v1/responses", key=key, headers=headers, json=asked)
        assert (refused.status_code, refused.json()["error"]["type"]) == (403, "vector_store_access_denied")
        ingest = {"file_id": "f", "ingest_options": {"vector_store": {
            "custom_llm_provider": "openai", "vector_store_id": "vs_theirs"}}}  # fmt: skip
        assert gateway.request("POST", "/rag/ingest", key=key, headers=headers, json=ingest).status_code == 403
    assert gateway.request("GET", "/v1/vector_stores").status_code == 200, "the admin may"


def test_tools_models_and_search_tools_that_a_permission_leaves_out_are_refused(gateway: Gateway) -> None:
    permission = {"blocked_tools": ["rm"], "models": ["az"], "search_tools": ["web"]}
    for key, headers in callers(gateway, permission):
        tool = {"type": "function", "function": {"name": "rm"}}
        asked = {"messages": [{"role": "user", "content": "hi"}]}
        refused = gateway.request(
            "POST", "/chat/completions", key=key, headers=headers, json={**asked, "model": "az", "tools": [tool]}
        )
        assert (refused.status_code, refused.json()["error"]["param"]) == (403, "tools")
        refused = gateway.request(
            "POST", "/chat/completions", key=key, headers=headers, json={**asked, "model": "mine"}
        )
        assert refused.status_code == 401
        if not headers:  # what a list of tools may name is the key's
            listed = gateway.request("GET", "/v1/search/tools", key=key).json()["data"]
            assert [tool["search_tool_name"] for tool in listed] == ["web"]
            assert gateway.request("POST", "/v1/search/news", key=key, json={"query": "q"}).status_code == 403


def test_permissions_are_shown_and_changed(gateway: Gateway) -> None:
    user = made(gateway, "/user/new", object_permission=STORES)
    organization = made(gateway, "/organization/new", organization_alias="o", object_permission=STORES)
    made(gateway, "/customer/new", user_id="shown", object_permission=STORES)
    asked = {"user_id": user["user_id"]}
    named = {"organization_id": organization["organization_id"]}
    for shown in (
        gateway.request("GET", "/user/info", params=asked).json()["user_info"],
        gateway.request("GET", "/organization/info", params=named).json(),
        gateway.request("GET", "/customer/info", params={"end_user_id": "shown"}).json(),
    ):
        assert shown["object_permission"]["vector_stores"] == ["vs_mine"]
    path = "/v1/vector_stores/vs_theirs"
    assert gateway.request("GET", path, key=user["key"]).status_code == 403
    made(gateway, "/user/update", **asked, object_permission={"vector_stores": ["vs_theirs"]})
    deadline = time.monotonic() + 10
    while (answer := gateway.request("GET", path, key=user["key"])).status_code != 200:
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.05)
    assert gateway.request("GET", "/v1/vector_stores/vs_mine", key=user["key"]).status_code == 403
