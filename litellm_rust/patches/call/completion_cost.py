"""What takes the place of upstream's `completion_cost`: prices of plain responses, by rules learnt from upstream."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, Final

from litellm_rust.counters import feature_metrics
from litellm_rust.patches.call.cost import UNKNOWN, CostRule
from litellm_rust.patches.patch import Function

_metrics: Final = feature_metrics("cost_calculation")
_MAX_RULES: Final = 1024
_TOTALS: Final = frozenset({"prompt_tokens", "completion_tokens", "total_tokens"})
# What of a response's hidden parameters has a say in its price.
_HIDDEN: Final = ("custom_llm_provider", "region_name", "litellm_model_name", "provider_response_model", "model_id")
# A price that a provider sends along, under whatever prefix.
_PRICED: Final = "response-cost"


def _plain_usage(usage: Any) -> dict[str, Any] | None:
    """The totals of a usage object that has nothing else in it; None when it has."""
    values = getattr(usage, "__dict__", None)
    if values is None or any((getattr(usage, "__pydantic_extra__", None) or {}).values()):
        return None
    if any((getattr(usage, "__pydantic_private__", None) or {}).values()):
        return None
    for name, value in values.items():
        if name in _TOTALS:
            if type(value) is not int:
                return None
        elif value is not None and any(getattr(value, "__dict__", {"?": value}).values()):
            return None
    return {name: values.get(name) for name in _TOTALS}


def completion_cost(original: Function, module: Any) -> Function:
    """The replacement."""
    litellm: Any = sys.modules["litellm"]
    response_type = sys.modules["litellm.types.utils"].ModelResponse
    rules: dict[tuple[object, ...], CostRule] = {}
    settings: Mapping[str, Any] = vars(litellm)

    def completion_cost(completion_response: Any = None, *args: Any, **kwargs: Any) -> Any:
        model, provider = kwargs.get("model"), kwargs.get("custom_llm_provider")
        if type(completion_response) is not response_type or args or kwargs.keys() - {"model", "custom_llm_provider"}:
            _metrics.fallback("another response, or more arguments")
            return original(completion_response, *args, **kwargs)
        extra = completion_response.__pydantic_extra__ or {}
        hidden = completion_response._hidden_params
        usage = _plain_usage(extra.get("usage"))
        headers = hidden.get("additional_headers") or {}
        if usage is None or any(name.endswith(_PRICED) for name in headers):
            _metrics.fallback("more than plain usage")
            return original(completion_response, *args, **kwargs)
        if settings.get("cost_discount_config") or settings.get("cost_margin_config"):
            _metrics.fallback("discounts or margins")
            return original(completion_response, *args, **kwargs)
        named, tier = completion_response.model, extra.get("service_tier")
        key = (model, provider, named, tier, *[hidden.get(name) for name in _HIDDEN])
        body = {"usage": usage, "service_tier": tier}
        rule = rules.get(key)
        if rule is not None:
            cost = rule.cost(body, hidden.get("model_id"))
            if cost is not UNKNOWN:
                _metrics.native.add()
                return cost
        cost = original(completion_response, *args, **kwargs)
        if rule is None:
            if len(rules) >= _MAX_RULES:
                rules.clear()
            names = (model, hidden.get("litellm_model_name"), named, f"{hidden.get('custom_llm_provider')}/{named}")
            known = [name for name in names if name]
            known += [name.partition("/")[2] for name in known if "/" in name]
            rule = rules[key] = CostRule(litellm, tuple(dict.fromkeys(known)))
        rule.learn(body, hidden.get("model_id"), cost)
        _metrics.fallback("first of its kind")
        return cost

    return completion_cost
