"""What a call costs, in US dollars and, exactly, in pico-dollars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import litellm
from litellm.cost_rules import ZERO, Rates, image_cost, rates_of, token_costs
from litellm.litellm_core_utils.llm_cost_calc.tool_call_cost_tracking import (
    StandardBuiltInToolCostTracking,
    used_tools,
)
from litellm.litellm_core_utils.model_info import find_listed, find_model
from litellm.litellm_core_utils.size_prices import price_by_size
from litellm.types.openai_object import field_of
from litellm.types.provider_registry import PROVIDERS
from litellm.types.usage import Usage

PICO = 10**12
_TELLS_COST = frozenset({"perplexity"})
"""Providers whose replies say what they cost."""
_CUSTOM_RATES = ("input_cost_per_token", "output_cost_per_token", "cache_read_input_token_cost",
                 "cache_creation_input_token_cost", "input_cost_per_second", "output_cost_per_second")  # fmt: skip


def fireworks_ai_cost_per_token(model: str, usage: Usage, current_time: Any = None) -> tuple[float, float]:
    """`(prompt cost, completion cost)` in USD at Fireworks AI. Raises ModelNotMappedError for an unknown model."""
    return cost_per_token(model=model, custom_llm_provider="fireworks_ai", usage_object=usage)


def cost_per_token(
    model: str = "",
    prompt_tokens: int = 0,
    completion_tokens: int = 0,
    response_time_ms: float | None = 0.0,
    custom_llm_provider: str | None = None,
    region_name: str | None = None,
    prompt_characters: int | None = None,
    completion_characters: int | None = None,
    cache_creation_input_tokens: int | None = 0,
    cache_read_input_tokens: int | None = 0,
    custom_cost_per_token: Mapping[str, float] | None = None,
    custom_cost_per_second: float | None = None,
    number_of_queries: int | None = None,
    usage_object: Usage | None = None,
    rerank_billed_units: Any = None,
    call_type: str = "completion",
    audio_transcription_file_duration: float = 0.0,
    service_tier: str | None = None,
    response: Any = None,
    **_: Any,
) -> tuple[float, float]:
    """`(prompt cost, completion cost)` in USD.

    Token counts include cached tokens. `service_tier` is OpenAI's (`flex`, `priority`); durations are in seconds,
    `response_time_ms` in milliseconds. Raises ModelNotMappedError for a model without a catalogue entry.
    """
    prompt, completion = cost_in_pico_dollars(
        model=model,
        usage=usage_object
        or Usage(
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
            total_tokens=prompt_tokens + completion_tokens,
            cache_creation_input_tokens=cache_creation_input_tokens or 0,
            cache_read_input_tokens=cache_read_input_tokens or 0,
        ),
        custom_llm_provider=custom_llm_provider,
        custom_cost_per_token=custom_cost_per_token,
        custom_cost_per_second=custom_cost_per_second,
        seconds=(response_time_ms or 0.0) / 1000,
        audio_seconds=audio_transcription_file_duration,
        characters=prompt_characters,
        queries=number_of_queries,
        call_type=call_type,
        service_tier=service_tier,
    )
    return float(prompt), float(completion)


def cost_in_pico_dollars(
    *,
    model: str,
    usage: Usage,
    custom_llm_provider: str | None = None,
    custom_cost_per_token: Mapping[str, float] | None = None,
    custom_cost_per_second: float | None = None,
    seconds: float = 0.0,
    audio_seconds: float = 0.0,
    characters: int | None = None,
    queries: int | None = None,
    call_type: str = "completion",
    service_tier: str | None = None,
) -> tuple[Decimal, Decimal]:
    """`(prompt cost, completion cost)` in USD as exact decimals; times 10**12 they are pico-dollars.

    The catalogue's prices are decimal figures, so products with token counts are exact.
    """
    if custom_cost_per_second is not None:
        return Decimal(str(custom_cost_per_second)) * Decimal(str(seconds)), ZERO
    if custom_cost_per_token is not None:
        entry: Mapping[str, Any] = custom_cost_per_token
    else:
        custom_llm_provider = custom_llm_provider or litellm.get_llm_provider(model)[1]
        entry = _priced_entry(model, custom_llm_provider)
    return token_costs(
        Rates(rates_of(entry, custom_llm_provider or "", usage.prompt_tokens), service_tier),
        usage,
        call_type=str(getattr(call_type, "value", call_type)),
        seconds=Decimal(str(seconds)) if seconds else ZERO,
        audio_seconds=Decimal(str(audio_seconds)) if audio_seconds else ZERO,
        characters=characters,
        queries=queries,
    )


def completion_cost(
    completion_response: Any = None,
    model: str | None = None,
    prompt: str = "",
    messages: Sequence[Any] | None = None,
    completion: str = "",
    total_time: float | None = 0.0,
    call_type: str | None = None,
    custom_llm_provider: str | None = None,
    region_name: str | None = None,
    size: str | None = None,
    quality: str | None = None,
    n: int | None = None,
    custom_cost_per_token: Mapping[str, float] | None = None,
    custom_cost_per_second: float | None = None,
    optional_params: Mapping[str, Any] | None = None,
    custom_pricing: bool | None = None,
    base_model: str | None = None,
    service_tier: str | None = None,
    **extra: Any,
) -> float:
    """USD for a response, or for a prompt and a completion given as text.

    `total_time` is in milliseconds. A discount or margin of the provider (`litellm.cost_discount_config`,
    `litellm.cost_margin_config`) is applied. Raises ModelNotMappedError for a model without a catalogue entry.
    """
    hidden = _hidden_params(completion_response)
    provider = custom_llm_provider or hidden.get("llm_provider") or hidden.get("custom_llm_provider")
    own_price = custom_cost_per_token is not None or custom_cost_per_second is not None
    if provider is None and model is not None and not own_price:
        provider = litellm.get_llm_provider(model)[1]
    answered = field_of(completion_response, "model") or hidden.get("model")
    names = [base_model] if base_model else _both(answered, model)
    if not names:
        raise ValueError("model: give a model, or a response that names one")
    named = custom_llm_provider or hidden.get("custom_llm_provider")
    if not named and model is None and "/" in names[0] and names[0].split("/", 1)[0] in PROVIDERS:
        named = provider = names[0].split("/", 1)[0]
    sized = provider if named or model is not None else None
    priced_model, entry = _first_priced(names, provider, sized, call_type)
    if not named and not own_price and model is None and find_listed(priced_model, provider) is None:
        raise _not_mapped(priced_model, None)  # too little to guess a family by
    usage = _usage(completion_response)
    if provider in _TELLS_COST and not own_price and (told := _told_cost(usage)) is not None:
        return _with_margin(told, provider)
    if entry is None and not own_price and not _is_free(priced_model, provider):
        raise _not_mapped(priced_model, named)
    if usage is None and completion_response is None:
        usage = _counted(priced_model, prompt, messages, completion)
    if usage is None and _is_image(completion_response, call_type):
        images = n or len(field_of(completion_response, "data") or [])
        price = image_cost(priced_model, entry or {}, images, size, quality)
        if price is None:
            raise _not_mapped(priced_model, provider)
        return _with_margin(price, provider)
    if custom_cost_per_second is not None:
        return _with_margin(Decimal(str(custom_cost_per_second)) * Decimal(str(total_time or 0)) / 1000, provider)
    usage = usage or Usage()
    prices = entry or {} if custom_cost_per_token is None else custom_cost_per_token
    prompt_cost, output_cost = token_costs(
        Rates(
            rates_of(prices, provider or "", usage.prompt_tokens),
            service_tier or field_of(completion_response, "service_tier") or hidden.get("service_tier"),
        ),
        usage,
        call_type="completion" if call_type is None else str(getattr(call_type, "value", call_type)),
        seconds=Decimal(str(total_time)) / 1000 if total_time else ZERO,
    )
    own_tools = extra.get("standard_built_in_tools_params")
    if custom_cost_per_token is None and (own_tools or used_tools(provider, usage, completion_response)):
        output_cost += _tool_cost(priced_model, completion_response, usage, provider, own_tools)
    return _with_margin(prompt_cost + output_cost, provider)


def _hidden_params(response: Any) -> Mapping[str, Any]:
    """What a response knows of its call; a pydantic model is slow to find its own private fields."""
    private = getattr(response, "__pydantic_private__", None)
    hidden = private.get("_hidden_params") if private else getattr(response, "_hidden_params", None)
    return hidden or {}


def _both(answered: Any, model: str | None) -> list[str]:
    """The names that a price is looked for under: the response's, then the caller's."""
    if not model:
        return [answered] if answered else []
    return [answered, model] if answered and answered != model else [model]


def _tool_cost(
    model: str, response: Any, usage: Usage, provider: str | None, own_tools: Mapping[str, Any] | None
) -> Decimal:
    """USD for the tools that the provider ran."""
    cost = StandardBuiltInToolCostTracking.get_cost_for_built_in_tools(
        model=model,
        response_object=response,
        usage=usage,
        custom_llm_provider=provider,
        standard_built_in_tools_params=own_tools,
    )
    return Decimal(str(cost))


def _with_margin(cost: Decimal, provider: str | None) -> float:
    """The cost after the provider's configured discount (a share) and margin (a share, or percentage and amount)."""
    discount = litellm.cost_discount_config.get(provider or "")
    if discount:
        cost -= cost * Decimal(str(discount))
    margin = litellm.cost_margin_config.get(provider or "", litellm.cost_margin_config.get("global"))
    if not margin:
        return float(cost)
    if isinstance(margin, Mapping):
        cost += cost * Decimal(str(margin.get("percentage", 0))) + Decimal(str(margin.get("fixed_amount", 0)))
    else:
        cost += cost * Decimal(str(margin))
    return float(cost)


def _first_priced(
    names: Sequence[str], provider: str | None, sized_by: str | None, call_type: str | None
) -> tuple[str, Mapping[str, Any] | None]:
    """The first of `names` that has a price of its own, else the first whose size or family gives one, and its entry.

    The last name without an entry when none has a price.
    """
    for name in names:
        if listed := find_listed(name, provider):
            return name, listed[1]
    for name in names:
        if sized := price_by_size(name, sized_by, call_type or "completion"):
            return sized, litellm.model_cost.get(sized)
        if guessed := find_model(name, provider):
            return name, guessed[1]
    return names[-1], None


def _priced_entry(model: str, provider: str) -> Mapping[str, Any]:
    """The catalogue's entry that prices `model`. Raises ModelNotMappedError."""
    found = find_model(model, provider)
    if found is not None:
        return found[1]
    if provider == "fireworks_ai" and (sized := price_by_size(model, provider)):
        prices: Mapping[str, Any] = litellm.model_cost.get(sized, {})
        return prices
    if not _is_free(model, provider):
        raise _not_mapped(model, provider)
    return {}


def _is_free(model: str, provider: str | None) -> bool:
    """Whether a model without an entry costs nothing: LiteLLM's rule for models of one's own at these providers."""
    if provider == "ollama_chat":
        return f"ollama/{model.removeprefix('ollama_chat/')}" not in litellm.model_cost
    return provider in ("huggingface", "lemonade", "ollama", "wandb")


def _not_mapped(model: str, provider: str | None) -> Exception:
    """For a model without an entry. Raises litellm.BadRequestError when not even its provider is known."""
    if provider is None and "/" not in model:
        return litellm.BadRequestError(
            message=f"LLM Provider NOT provided, and model={model} has no price.", model=model, llm_provider=""
        )
    if provider is None:
        _, provider, _, _ = litellm.get_llm_provider(model)
    return litellm.ModelNotMappedError(
        f"This model isn't mapped yet. model={model}, custom_llm_provider={provider}. "
        "Register its prices with litellm.register_model."
    )


def _usage(response: Any) -> Usage | None:
    usage = field_of(response, "usage")
    if isinstance(usage, Usage):
        return usage
    if hasattr(usage, "as_usage"):
        converted: Usage = usage.as_usage()
        return converted
    if isinstance(usage, Mapping):
        if "prompt_tokens" in usage:
            return Usage(**usage)
        if "input_tokens" not in usage and "output_tokens" not in usage:
            return None
        from litellm.llms.token_usage import token_usage

        return Usage(**token_usage(usage))
    if usage is not None and hasattr(usage, "prompt_tokens"):
        return Usage(**usage.model_dump())
    return None


def _told_cost(usage: Usage | None) -> Decimal | None:
    """USD that a reply itself says it cost; None when it does not."""
    told = field_of(usage, "cost")
    if isinstance(told, Mapping):
        told = told.get("total_cost")
    return Decimal(str(told)) if isinstance(told, (int, float)) and not isinstance(told, bool) else None


def _counted(model: str, prompt: str, messages: Sequence[Any] | None, completion: str) -> Usage:
    from litellm.litellm_core_utils.token_counter import token_counter

    asked = token_counter(model, messages=messages) if messages else token_counter(model, text=prompt)
    answered = token_counter(model, text=completion)
    return Usage(prompt_tokens=asked, completion_tokens=answered, total_tokens=asked + answered)


def _is_image(response: Any, call_type: str | None) -> bool:
    return "image" in str(call_type or "") or type(response).__name__ == "ImageResponse"


def response_cost_calculator(
    response_object: Any, model: str, custom_llm_provider: str | None, call_type: str, **options: Any
) -> float | None:
    """The cost of a response as callbacks see it: 0.0 for a cached one."""
    if options.pop("cache_hit", None):
        return 0.0
    return completion_cost(
        response_object, model, custom_llm_provider=custom_llm_provider, call_type=call_type, **options
    )
