"""Prices of what is not counted in tokens: searches of a rerank, images, text to speech, seconds, pages."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from litellm.proxy.estimate import known_facts
from litellm.proxy.metering import pico_of

log = logging.getLogger("litellm.proxy.pass_through")


def price_by_kind(hidden: Mapping[str, Any], body: Mapping[str, Any], answer: Any) -> int:
    """Pico-dollars for `answer` (None when it is no JSON) to a request of `body`; 0 where nothing is known."""
    model = hidden.get("litellm_model_name")
    if not model:
        return 0
    facts = known_facts({"litellm_params": {"model": model}})
    try:
        return _price(facts, hidden, body, answer)
    except (AttributeError, KeyError, TypeError, ValueError) as error:  # the answer is not what its kind says
        log.warning("an answer of %r has no price: %s", model, type(error).__name__)
        return 0


def _price(facts: Mapping[str, Any], hidden: Mapping[str, Any], body: Mapping[str, Any], answer: Any) -> int:
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
        each = facts.get("output_cost_per_video_per_second") or facts.get("output_cost_per_second") or 0
        return pico_of(each * float(answer.get("seconds") or body.get("seconds") or 0))
    if isinstance(answer.get("usage_info"), dict):
        return pico_of((facts.get("ocr_cost_per_page") or 0) * int(answer["usage_info"].get("pages_processed") or 0))
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
