"""What the exceptions of refused calls say, where LiteLLM's differ by the way of calling or by the words."""

from __future__ import annotations

import json
from typing import Any

import litellm
import pytest

from tests.support.scripted import Answer, Scripted

LONG = "This model's maximum context length is 8192 tokens."
MESSAGES = [{"role": "user", "content": "Hi"}]
HOW = {"max_retries": 0, "api_key": "k"}


def refuse(script: Scripted, status: int, message: str = "no") -> dict[str, Any]:
    """Where to call to be refused."""
    error = {"message": message, "type": "t", "param": "p", "code": "c"}
    script.will(Answer(json.dumps({"error": error}).encode(), status=status, content_type="application/json"))
    return {**HOW, "api_base": script.base}


@pytest.mark.parametrize("status", [400, 401, 404, 409, 422, 500, 503])
@pytest.mark.parametrize(
    ("model", "told"), [("groq/llama-3.3-70b-versatile", None), ("anthropic/claude-sonnet-4-5", 400)]
)
def test_a_prompt_that_is_too_long_is_one_whatever_the_status(
    script: Scripted, status: int, model: str, told: int | None
) -> None:
    with pytest.raises(litellm.ContextWindowExceededError) as caught:
        litellm.completion(model, MESSAGES, **refuse(script, status, LONG))
    assert caught.value.status_code == (told or status)


def test_openais_throttling_is_throttling(script: Scripted) -> None:
    with pytest.raises(litellm.RateLimitError) as caught:
        litellm.completion("openai/gpt-4o", MESSAGES, **refuse(script, 429, LONG))
    assert caught.value.param == "p"


async def test_transcriptions_and_speech_on_a_loop_name_their_call(script: Scripted) -> None:
    for model in ("openai/whisper-1", "mistral/voxtral-mini-latest", "elevenlabs/scribe_v1"):
        with pytest.raises(litellm.AuthenticationError) as caught:
            await litellm.atranscription(model, b"sound", **refuse(script, 401))
        assert (caught.value.llm_provider, caught.value.model) == (model.split("/")[0], model)
    with pytest.raises(litellm.RateLimitError) as throttled:
        await litellm.aspeech("openai/tts-1", input="x", voice="alloy", **refuse(script, 429))
    assert throttled.value.llm_provider == "openai"


async def test_images_on_a_loop_tell_the_providers_code(script: Scripted) -> None:
    for model, code in (("openai/dall-e-2", "c"), ("azure/mine", None)):
        where = {**refuse(script, 400), **({"api_version": "2024-10-21"} if model.startswith("azure") else {})}
        with pytest.raises(litellm.BadRequestError) as caught:
            await litellm.aimage_generation(model=model, prompt="x", **where)
        assert caught.value.code == code
        with pytest.raises(litellm.BadRequestError) as blocking:
            litellm.image_generation(model=model, prompt="x", **where)
        assert blocking.value.code is None


@pytest.mark.parametrize("provider", ["jina_ai", "voyage", "infinity"])
def test_forbidden_embeddings(script: Scripted, provider: str) -> None:
    with pytest.raises(litellm.PermissionDeniedError):
        litellm.embedding(f"{provider}/m", ["x"], **refuse(script, 403))


async def test_responses_over_a_chat_name_the_model_alone(script: Scripted) -> None:
    with pytest.raises(litellm.AuthenticationError) as caught:
        await litellm.aresponses("x", model="groq/llama-3.3-70b-versatile", **refuse(script, 401))
    assert caught.value.model == "llama-3.3-70b-versatile"
