"""Text completions over HTTP: every shape of prompt, native and through chat."""

from __future__ import annotations

from typing import Any

import litellm
import pytest
from openai.types import Completion

from tests.litellm.support import last


def where(base: str, **kwargs: Any) -> dict[str, Any]:
    return {"api_base": f"{base}/v1", "api_key": "sk", **kwargs}


@pytest.mark.parametrize("prompt", ["Hi", ["a", "b"], [15339, 1917], [[1, 2], [3]]])
def test_every_shape_of_prompt(provider_url: str, prompt: Any) -> None:
    answer = litellm.text_completion(prompt, "gpt-3.5-turbo-instruct", echo=True, best_of=2, **where(provider_url))
    asked = last(provider_url)
    assert asked["path"] == "/v1/completions"
    assert asked["body"] == {"model": "gpt-3.5-turbo-instruct", "prompt": prompt, "echo": True, "best_of": 2}
    Completion.model_validate(answer.model_dump(exclude_none=True))


def test_stream(provider_url: str) -> None:
    chunks = list(litellm.text_completion("Hi", "gpt-3.5-turbo-instruct", stream=True, **where(provider_url)))
    assert "".join(chunk.choices[0].text or "" for chunk in chunks) == "One two three"
    assert chunks[-1].choices[0].finish_reason == "stop"


async def test_stream_through_chat(provider_url: str) -> None:
    stream = await litellm.atext_completion("Hi", "groq/llama", stream=True, **where(provider_url))
    chunks = [chunk async for chunk in stream]
    assert last(provider_url)["path"] == "/v1/chat/completions"
    assert "".join(chunk.choices[0].text or "" for chunk in chunks)


def test_token_ids_need_a_text_api(provider_url: str) -> None:
    with pytest.raises(litellm.BadRequestError, match="prompt"):
        litellm.text_completion([15339], "groq/llama", **where(provider_url))


@pytest.mark.parametrize("stream", [False, True])
def test_chat_of_a_provider_that_only_completes(provider_url: str, stream: bool) -> None:
    messages = [{"role": "system", "content": "S. "}, {"role": "user", "content": "Hi"}]
    model = "text-completion-openai/gpt-3.5-turbo-instruct"
    answer = litellm.completion(model, messages, max_completion_tokens=5, stream=stream, **where(provider_url))
    if stream:
        answer = litellm.stream_chunk_builder(list(answer))
    body = last(provider_url)["body"]
    assert (body["prompt"], body["max_tokens"]) == ("S. Hi", 5)
    assert answer.choices[0].message.content
    assert answer.choices[0].finish_reason == "stop"
