"""Prices of what is not counted in tokens: searches of a rerank, images, text to speech, seconds, pages."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import litellm
from litellm.cost_rules import ocr_cost, video_cost
from litellm.proxy.estimate import known_facts
from litellm.proxy.metering import pico_of

log = logging.getLogger("litellm.proxy.pass_through")


def price_by_kind(hidden: Mapping[str, Any], body: Mapping[str, Any], answer: Any) -> int:
    """Pico-dollars for `answer` (None when it is no JSON) to a request of `body`; 0 where nothing is known."""
    model = hidden.get("litellm_model_name") or _made_by(hidden, answer)
    if not model:
        return 0
    facts = known_facts({"litellm_params": {"model": model}})
    try:
        return _price(model, facts, hidden, body, answer)
    except (AttributeError, KeyError, TypeError, ValueError) as error:  # the answer is not what its kind says
        log.warning("an answer of %r has no price: %s", model, type(error).__name__)
        return 0


def _made_by(hidden: Mapping[str, Any], answer: Any) -> str | None:
    """The model of a video that is made of another, which the request does not name."""
    if isinstance(answer, dict) and answer.get("object") == "video" and answer.get("model"):
        return f"{hidden.get('llm_provider')}/{answer['model']}"
    return None


def _price(
    model: str, facts: Mapping[str, Any], hidden: Mapping[str, Any], body: Mapping[str, Any], answer: Any
) -> int:
    if answer is None:
        spoken = body.get("input")
        each = facts.get("input_cost_per_character")
        return pico_of(len(spoken) * each) if isinstance(spoken, str) and each else 0
    if not isinstance(answer, dict):
        return 0
    if isinstance(answer.get("results"), list) and isinstance(answer.get("meta"), dict):
        units = (answer["meta"].get("billed_units") or {}).get("search_units")
        return pico_of((facts.get("input_cost_per_query") or 0) * int(units or 1))
    if answer.get("object") == "video":
        seconds, size = body.get("seconds") or answer.get("seconds"), answer.get("size") or body.get("size")
        return pico_of(float(video_cost(model, facts, litellm.model_cost, seconds=seconds, resolution=None, size=size)))
    if isinstance(answer.get("usage_info"), dict):
        return pico_of(float(ocr_cost(facts, answer["usage_info"])))
    if isinstance(answer.get("duration"), (int, float)) and "text" in answer:
        return pico_of((facts.get("input_cost_per_second") or 0) * answer["duration"])
    if isinstance(answer.get("data"), list) and "created" in answer and body.get("prompt"):
        return _images(hidden, body, answer)
    return 0


def _images(hidden: Mapping[str, Any], body: Mapping[str, Any], answer: Mapping[str, Any]) -> int:
    from litellm import ImageResponse, completion_cost
    from litellm.exceptions import BadRequestError

    try:
        return pico_of(
            completion_cost(
                completion_response=ImageResponse(**answer),
                model=hidden.get("litellm_model_name"),
                custom_llm_provider=hidden.get("llm_provider"),
                call_type="image_generation",
                size=body.get("size"),
                quality=body.get("quality"),
                n=len(answer["data"]),
            )
        )
    except BadRequestError as error:
        raise ValueError("the model has no price") from error
