"""Images over HTTP."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import litellm
import pytest
from openai.types import ImagesResponse

from tests.litellm.support import last, recorded

PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)


def where(base: str, **kwargs: Any) -> dict[str, Any]:
    return {"model": "openai/gpt-image-1", "api_base": f"{base}/v1", "api_key": "sk", **kwargs}


def test_generation(provider_url: str) -> None:
    answer = litellm.image_generation(prompt="a cat", n=2, size="1024x1024", **where(provider_url))
    asked = last(provider_url)
    assert asked["path"] == "/v1/images/generations"
    assert asked["body"] == {"model": "gpt-image-1", "prompt": "a cat", "n": 2, "size": "1024x1024"}
    assert len(answer.data or ()) == 2
    ImagesResponse.model_validate(answer.model_dump(exclude_none=True))


async def test_generation_on_an_event_loop(provider_url: str) -> None:
    answer = await litellm.aimage_generation(prompt="a cat", **where(provider_url))
    assert answer.data


@pytest.mark.parametrize("form", ["bytes", "file", "path", "tuple"])
def test_an_image_to_edit_is_given_in_any_way(provider_url: str, tmp_path: Path, form: str) -> None:
    path = tmp_path / "cat.png"
    path.write_bytes(PNG)
    images: dict[str, Any] = {
        "bytes": PNG,
        "file": io.BytesIO(PNG),
        "path": path,
        "tuple": ("cat.png", PNG, "image/png"),
    }
    litellm.image_edit(image=images[form], prompt="bluer", mask=PNG, **where(provider_url))
    form_sent = last(provider_url)["form"]
    by_name = {part["name"]: part for part in form_sent}
    assert by_name["image[]"]["size"] == len(PNG)
    assert by_name["image[]"]["type"] == "image/png"
    assert by_name["mask"]["size"] == len(PNG)
    assert by_name["prompt"]["value"] == "bluer"


def test_several_images(provider_url: str) -> None:
    litellm.image_edit(image=[PNG, PNG], prompt="together", **where(provider_url))
    assert [part["name"] for part in last(provider_url)["form"]].count("image[]") == 2


@pytest.mark.parametrize("strength", [None, 0.7])
def test_recraft_makes_one_image_of_another(provider_url: str, strength: float | None) -> None:
    arguments = {"model": "recraft/recraftv3", "api_base": provider_url, "api_key": "sk"}
    more: dict[str, Any] = {} if strength is None else {"strength": strength}
    with pytest.raises(litellm.BadRequestError):  # the provider here has no such route
        litellm.image_edit(image=[PNG], prompt="bluer", **arguments, **more)
    asked = last(provider_url)
    assert asked["path"] == "/v1/images/imageToImage"
    sent = {part["name"]: part for part in asked["form"]}
    assert (sent["image"]["size"], sent["prompt"]["value"]) == (len(PNG), "bluer")
    assert sent["strength"]["value"] == str(strength or 0.2)


def test_variation(provider_url: str) -> None:
    answer = litellm.image_variation(PNG, **where(provider_url, model="dall-e-2"))
    assert answer.data
    assert {part["name"] for part in last(provider_url)["form"]} == {"image", "model", "n", "response_format"}


def test_azure_has_no_model_in_the_body(provider_url: str) -> None:
    litellm.image_generation(
        prompt="a cat", model="azure/mine", api_base=provider_url, api_key="k", api_version="2024-10-21"
    )
    asked = last(provider_url)
    assert asked["path"] == "/openai/deployments/mine/images/generations"
    assert asked["query"] == "api-version=2024-10-21"
    assert asked["body"] == {"prompt": "a cat"}
    assert asked["headers"]["api-key"] == "k"


def test_refusals_and_retries(provider_url: str) -> None:
    with pytest.raises(litellm.BadRequestError):
        litellm.image_generation(prompt="x", **where(provider_url, api_base=f"{provider_url}/~status=400/v1"))
    with pytest.raises(litellm.AuthenticationError):
        litellm.image_generation(prompt="x", **where(provider_url, api_key="sk-wrong"))
    flaky = where(provider_url, api_base=f"{provider_url}/~flaky=1,id=image/v1")
    answer = litellm.image_generation(prompt="x", **flaky)
    assert answer.data
    assert sum("id=image" in each["prefix"] for each in recorded(provider_url)) == 2


def test_a_provider_without_images_is_named() -> None:
    with pytest.raises(litellm.BadRequestError, match="anthropic has no image_generation"):
        litellm.image_generation(prompt="x", model="anthropic/claude-sonnet-4-5", api_key="k")


def test_mock() -> None:
    answer = litellm.image_generation(prompt="x", model="dall-e-3", mock_response=[{"url": "https://a.test/x.png"}])
    assert answer.data is not None
    assert answer.data[0].url == "https://a.test/x.png"


async def test_through_the_router(provider_url: str) -> None:
    router = litellm.Router(model_list=[{"model_name": "mine", "litellm_params": where(provider_url)}])
    assert (await router.aimage_generation(prompt="a cat", model="mine")).data
