"""What endpoints other than chat cost."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import litellm
from litellm.cost_calculator import completion_cost, cost_per_token
from litellm.cost_rules import Rates, ocr_cost, video_cost
from litellm.litellm_core_utils.model_info import find_model
from litellm.litellm_core_utils.token_counter import token_counter
from litellm.pipeline.cost import base_model
from litellm.pipeline.run import Run

logger = logging.getLogger("LiteLLM")
_SPACE = re.compile(r"\s")
DURATION_IS_OPTIONAL = frozenset({"mistral", "elevenlabs"})
"""Providers whose transcriptions cost nothing when nobody tells how long they are."""
Price = Callable[[Run, Any], float | None]


def _never_failing(price: Price, otherwise: float | None = None) -> Price:
    """`price`, answering `otherwise` where a model has no price: a call must not fail because of it."""

    def priced(run: Run, response: Any) -> float | None:
        try:
            return price(run, response)
        except Exception as error:  # noqa: BLE001 - as above
            logger.debug("no cost for %s: %s", run.model, error)
            return otherwise

    return priced


def _image(run: Run, response: Any) -> float | None:
    arguments = run.arguments
    usage = response.usage
    if usage is not None and usage.get("total_tokens"):
        return _image_tokens(run, usage)
    return completion_cost(
        completion_response=response,
        model=base_model(run) or run.model,
        custom_llm_provider=run.provider,
        call_type=run.call_type,
        size=arguments.get("size"),
        quality=arguments.get("quality"),
        n=arguments.get("n"),
    )


def _image_tokens(run: Run, usage: Any) -> float | None:
    """Text and image tokens have their own prices."""
    found = find_model(run.model, run.provider)
    if found is None:
        return None
    rates = Rates(found[1])
    details = usage.input_tokens_details
    images = int(details.image_tokens or 0) if details is not None else 0
    cost = rates.price("input_cost_per_token") * (usage.input_tokens - images)
    cost += rates.price("input_cost_per_image_token", "input_cost_per_token") * images
    cost += rates.price("output_cost_per_image_token", "output_cost_per_token") * usage.output_tokens
    return float(cost)


def _speech(run: Run, response: Any) -> float | None:
    """By character, spaces not counted, or by token of the input."""
    text = str(run.arguments.get("input") or "")
    prompt, completion = cost_per_token(
        model=run.model,
        custom_llm_provider=run.provider,
        prompt_tokens=token_counter(run.model, text=text),
        prompt_characters=len(_SPACE.sub("", text)),
        call_type="speech",
    )
    return prompt + completion


def _transcription(run: Run, response: Any) -> float | None:
    """By second of the recording, or by token, as the model is priced."""
    tokens = response.usage.as_usage() if response.usage is not None else None
    if tokens is not None and tokens.total_tokens:
        return completion_cost(completion_response=response, model=run.model, custom_llm_provider=run.provider)
    seconds = float(response.get("duration") or 0.0)
    if not seconds and run.provider not in DURATION_IS_OPTIONAL:
        return None
    prompt, completion = cost_per_token(
        model=run.model,
        custom_llm_provider=run.provider,
        call_type="transcription",
        audio_transcription_file_duration=seconds,
    )
    return prompt + completion


def _rerank(run: Run, response: Any) -> float | None:
    """By search, or by token, as the model is priced."""
    found = find_model(run.model, run.provider)
    if found is None:
        return 0.0
    rates = Rates(found[1])
    billed = (response.meta or {}).get("billed_units") or {}
    by_query = rates.get("input_cost_per_query")
    if by_query is not None:
        return float(by_query * int(billed.get("search_units") or 1))
    return float(rates.price("input_cost_per_token") * Decimal(int(billed.get("total_tokens") or 0)))


def _listed(run: Run, response: Any) -> tuple[str, Mapping[str, Any]] | None:
    """The catalogue's key and entry of the model that was asked, or else of the one that the response names."""
    for name in (base_model(run), run.model, response.model):
        if name and (found := find_model(name, run.provider)):
            return found
    return None


def _ocr(run: Run, response: Any) -> float | None:
    used, listed = response.usage_info, _listed(run, response)
    return None if listed is None or used is None else float(ocr_cost(listed[1], used))


def _video(run: Run, response: Any) -> float | None:
    """By second. What only tells of a video costs nothing."""
    usage = response.usage or {}
    seconds = usage.get("duration_seconds")
    if not seconds:
        return 0.0
    listed = _listed(run, response)
    if listed is None:
        return None
    size, resolution = response.size or run.arguments.get("size"), usage.get("video_resolution")
    return float(video_cost(*listed, litellm.model_cost, seconds=seconds, resolution=resolution, size=size))


def free(run: Run, response: Any) -> float | None:
    """Nothing."""
    return 0.0


image = _never_failing(_image)
speech = _never_failing(_speech)
transcription = _never_failing(_transcription)
rerank = _never_failing(_rerank, 0.0)
ocr = _never_failing(_ocr)
video = _never_failing(_video)
moderation = free
