"""Images, moderations, rerank, responses and audio: through the gateway to a provider, metered and logged."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from openai.types.realtime import RealtimeErrorEvent
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.proxy.serving import serving
from tests.support.gateway import MASTER_KEY, Gateway
from tests.support.realtime import realtime_provider

RESPONSE = ["response.created", "response.output_text.delta", "response.done"]
USAGE = {"input_tokens": 11, "output_tokens": 7, "total_tokens": 18}


def response_object(text: str, status: str = "completed") -> dict[str, Any]:
    content = [{"type": "output_text", "text": text, "annotations": []}]
    output = [{"type": "message", "id": "m1", "role": "assistant", "status": status, "content": content}]
    return {
        "id": "resp_1", "object": "response", "created_at": 1, "status": status, "model": "gpt-4o", "output": output,
        "parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "usage": USAGE,
    }  # fmt: skip


async def responses(request: Request) -> Response:
    body = await request.json()
    if not body.get("stream"):
        previous = body.get("previous_response_id")
        return JSONResponse(response_object("hello") | {"previous_response_id": previous, "instructions": previous})
    events = [
        {"type": "response.created", "response": response_object("", "in_progress") | {"usage": None, "output": []}},
        {
            "type": "response.output_text.delta",
            "item_id": "m1",
            "output_index": 0,
            "content_index": 0,
            "delta": "hello",
        },
        {"type": "response.completed", "response": response_object("hello")},
    ]
    lines = (
        f"event: {event['type']}\ndata: {json.dumps(event | {'sequence_number': number})}\n\n"
        for number, event in enumerate(events)
    )
    return StreamingResponse(lines, media_type="text/event-stream")


async def images(request: Request) -> Response:
    return JSONResponse({"created": 1, "data": [{"url": "https://example.com/1.png"}]})


async def moderations(request: Request) -> Response:
    flagged = {"flagged": False, "categories": {}, "category_scores": {}, "category_applied_input_types": {}}
    return JSONResponse({"id": "modr-1", "model": "omni-moderation-latest", "results": [flagged]})


async def rerank(request: Request) -> Response:
    results = [{"index": 0, "relevance_score": 0.9}]
    return JSONResponse({"id": "r1", "results": results, "meta": {"billed_units": {"search_units": 1}}})


async def tavily(request: Request) -> Response:
    asked = await request.json()
    if request.headers["authorization"] != "Bearer tvly-of-the-tool":
        return JSONResponse({"detail": {"error": "no such key"}}, 401)
    if "REFUSE" in asked["query"]:
        return JSONResponse({"detail": {"error": "not that"}}, 400)
    return JSONResponse({"results": [{"title": asked["query"], "url": "https://a/1", "content": str(sorted(asked))}]})


async def vector_stores(request: Request) -> Response:
    if request.headers["authorization"] != "Bearer sk-account":
        return JSONResponse({"error": {"message": "no such account"}}, 401)
    if request.url.path.endswith("/search"):
        return JSONResponse({"data": [{"content": [{"type": "text", "text": text}]} for text in ("one", "two")]})
    return JSONResponse({"id": "made"})


async def chat(request: Request) -> Response:
    said = str([message["content"] for message in (await request.json())["messages"]])
    choice = {"index": 0, "message": {"role": "assistant", "content": said}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
    return JSONResponse({"id": "c", "object": "chat.completion", "created": 1, "choices": [choice], "usage": usage})


async def speech(request: Request) -> Response:
    return Response(b"\x00mp3", media_type="audio/mpeg")


async def transcriptions(request: Request) -> Response:
    async with request.form() as form:
        return JSONResponse({"text": f"{len(await form['file'].read())} bytes"})  # type: ignore[union-attr]


async def stored_response(request: Request) -> Response:
    if request.url.path.endswith("/input_items"):
        return JSONResponse({"object": "list", "data": [{"type": "message", "id": "m0"}], "limit": request.url.query})
    if request.method == "DELETE":
        return JSONResponse({"id": "resp_1", "object": "response", "deleted": True})
    return JSONResponse(response_object("hello", "cancelled" if request.url.path.endswith("/cancel") else "completed"))


async def image_edits(request: Request) -> Response:
    async with request.form() as form:
        images = [name for name, value in form.multi_items() if not isinstance(value, str)]
        return JSONResponse({"created": 1, "data": [{"b64_json": f"{images} {form.get('n')}"}]})


PROVIDER = Starlette(routes=[
    Route("/v1/responses/{path:path}", stored_response, methods=["GET", "DELETE", "POST"]),
    Route("/v1/images/edits", image_edits, methods=["POST"]),
    Route("/v1/images/variations", image_edits, methods=["POST"]),
    Route("/v1/responses", responses, methods=["POST"]), Route("/v1/images/generations", images, methods=["POST"]),
    Route("/v1/moderations", moderations, methods=["POST"]), Route("/v2/rerank", rerank, methods=["POST"]),
    Route("/v1/vector_stores{path:path}", vector_stores, methods=["POST"]),
    Route("/v1/files", vector_stores, methods=["POST"]), Route("/v1/chat/completions", chat, methods=["POST"]),
    Route("/tavily/search", tavily, methods=["POST"]),
    Route("/v1/audio/speech", speech, methods=["POST"]),
    Route("/v1/audio/transcriptions", transcriptions, methods=["POST"]),
])  # fmt: skip


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with serving(PROVIDER) as url, realtime_provider() as voice:
        models = {
            "voice": ("openai/gpt-realtime", voice.url), "away": ("openai/gpt-realtime", "http://127.0.0.1:9/v1"),
            "gpt": ("openai/gpt-4o", f"{url}/v1"), "dalle": ("openai/dall-e-3", f"{url}/v1"),
            "omni-moderation-latest": ("openai/omni-moderation-latest", f"{url}/v1"),
            "rank": ("cohere/rerank-v3.5", url),
            "tts": ("openai/tts-1", f"{url}/v1"), "stt": ("openai/whisper-1", f"{url}/v1"),
        }  # fmt: skip
        model_list = [
            {"model_name": name, "litellm_params": {"model": model, "api_base": base, "api_key": "sk-up"}}
            for name, (model, base) in models.items()
        ]
        tool = {"search_provider": "tavily", "api_key": "os.environ/TOOL_KEY", "api_base": f"{url}/tavily"}
        tools = [
            {"search_tool_name": name, "litellm_params": params, "search_tool_info": {"description": "finds"}}
            for name, params in (("web", tool), ("unkeyed", {**tool, "api_key": "wrong"}))
        ]
        config = {"model_list": model_list, "search_tools": tools}
        env = {"TOOL_KEY": "tvly-of-the-tool", "OPENAI_API_KEY": "sk-account", "OPENAI_API_BASE": f"{url}/v1"}
        with Gateway(tmp_path_factory.mktemp("other"), config, env=env) as running:
            yield running


@pytest.fixture
def client(gateway: Gateway) -> Iterator[openai.OpenAI]:
    made = gateway.request("POST", "/key/generate", json={"max_budget": 5}).json()
    with openai.OpenAI(api_key=made["key"], base_url=f"{gateway.base}/v1", max_retries=0) as found:
        yield found


def spent(gateway: Gateway, client: openai.OpenAI) -> tuple[float, list[dict[str, Any]]]:
    info = gateway.request("GET", "/key/info", params={"key": client.api_key}).json()["info"]
    rows = gateway.request("GET", "/spend/logs", params={"api_key": client.api_key}).json()
    return info["spend"], rows


def realtime_rows(gateway: Gateway, client: openai.OpenAI, count: int) -> list[dict[str, Any]]:
    deadline = time.monotonic() + 10
    while len(found := spent(gateway, client)[1]) < count and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(found) == count
    return found


def test_responses_whole_and_streamed_cost_the_same(gateway: Gateway, client: openai.OpenAI) -> None:
    whole = client.responses.create(model="gpt", input="say hello")
    assert (whole.output_text, whole.model) == ("hello", "gpt")
    events = list(client.responses.create(model="gpt", input="say hello", stream=True))
    assert [event.type for event in events][-1] == "response.completed"
    total, rows = spent(gateway, client)
    assert len(rows) == 2
    assert {row["call_type"] for row in rows} == {"aresponses"}
    assert {(row["prompt_tokens"], row["completion_tokens"]) for row in rows} == {(11, 7)}
    assert total == pytest.approx(2 * (11 * 2.5e-6 + 7 * 10e-6), abs=1e-12)


def test_images(gateway: Gateway, client: openai.OpenAI) -> None:
    made = client.images.generate(model="dalle", prompt="a cat", size="1024x1024")
    assert made.data is not None
    assert made.data[0].url == "https://example.com/1.png"
    _, rows = spent(gateway, client)
    assert [(row["model_group"], row["call_type"]) for row in rows] == [("dalle", "aimage_generation")]


def test_moderations(gateway: Gateway, client: openai.OpenAI) -> None:
    assert client.moderations.create(model="omni-moderation-latest", input="hi").results[0].flagged is False
    assert client.moderations.create(input="hi").results[0].flagged is False  # OpenAI's API needs no model here
    assert {row["model_group"] for row in spent(gateway, client)[1]} == {"omni-moderation-latest"}


@pytest.mark.parametrize("path", ["/rerank", "/v1/rerank", "/v2/rerank"])
def test_rerank(gateway: Gateway, client: openai.OpenAI, path: str) -> None:
    body = {"model": "rank", "query": "q", "documents": ["a", "b"]}
    answer = gateway.request("POST", path, key=client.api_key, json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["results"][0]["relevance_score"] == 0.9
    assert spent(gateway, client)[0] == pytest.approx(0.002, abs=1e-9)


def test_audio(gateway: Gateway, client: openai.OpenAI, tmp_path: Path) -> None:
    assert client.audio.speech.create(model="tts", voice="alloy", input="hello").read() == b"\x00mp3"
    assert client.audio.transcriptions.create(model="stt", file=("a.wav", b"12345")).text == "5 bytes"
    assert len(spent(gateway, client)[1]) == 2
    refused = gateway.request("POST", "/v1/audio/transcriptions", key=client.api_key, json={"model": "stt"})
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "file")


def test_realtime_sessions_are_paid_for(gateway: Gateway, client: openai.OpenAI) -> None:
    with client.realtime.connect(model="voice") as session:
        assert session.recv().type == "session.created"
        for _ in range(2):
            session.response.create()
            assert [session.recv().type for _ in range(3)] == RESPONSE
    rows = realtime_rows(gateway, client, 2)
    for row in rows:
        assert (row["call_type"], row["model_group"], row["status"]) == ("_arealtime", "voice", "success")
        assert (row["prompt_tokens"], row["completion_tokens"]) == (100, 50)
        # 40 text tokens anew, 20 of the cache and 40 of audio for each response; 30 of text and 20 of audio come back
        assert row["spend"] > 40 * 3.2e-5 + 20 * 6.4e-5
    with client.realtime.connect(model="voice") as session:
        session.recv()
    assert [row["spend"] for row in realtime_rows(gateway, client, 3)].count(0) == 1


def test_a_realtime_response_is_paid_for_as_far_as_it_came(gateway: Gateway, client: openai.OpenAI) -> None:
    with client.realtime.connect(model="voice") as session:
        session.recv()
        session.input_audio_buffer.append(audio="A" * 64_000)  # a second: 10 tokens
        session.response.create(response={"instructions": "please wait for me"})
        assert [session.recv().type for _ in range(3)][-1] == "response.output_audio.delta"
    (row,) = realtime_rows(gateway, client, 1)
    assert (row["prompt_tokens"], row["completion_tokens"]) == (4 + 10, 2 + 10)
    assert row["spend"] == pytest.approx(4 * 4e-6 + 10 * 3.2e-5 + 2 * 1.6e-5 + 10 * 6.4e-5, rel=0.01)
    assert spent(gateway, client)[0] == pytest.approx(row["spend"], abs=1e-9)


def test_a_realtime_session_ends_when_its_budget_does(gateway: Gateway, client: openai.OpenAI) -> None:
    key = gateway.request("POST", "/key/generate", json={"max_budget": 0.001}).json()["key"]
    with (
        client.with_options(api_key=key) as poor,
        poor.realtime.connect(model="voice") as session,
    ):
        session.recv()
        session.response.create()
        assert [session.recv().type for _ in range(3)] == RESPONSE
        session.response.create()
        refused = session.recv()
        assert isinstance(refused, RealtimeErrorEvent)
        assert "budget" in refused.error.message.lower()
        with pytest.raises(ConnectionClosed):
            session.recv()
        assert len(realtime_rows(gateway, poor, 1)) == 1


def test_realtime_by_subprotocol_and_refusals(gateway: Gateway, client: openai.OpenAI) -> None:
    address = gateway.base.replace("http", "ws") + "/v1/realtime"
    key: Any = f"openai-insecure-api-key.{client.api_key}"
    with connect(f"{address}?model=voice", subprotocols=["realtime", key], compression=None) as found:  # type: ignore[list-item]
        assert found.subprotocol == "realtime"
        assert json.loads(found.recv())["type"] == "session.created"
        found.send(json.dumps({"type": "session.end"}))
        with pytest.raises(ConnectionClosed) as closed:
            found.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4000
    headers = {"authorization": f"Bearer {client.api_key}"}
    for query, given in (("?model=voice", {}), ("?model=voice", {"authorization": "Bearer sk-no"}), ("", headers)):
        with pytest.raises(InvalidStatus):
            connect(address + query, additional_headers=given)
    poor = gateway.request("POST", "/key/generate", json={"max_budget": 1e-9}).json()["key"]
    with pytest.raises(InvalidStatus):
        connect(f"{address}?model=voice", additional_headers={"authorization": f"Bearer {poor}"})
    with connect(f"{address}?model=away", additional_headers=headers) as found:
        assert json.loads(found.recv())["error"]["message"]
        with pytest.raises(ConnectionClosed):
            found.recv()


def test_a_stored_response_is_asked_of_the_deployment_that_keeps_it(gateway: Gateway, client: openai.OpenAI) -> None:
    made = client.responses.create(model="gpt", input="say hello")
    assert client.responses.retrieve(made.id).output_text == "hello"
    assert client.responses.cancel(made.id).status == "cancelled"
    items = client.responses.input_items.list(made.id, limit=3)
    assert items.data[0].id == "m0"
    client.responses.delete(made.id)
    refused = gateway.request("GET", f"/v1/responses/{made.id}/input_items", params={"limit": "x"})
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "limit")


def test_a_stored_response_is_for_those_alone_who_made_it(gateway: Gateway, client: openai.OpenAI) -> None:
    def caller(**fields: str) -> openai.OpenAI:
        key = gateway.request("POST", "/key/generate", json=fields).json()["key"]
        return client.with_options(api_key=key)

    mine, mine_too, yours = caller(user_id="stored-mine"), caller(user_id="stored-mine"), caller(user_id="stored-yours")
    admin = client.with_options(api_key=MASTER_KEY)
    made = mine.responses.create(model="gpt", input="say hello")
    *_, ended = mine.responses.create(model="gpt", input="say hello", stream=True)
    assert ended.type == "response.completed"
    changed = made.id[:40] + ("A" if made.id[40] != "A" else "B") + made.id[41:]
    for owner in (mine, mine_too, admin):
        assert owner.responses.retrieve(made.id).id == made.id
        assert owner.responses.retrieve(ended.response.id).output_text == "hello"
        follow_up = owner.responses.create(model="gpt", input="go on", previous_response_id=made.id)
        assert (follow_up.previous_response_id, follow_up.instructions) == (made.id, "resp_1")
    for other, given in ((yours, made.id), (client, made.id), (mine, changed), (mine, "resp_1"), (mine, "x")):
        with pytest.raises(openai.PermissionDeniedError, match="has made"):
            other.responses.retrieve(given)
        with pytest.raises(openai.PermissionDeniedError):
            other.responses.delete(given)
        with pytest.raises(openai.PermissionDeniedError, match="previous_response_id") as refused:
            other.responses.create(model="gpt", input="go on", previous_response_id=given)
        assert refused.value.param == "previous_response_id"
    with pytest.raises(openai.BadRequestError, match="its id does not tell"):  # an admin's to ask for
        admin.responses.retrieve("resp_1")
    assert client.responses.retrieve(client.responses.create(model="gpt", input="mine").id).output_text == "hello"


def test_image_edits_and_variations(gateway: Gateway, client: openai.OpenAI) -> None:
    png = ("a.png", b"\x89PNG", "image/png")
    one = client.images.edit(model="dalle", image=png, prompt="a hat", n=2)
    several = client.images.edit(model="dalle", image=[png, png], prompt="a hat")
    assert [made.data[0].b64_json for made in (one, several) if made.data] == [
        "['image[]'] 2", "['image[]', 'image[]'] None",
    ]  # fmt: skip
    varied = gateway.request(
        "POST", "/v1/images/variations", key=client.api_key, files={"image": png}, data={"model": "dalle"}
    )
    assert varied.json()["data"][0]["b64_json"] == "['image'] 1"
    path = "/openai/deployments/dalle/images/edits"
    answer = gateway.request("POST", path, key=client.api_key, files={"image": png}, data={"prompt": "a hat"})
    assert answer.status_code == 200, answer.text
    bad = gateway.request("POST", path, key=client.api_key, files={"image": png}, data={"prompt": "a", "n": "two"})
    assert (bad.status_code, bad.json()["error"]["param"]) == (400, "n")
    here = {"model": "dalle", "prompt": "a hat"}
    for text, param in (({"mask": __file__}, "mask"), ({"image[]": __file__}, "image")):  # a path, of the gateway's
        bad = gateway.request(
            "POST", "/v1/images/edits", key=client.api_key, files=[("image[]", png)], data={**here, **text}
        )
        assert (bad.status_code, bad.json()["error"]["param"]) == (400, param), bad.text


def test_a_form_without_its_file_says_so(gateway: Gateway, client: openai.OpenAI) -> None:
    for path, model, field in (("/v1/images/edits", "dalle", "image"), ("/v1/audio/transcriptions", "stt", "file")):
        form = {"model": (None, model), "prompt": (None, "x")}
        answer = gateway.request("POST", path, key=client.api_key, files=form)
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, field)
        assert "a file" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/search", {"search_tool_name": "web"}), ("/search", {"model": "web"}), ("/search/web", {}),
        ("/v1/search/web", {"max_results": 3, "country": "US"}),
    ],
)  # fmt: skip
def test_searches_are_paid_for_and_logged(
    gateway: Gateway, client: openai.OpenAI, path: str, body: dict[str, Any]
) -> None:
    answer = gateway.request("POST", path, key=client.api_key, json={"query": "who", **body})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["object"], found["results"][0]["title"], found["results"][0]["url"]) == (
        "search",
        "who",
        "https://a/1",
    )
    assert "model" not in found
    assert "search_tool_name" not in found["results"][0]["snippet"]
    assert float(answer.headers["x-litellm-response-cost"]) == pytest.approx(0.008)
    total, rows = spent(gateway, client)
    assert total == pytest.approx(0.008)
    assert [(row["call_type"], row["model_group"], row["model"]) for row in rows] == [
        ("asearch", "web", "tavily/search")
    ]


def test_searches_are_limited_by_budgets_and_rights(gateway: Gateway) -> None:
    def ask(key: str, **body: Any) -> tuple[int, str | None]:
        answer = gateway.request("POST", "/v1/search", key=key, json={"query": "q", "search_tool_name": "web", **body})
        return answer.status_code, answer.json().get("error", {}).get("param")

    poor = gateway.request("POST", "/key/generate", json={"max_budget": 0.017}).json()["key"]
    assert [ask(poor)[0] for _ in range(3)] == [200, 200, 422]
    slow = gateway.request("POST", "/key/generate", json={"rpm_limit": 1}).json()["key"]
    assert [ask(slow)[0] for _ in range(2)] == [200, 429]
    fenced = gateway.request("POST", "/key/generate", json={"allowed_routes": ["/v1/chat/completions"]}).json()["key"]
    assert ask(fenced)[0] == 403
    key = gateway.request("POST", "/key/generate", json={}).json()["key"]
    assert ask(key, search_tool_name="none") == (400, "search_tool_name")
    assert ask(key, search_tool_name=None) == (400, "search_tool_name")
    assert ask(key, query=None) == (400, "query")
    for name, value in (("api_base", "http://127.0.0.1:9"), ("search_provider", "serper"), ("input_cost_per_query", 0)):
        assert ask(key, **{name: value}) == (400, name)
    assert ask(key, query="REFUSE me")[0] == 400
    assert ask(key, search_tool_name="unkeyed")[0] == 401
    usable = gateway.request("GET", "/v1/search/tools", key=key).json()
    assert usable == {
        "object": "list",
        "data": [
            {"search_tool_name": name, "search_provider": "tavily", "description": "finds"}
            for name in ("web", "unkeyed")
        ],
    }
    assert gateway.request("GET", "/search_tools/list", key=key).status_code == 401


def test_a_file_goes_into_a_vector_store(gateway: Gateway, client: openai.OpenAI) -> None:
    options = {"ingest_options": {"vector_store": {"custom_llm_provider": "openai", "ttl_days": 1}}}
    sent = {"data": {"request": json.dumps(options)}, "files": {"file": ("a.txt", b"text", "text/plain")}}
    made = gateway.request("POST", "/v1/rag/ingest", key=client.api_key, **sent)
    assert (made.status_code, made.json()["status"], made.json()["file_id"]) == (200, "completed", "made"), made.text
    file = {"filename": "a.txt", "content": "dGV4dA==", "content_type": "text/plain"}
    made = gateway.request("POST", "/rag/ingest", key=client.api_key, json={**options, "file": file})
    assert made.json()["vector_store_id"] == "made"
    rows = spent(gateway, client)[1]
    assert [(row["call_type"], row["status"], row["spend"]) for row in rows] == [("arag_ingest", "success", 0)] * 2
    for body, param in (
        ({**options, "file_url": "http://127.0.0.1/"}, "file_url"), ({}, "ingest_options"),
        ({"ingest_options": {"vector_store": {"api_base": "http://127.0.0.1:9"}}}, "ingest_options.vector_store"),
        ({**options, "file": "x"}, "file"),
    ):  # fmt: skip
        refused = gateway.request("POST", "/v1/rag/ingest", key=client.api_key, json=body)
        assert (refused.status_code, refused.json()["error"]["param"]) == (400, param), refused.text
    assert gateway.request("POST", "/v1/rag/ingest", key=client.api_key, json=options).status_code == 400
    for place in (__file__, ["a.txt", "dGV4dA==", "text/plain"]):  # of the gateway's machine no file is read
        form = {"data": {"request": json.dumps({**options, "file_data": place})}, "files": {"other": b"x"}}
        refused = gateway.request("POST", "/v1/rag/ingest", key=client.api_key, **form)
        assert (refused.status_code, "file:" in refused.text) == (400, True), refused.text
    assert len(spent(gateway, client)[1]) == 2 + 3


def test_answers_from_a_vector_store(gateway: Gateway, client: openai.OpenAI) -> None:
    def ask(**more: Any) -> Any:
        body = {"model": "gpt", "messages": [{"role": "user", "content": "q?"}], **more}
        return gateway.request("POST", "/v1/rag/query", key=client.api_key, json=body)

    store = {"vector_store_id": "vs_1", "custom_llm_provider": "openai"}
    answer = ask(retrieval_config=store)
    assert answer.status_code == 200, answer.text
    message = answer.json()["choices"][0]["message"]
    assert message["content"] == str(["Context:\n\none\n\ntwo\n\n", "q?"])
    assert len(message["provider_specific_fields"]["search_results"]["data"]) == 2
    assert ask(retrieval_config=store, rerank={"model": "rank", "top_n": 1}).status_code == 200
    total, rows = spent(gateway, client)
    assert {(row["call_type"], row["model_group"]) for row in rows} == {("arag_query", "gpt")}
    assert total == pytest.approx(2 * (11 * 2.5e-6 + 7 * 10e-6) + 0.002, abs=1e-9)
    for more, param in (
        ({}, "retrieval_config"), ({"retrieval_config": {**store, "api_base": "http://x"}}, "retrieval_config"),
        ({"retrieval_config": {**store, "custom_llm_provider": "gemini"}}, "retrieval_config"),
        ({"retrieval_config": {**store, "custom_llm_provider": {}}}, "retrieval_config"),
        ({"retrieval_config": store, "rerank": {"model": "none"}}, "model"),
        ({"retrieval_config": store, "rerank": {"model": "rank"}, "stream": True}, "rerank"),
        ({"retrieval_config": store, "rerank": {"model": "rank", "top_n": "x"}}, None),
    ):  # fmt: skip
        refused = ask(**more)
        assert (refused.status_code, refused.json()["error"]["param"]) == (400, param), refused.text
