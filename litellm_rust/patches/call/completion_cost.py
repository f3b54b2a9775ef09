"""What takes the place of upstream's `completion_cost`: prices of plain responses, by rules learnt from upstream."""

from __future__ import annotations

import operator
import sys
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from litellm_rust import shadow
from litellm_rust.counters import feature_metrics
from litellm_rust.patches.call.cost import UNKNOWN, CostRule
from litellm_rust.patches.patch import Function

_metrics: Final = feature_metrics("cost_calculation")
_MAX_RULES: Final = 1024
_ARGUMENTS: Final = frozenset({"model", "custom_llm_provider"})
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


class _Priced(NamedTuple):
    """What of a response has a say in its price."""

    key: tuple[object, ...]
    body: dict[str, Any]
    hidden: Mapping[str, Any]


class _Prices:
    """The prices that are known of responses, by everything but their usage."""

    def __init__(self) -> None:
        self._litellm: Any = sys.modules["litellm"]
        self._settings: Mapping[str, Any] = vars(self._litellm)
        self._response_type = sys.modules["litellm.types.utils"].ModelResponse
        self._rules: dict[tuple[object, ...], CostRule] = {}

    def read(self, response: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> _Priced | None:
        """None when upstream has to price the response."""
        if type(response) is not self._response_type or args or kwargs.keys() - _ARGUMENTS:
            _metrics.fallback("another response, or more arguments")
            return None
        extra = response.__pydantic_extra__ or {}
        hidden = response._hidden_params
        usage = _plain_usage(extra.get("usage"))
        headers = hidden.get("additional_headers") or {}
        if usage is None or any(name.endswith(_PRICED) for name in headers):
            _metrics.fallback("more than plain usage")
            return None
        settings = self._settings
        if settings.get("cost_discount_config") or settings.get("cost_margin_config"):
            _metrics.fallback("discounts or margins")
            return None
        tier = extra.get("service_tier")
        asked = (kwargs.get("model"), kwargs.get("custom_llm_provider"))
        key = (*asked, response.model, tier, *[hidden.get(name) for name in _HIDDEN])
        return _Priced(key, {"usage": usage, "service_tier": tier}, hidden)

    def cost(self, priced: _Priced) -> Any:
        """The price in dollars; UNKNOWN when upstream has to tell."""
        rule = self._rules.get(priced.key)
        return UNKNOWN if rule is None else rule.cost(priced.body, priced.hidden.get("model_id"))

    def learn(self, priced: _Priced, cost: object) -> None:
        """Take note of the price that upstream told."""
        rule = self._rules.get(priced.key)
        if rule is None:
            if len(self._rules) >= _MAX_RULES:
                self._rules.clear()
            model, _, named, *_ = priced.key
            provider = priced.hidden.get("custom_llm_provider")
            names = (model, priced.hidden.get("litellm_model_name"), named, f"{provider}/{named}")
            known = [str(name) for name in names if name]
            known += [name.partition("/")[2] for name in known if "/" in name]
            rule = self._rules[priced.key] = CostRule(self._litellm, tuple(dict.fromkeys(known)))
        rule.learn(priced.body, priced.hidden.get("model_id"), cost)
        _metrics.fallback("first of its kind")


def completion_cost(original: Function, module: Any) -> Function:
    """The replacement."""
    prices = _Prices()

    def completion_cost(completion_response: Any = None, *args: Any, **kwargs: Any) -> Any:
        priced = prices.read(completion_response, args, kwargs)
        if priced is None:
            return original(completion_response, *args, **kwargs)
        cost = prices.cost(priced)
        if cost is not UNKNOWN:
            _metrics.native.add()
            return cost
        cost = original(completion_response, *args, **kwargs)
        prices.learn(priced, cost)
        return cost

    return completion_cost


def completion_cost_compared(original: Function, module: Any) -> Function:
    """As `completion_cost` in shadow: what it would have answered natively is compared with upstream's answer.

    Some prices go by the clock, so upstream is asked once.
    """
    prices = _Prices()

    def completion_cost(completion_response: Any = None, *args: Any, **kwargs: Any) -> Any:
        priced = prices.read(completion_response, args, kwargs)
        mine = UNKNOWN if priced is None else prices.cost(priced)
        cost = original(completion_response, *args, **kwargs)
        if mine is not UNKNOWN:
            shadow.report("cost_calculation", "the price of a response", (cost, None), (mine, None), operator.eq)
        elif priced is not None:
            prices.learn(priced, cost)
        return cost

    return completion_cost
