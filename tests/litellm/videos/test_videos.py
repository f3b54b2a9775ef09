"""Videos over HTTP: OpenAI's, Azure's and Google's."""

from __future__ import annotations

import base64
import json
from typing import Any

import litellm
import pytest
from litellm import Router
from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER
from litellm.llms.responses.ids import VIDEO, decode_id
from litellm.secret_managers.google.signer import GoogleSigner
from openai.types import Video

from tests.litellm.support import Told
from tests.support.endpoint_replies import form_of
from tests.support.scripted import Answer, Scripted

MADE = {"id": "video_1", "object": "video", "status": "queued", "model": "sora-2", "seconds": "4", "size": "720x1280",
        "created_at": 1, "progress": 0}  # fmt: skip
ID = "video_" + base64.b64encode(b"litellm:custom_llm_provider:openai;model_id:sora-2;video_id:video_1").decode()
STUDIO = "models/veo-3.1-generate-preview/operations/abc"
VERTEX = "projects/p/locations/us-central1/publishers/google/models/veo-3.0-generate-001/operations/abc"
SORA = litellm.model_cost["openai/sora-2"]["output_cost_per_video_per_second"]
# The method and path of each, what it is given, and the JSON that is sent.
ASKED: dict[str, tuple[str, dict[str, Any], dict[str, Any] | None]] = {
    "video_status": ("GET /videos/video_1", {"video_id": ID}, None),
    "video_content": ("GET /videos/video_1/content?variant=thumbnail", {"video_id": ID, "variant": "thumbnail"}, None),
    "video_list": ("GET /videos?after=x&limit=2&order=asc", {"after": "x", "limit": 2, "order": "asc"}, None),
    "video_remix": ("POST /videos/video_1/remix", {"video_id": ID, "prompt": "dog"}, {"prompt": "dog"}),
    "video_edit": ("POST /videos/edits", {"video_id": ID, "prompt": "dog"},
                   {"prompt": "dog", "video": {"id": "video_1"}}),
    "video_extension": ("POST /videos/extensions", {"video_id": ID, "prompt": "dog", "seconds": "8"},
                        {"prompt": "dog", "seconds": "8", "video": {"id": "video_1"}}),
    "video_delete": ("DELETE /videos/video_1", {"video_id": ID}, None),
    "video_create_character": ("POST /videos/characters", {"name": "n", "video": b"MP4"}, None),
    "video_get_character": ("GET /videos/characters/char_1", {"character_id": "char_1"}, None),
}  # fmt: skip


@pytest.fixture
def where(vendor: Scripted) -> dict[str, Any]:
    return {"api_base": f"{vendor.base}/v1", "api_key": "sk-own"}


def sent(vendor: Scripted) -> str:
    return f"{vendor.asked[-1].method} {vendor.asked[-1].path}"


async def called(function: Any, arguments: dict[str, Any]) -> Any:
    answer = function(**arguments)
    return await answer if hasattr(answer, "__await__") else answer


@pytest.mark.parametrize("name", ["video_generation", "avideo_generation"])
async def test_a_video_is_ordered_by_a_form(vendor: Scripted, where: dict[str, Any], name: str) -> None:
    vendor.will_say(MADE)
    image = b"\x89PNG..."
    asked = {"prompt": "cat", "seconds": "8", "input_reference": image, "extra_body": {"a": 1}, "quality": "high"}
    video = await called(getattr(litellm, name), {**asked, "model": "openai/sora-2", **where})
    assert sent(vendor) == "POST /v1/videos"
    parts = {part["name"]: part for part in form_of(vendor.asked[0]) or ()}
    values = {field: part["value"] for field, part in parts.items() if "value" in part}
    assert values == {"model": "sora-2", "prompt": "cat", "seconds": "8", "a": "1", "quality": "high"}
    assert (parts["input_reference"]["filename"], parts["input_reference"]["type"]) == (
        "input_reference.png", "image/png")  # fmt: skip
    assert (video.id, video.status, video["size"]) == (ID, "queued", "720x1280")
    assert video.usage == {"duration_seconds": 8.0}
    assert video._hidden_params["response_cost"] == pytest.approx(8 * SORA)
    Video.model_validate(video.model_dump(exclude={"usage"}))


@pytest.mark.parametrize("name", [prefix + name for prefix in ("", "a") for name in ASKED])
async def test_each_asks_its_own(vendor: Scripted, where: dict[str, Any], name: str) -> None:
    line, given, body = ASKED[name if name in ASKED else name.removeprefix("a")]
    listed = name.endswith("list")
    vendor.will_say({"object": "list", "data": [MADE], "first_id": "video_1", "last_id": "video_1"} if listed else MADE)
    answer = await called(getattr(litellm, name), {**given, **where})
    assert sent(vendor) == line.replace(" /", " /v1/")
    assert vendor.asked[0].headers["authorization"] == "Bearer sk-own"
    if body is not None:
        assert vendor.last == body
    if listed:
        assert (answer["data"][0]["id"], answer["first_id"], answer["last_id"]) == (ID, ID, ID)
    elif name.endswith("content"):
        assert json.loads(answer) == MADE
    else:
        assert answer.id == ("video_1" if "character" in name else ID)
        billed = {"video_remix": 4, "video_edit": 4, "video_extension": 8}.get(name.removeprefix("a"), 0)
        assert answer._hidden_params["response_cost"] == pytest.approx(billed * SORA)


def test_a_video_that_is_gone_says_so(vendor: Scripted, where: dict[str, Any]) -> None:
    vendor.will_say({"id": "video_1", "object": "video.deleted", "deleted": True})
    gone = litellm.video_delete(ID, **where)
    assert (gone.status, gone["deleted"]) == ("deleted", True)
    vendor.will_say({"object": "list", "data": []})
    assert litellm.video_list(**where) == {"object": "list", "data": []}


def test_a_file_is_edited_too(vendor: Scripted, where: dict[str, Any]) -> None:
    vendor.will_say(MADE)
    litellm.video_edit(ID, "dog", video=b"MP4", **where)
    parts = {part["name"]: part for part in form_of(vendor.asked[0]) or ()}
    assert (parts["prompt"]["value"], parts["video"]["filename"], parts["video"]["type"]) == (
        "dog", "input_video.mp4", "video/mp4")  # fmt: skip


@pytest.mark.parametrize(("size", "model", "price"), [
    ("720x1280", "sora-2-pro", "openai/sora-2-pro"), ("1792x1024", "sora-2-pro", "openai/sora-2-pro-high-res"),
    ("1792x1024", "sora-2", "openai/sora-2"), ("odd", "sora-2-pro", "openai/sora-2-pro"),
])  # fmt: skip
def test_a_larger_picture_is_dearer(vendor: Scripted, where: dict[str, Any], size: str, model: str, price: str) -> None:
    vendor.will_say({**MADE, "size": size})
    video = litellm.video_generation("cat", f"openai/{model}", **where)
    each = litellm.model_cost[price]["output_cost_per_video_per_second"]
    assert video._hidden_params["response_cost"] == pytest.approx(4 * each)


def test_azure_has_the_version_less_api_only(vendor: Scripted) -> None:
    where: dict[str, Any] = {"api_base": vendor.base, "api_key": "k"}
    vendor.will_say(MADE)
    video = litellm.video_generation("cat", "azure/sora-2", api_version="2025-01-01", **where)
    assert sent(vendor) == "POST /openai/v1/videos?api-version=2025-01-01"
    assert vendor.asked[0].headers["api-key"] == "k"
    litellm.video_status(video.id, **where)
    assert sent(vendor) == "GET /openai/v1/videos/video_1", "the id tells the provider"


@pytest.mark.parametrize(("status", "error"), [
    (400, litellm.BadRequestError), (404, litellm.NotFoundError), (429, litellm.RateLimitError),
    (500, litellm.InternalServerError),
])  # fmt: skip
def test_refusals_are_mapped(vendor: Scripted, where: dict[str, Any], status: int, error: type[Exception]) -> None:
    vendor.will_say({"error": {"message": "so it is"}}, status=status)
    with pytest.raises(error, match="so it is"):
        litellm.video_generation("cat", "openai/sora-2", **where)
    assert len(vendor.asked) == 1, "a video that may have been ordered is not ordered twice"
    with pytest.raises(error, match="so it is"):
        litellm.video_status(ID, **where)


@pytest.mark.parametrize("body", [b"<html>", b"{}", b"[]", b'{"id": 5}', b'{"id": "v", "seconds": "long"}'])
def test_garbage_is_an_error_of_ours(vendor: Scripted, where: dict[str, Any], body: bytes) -> None:
    vendor.will(Answer(body))
    with pytest.raises((litellm.InternalServerError, litellm.APIConnectionError)):
        litellm.video_generation("cat", "openai/sora-2", **where)


def test_who_makes_no_videos_says_so(vendor: Scripted, where: dict[str, Any]) -> None:
    with pytest.raises(litellm.BadRequestError, match="anthropic has no video_generation"):
        litellm.video_generation("cat", "anthropic/claude", **where)
    with pytest.raises(litellm.BadRequestError, match="gemini has no such requests about videos"):
        litellm.video_list(custom_llm_provider="gemini", **where)
    with pytest.raises(litellm.APIConnectionError, match="video_id"):
        litellm.video_delete("", **where)


def studio(vendor: Scripted) -> dict[str, Any]:
    return {"api_base": f"{vendor.base}/v1beta", "api_key": "gk"}


def test_veo_is_ordered_by_its_own_words(vendor: Scripted) -> None:
    vendor.will_say({"name": STUDIO})
    model = "gemini/veo-3.1-fast-generate-preview"
    asked: dict[str, Any] = {"seconds": "4", "size": "1080x1920", "user": "u", "negativePrompt": "no"}
    video = litellm.video_generation("cat", model, input_reference=b"\x89PNG", **asked, **studio(vendor))
    assert sent(vendor) == "POST /v1beta/models/veo-3.1-fast-generate-preview:predictLongRunning"
    assert vendor.asked[0].headers["x-goog-api-key"] == "gk"
    assert vendor.last == {
        "instances": [{"prompt": "cat", "image": {"mimeType": "image/png", "bytesBase64Encoded": "iVBORw=="}}],
        "parameters": {"aspectRatio": "9:16", "resolution": "1080p", "durationSeconds": 4, "negativePrompt": "no"},
    }
    origin = decode_id(video.id, VIDEO)
    assert (video.status, origin.response_id, origin.provider) == ("processing", STUDIO, "gemini")
    assert video._hidden_params["response_cost"] == pytest.approx(
        4 * litellm.model_cost[model]["output_cost_per_second_1080p"]
    )


async def test_veo_is_asked_until_it_is_done(vendor: Scripted) -> None:
    where = studio(vendor)
    vendor.will_say({"name": STUDIO})
    video = await litellm.avideo_generation("cat", "gemini/veo-3.1-generate-preview", **where)
    vendor.will_say({"name": STUDIO, "done": False})
    assert (await litellm.avideo_status(video.id, **where)).status == "processing"
    assert sent(vendor) == f"GET /v1beta/{STUDIO}"
    vendor.will_say({"done": True, "error": {"code": 3, "message": "held back"}})
    assert (await litellm.avideo_status(video.id, **where)).error == {"code": "3", "message": "held back"}
    with pytest.raises(litellm.NotFoundError, match="held back"):
        await litellm.avideo_content(video.id, **where)
    uri = {"uri": f"{vendor.base}/v1beta/files/xyz:download?alt=media"}
    done = {"done": True, "response": {"generateVideoResponse": {"generatedSamples": [{"video": uri}]}}}
    vendor.will(Answer(json.dumps(done).encode()), Answer(b"MP4", content_type="video/mp4"))
    assert await litellm.avideo_content(video.id, **where) == b"MP4"
    assert [asked.headers.get("x-goog-api-key") for asked in vendor.asked] == ["gk", "gk"]


@pytest.mark.parametrize("uri", ["http://127.0.0.2:9/x", "gs://bucket/x", "file:///etc/passwd"])
def test_the_key_is_shown_to_the_api_only(vendor: Scripted, uri: str) -> None:
    vendor.will_say(
        {"done": True, "response": {"generateVideoResponse": {"generatedSamples": [{"video": {"uri": uri}}]}}}
    )
    with pytest.raises(litellm.APIConnectionError, match="not read here"):
        litellm.video_content(STUDIO, custom_llm_provider="gemini", **studio(vendor))
    assert len(vendor.asked) == 1


def test_vertex_keeps_the_video_in_the_operation(vendor: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GoogleSigner, "sign", lambda self, **asked: asked["headers"])
    where: dict[str, Any] = {"api_base": vendor.base, "vertex_project": "p", "vertex_location": "us-central1"}
    vendor.will_say({"name": VERTEX})
    video = litellm.video_generation("cat", "vertex_ai/veo-3.0-generate-001", seconds="8", **where)
    model = "/v1/projects/p/locations/us-central1/publishers/google/models/veo-3.0-generate-001"
    assert sent(vendor) == f"POST {model}:predictLongRunning"
    vendor.will_say({"done": True, "response": {"videos": [{"bytesBase64Encoded": "TVA0"}]}})
    assert litellm.video_status(video.id, **where).status == "completed"
    assert (sent(vendor), vendor.last) == (f"POST {model}:fetchPredictOperation", {"operationName": VERTEX})
    assert litellm.video_content(video.id, **where) == b"MP4"


@pytest.mark.parametrize("name", ["models/../x/operations/y", "x", "models/m/operations/y?key=1"])
def test_only_operations_are_asked_about(vendor: Scripted, name: str) -> None:
    vendor.will_say({})
    with pytest.raises(litellm.APIConnectionError, match="video_id"):
        litellm.video_status(name, custom_llm_provider="gemini", **studio(vendor))
    assert vendor.asked == []


def test_a_mocked_video_asks_nobody() -> None:
    mocked = {"id": "video_9", "status": "completed"}
    assert litellm.video_generation("cat", "openai/sora-2", mock_response=mocked).id == "video_9"
    assert litellm.video_generation("cat", mock_response=json.dumps(mocked)).status == "completed"


def test_callbacks_are_told_the_price(vendor: Scripted, where: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    told = Told()
    monkeypatch.setattr(litellm, "callbacks", [told])
    vendor.will_say(MADE)
    litellm.video_generation("cat", "openai/sora-2", **where)
    assert GLOBAL_LOGGING_WORKER.flush(5.0)
    (payload,) = told.payloads
    assert (payload["call_type"], payload["response_cost"]) == ("video_generation", pytest.approx(4 * SORA))


async def test_the_router_finds_the_deployment_again(vendor: Scripted) -> None:
    def row(name: str) -> dict[str, Any]:
        params = {"model": "openai/sora-2", "api_base": f"{vendor.base}/{name}/v1", "api_key": f"sk-{name}"}
        return {"model_name": "sora", "litellm_params": params, "model_info": {"id": name}}

    router = Router(model_list=[row("one"), row("two")], num_retries=0)
    vendor.will_say(MADE)
    for name in ("video_generation", "avideo_generation"):
        video = await called(getattr(router, name), {"model": "sora", "prompt": "cat"})
        keeper = vendor.asked[-1].path.split("/")[1]
        assert decode_id(video.id, VIDEO).model_id == keeper
        for about, (line, given, _) in ASKED.items():
            if "video_id" in given:
                prefix = name.removesuffix("video_generation")
                await called(getattr(router, prefix + about), {**given, "video_id": video.id})
                assert sent(vendor) == line.replace(" /", f" /{keeper}/v1/")
                assert vendor.asked[-1].headers["authorization"] == f"Bearer sk-{keeper}"
    router.discard()
