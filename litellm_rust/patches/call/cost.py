"""The cost of a plain reply, as upstream computes it: tokens times the two prices of an entry of its cost map.

Which entry is learnt from a cost that upstream computed; anything else in the usage (cached or audio tokens, a service
tier, prices by length) is computed by upstream's own function.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

# The lowest length from which upstream knows dearer prices.
_TIERED_FROM: Final = 100_000
_DETAILS: Final = ("prompt_tokens_details", "completion_tokens_details")
UNKNOWN: Final = object()


def _is_plain(body: Mapping[str, Any]) -> bool:
    usage = body["usage"]
    if body.get("service_tier") not in (None, "default", "auto"):
        return False
    for name in _DETAILS:
        details = usage.get(name)
        if details and any(details.values()):
            return False
    prompt, completion = int(usage["prompt_tokens"]), int(usage["completion_tokens"])
    return 0 < prompt < _TIERED_FROM and completion > 0


def _linear(entry: Mapping[str, Any], usage: Mapping[str, Any]) -> float | None:
    prompt, completion = entry.get("input_cost_per_token"), entry.get("output_cost_per_token")
    if prompt is None or completion is None:
        return None
    total: float = usage["prompt_tokens"] * prompt + usage["completion_tokens"] * completion
    return total


class CostRule:
    """How upstream prices the replies that name one model; `cost(body, model_id)` is in dollars, None without price."""

    def __init__(self, litellm: Any, names: tuple[str, ...]) -> None:
        """`names` are the entries of the cost map that may hold the price, likeliest first."""
        self._litellm = litellm
        self._names = names
        self._known: tuple[object, ...] | None = None
        self._entry: Mapping[str, Any] = {}

    def _state(self) -> tuple[object, ...]:
        prices = self._litellm.model_cost
        entries = [prices.get(name) for name in self._names]
        return (id(prices), len(prices), *[(id(entry), len(entry or ())) for entry in entries])

    def learn(self, body: Mapping[str, Any], model_id: object, cost: object) -> None:
        """Take note that upstream computed `cost` for `body`."""
        self._known = None
        prices = self._litellm.model_cost
        if not _is_plain(body) or type(cost) is not float:
            return
        for name in self._names:
            entry = prices.get(name)
            if entry is not None and _linear(entry, body["usage"]) == cost and self._agrees(entry, model_id):
                self._entry, self._known = entry, self._state()
                return

    def _agrees(self, entry: Mapping[str, Any], model_id: object) -> bool:
        """Whether the deployment has no price of its own that is another."""
        own = self._litellm.model_cost.get(model_id)
        return own is None or all(
            own.get(name) in (None, entry.get(name)) for name in ("input_cost_per_token", "output_cost_per_token")
        )

    def cost(self, body: Mapping[str, Any], model_id: object) -> Any:
        """The cost of `body`; UNKNOWN when upstream has to compute it."""
        if self._known is None or not _is_plain(body) or self._known != self._state():
            return UNKNOWN
        return _linear(self._entry, body["usage"]) if self._agrees(self._entry, model_id) else UNKNOWN

    def parts(self, body: Mapping[str, Any]) -> tuple[float, float]:
        """The cost of the prompt and that of the answer, after `cost` has given one for `body`."""
        usage = body["usage"]
        prompt = usage["prompt_tokens"] * self._entry["input_cost_per_token"]
        return prompt, usage["completion_tokens"] * self._entry["output_cost_per_token"]
