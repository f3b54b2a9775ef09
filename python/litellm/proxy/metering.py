"""What a call used and cost: read from its response, or added up from as much of a stream as there was."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from litellm.litellm_core_utils.usage_counts import countable
from litellm.proxy.money import usd_to_pico
from litellm.proxy.usage_shapes import translated

MAX_USD = 1_000_000
"""What one call may cost: a provider that counts more than that is not believed."""
_COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens")
log = logging.getLogger("litellm.proxy.metering")


@dataclass(frozen=True, slots=True)
class Metered:
    """`usage` by OpenAI's names, and its cost in pico-dollars."""

    usage: Mapping[str, Any] = field(default_factory=dict)
    cost_pico: int = 0

    def __post_init__(self) -> None:
        """Only counts that can be counts."""
        object.__setattr__(self, "usage", countable(self.usage) or {})

    def plus(self, other: Metered) -> Metered:
        """Both together: their tokens, and what they cost."""
        counts = {name: (self.usage.get(name) or 0) + (other.usage.get(name) or 0) for name in _COUNTS}
        return Metered({**self.usage, **counts}, self.cost_pico + other.cost_pico)


def meter_response(response: Any, hidden: Mapping[str, Any]) -> Metered:
    """Of a whole response: the cost in its `_hidden_params`, else its usage's price; nothing for one from the cache."""
    usage = usage_of(response)
    if is_cached(hidden):
        return Metered(usage)
    if hidden.get("response_cost") is not None and "custom_cost_per_token" not in hidden:
        return Metered(usage, pico_of(hidden["response_cost"]))
    return Metered(usage, price(with_usage(usage), hidden) if usage else 0)


def is_cached(hidden: Mapping[str, Any]) -> bool:
    """Whether all of an answer came from the cache, so that it cost nothing."""
    return bool(hidden.get("cache_hit")) and not hidden.get("partly_cached")


def usage_of(response: Any) -> dict[str, Any]:
    """The usage of a response, in OpenAI's names; those of other APIs are translated."""
    for name in ("usage", "usageMetadata"):
        usage = response.get(name) if isinstance(response, dict) else getattr(response, name, None)
        if usage is not None:
            plain = usage if isinstance(usage, dict) else usage.model_dump(exclude_none=True)
            told = dict(plain) if "prompt_tokens" in plain else translated(plain) or dict(plain)
            return countable(told) or {}
    return {}


class StreamMeter(Protocol):
    """Sees every piece of a stream; `total` may be asked for at any moment."""

    pieces: int

    def feed(self, piece: Any) -> None: ...

    def total(self) -> Metered: ...


def with_usage(usage: Mapping[str, Any], annotations: Sequence[Any] = ()) -> Any:
    """A response that has nothing but usage, and what it cites, for what prices responses."""
    from litellm import ModelResponse, Usage

    cited = [{"message": {"role": "assistant", "annotations": list(annotations)}}] if annotations else None
    return ModelResponse(usage=Usage(**usage), choices=cited)


def price(response: Any, hidden: Mapping[str, Any]) -> int:
    """Pico-dollars for a response with usage, of the deployment that `hidden` names; 0 when it has no price."""
    from litellm import completion_cost
    from litellm.exceptions import BadRequestError

    try:
        cost = completion_cost(
            completion_response=response,
            model=hidden.get("litellm_model_name"),
            custom_llm_provider=hidden.get("llm_provider"),
            custom_cost_per_token=hidden.get("custom_cost_per_token"),
        )
    except (ValueError, KeyError, BadRequestError) as error:
        log.warning("model %r has no price: %s", hidden.get("litellm_model_name"), error)
        return 0
    return pico_of(cost)


def price_of_end(end: Mapping[str, Any]) -> int:
    """Pico-dollars of a request that the native front has ended: as it found, else by the usage."""
    found = end["pico"]
    if found is not None:
        return int(found)
    usage = countable(end["usage"]) or {}
    try:
        told = with_usage(usage, end.get("cited") or ())
    except (TypeError, ValueError):  # citations of an odd shape
        told = with_usage(usage)
    return price(told, end["facts"])


def pico_of(usd: Any) -> int:
    """Pico-dollars of an amount in USD, at most `MAX_USD`; 0 for what is none."""
    return usd_to_pico(min(usd, MAX_USD)) if isinstance(usd, (int, float)) and usd > 0 else 0
