"""What a request may cost at most: counted prompt tokens and the output limit, at the highest price of its group."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from litellm.proxy.money import usd_to_pico
from litellm.proxy.usage_shapes import texts

DEFAULT_RESERVED_OUTPUT_TOKENS = 4096
"""The output that is reserved for when a request sets no limit, or the model's own limit where that is lower;
`general_settings.reserved_output_tokens`."""

PARTIAL_RESERVATIONS = ("never", "without_limit", "always")
"""`general_settings.partial_reservations`: which calls may go on with what is left of a budget when that is less than
their estimate: none, those that set no output limit (the default), all."""

FORGET_SHARE = 64
"""One part in this many of the longest output seen of a group is forgotten with each call."""

MAX_REMEMBERED = 4096
"""Names whose prices are kept at hand."""
TOKENS_PER_IMAGE = 1_105
"""For each image: what OpenAI counts for one of 2048 × 4096 in high detail."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Pico-dollars per token of the dearest deployment of a group."""

    input_pico: int = 0
    output_pico: int = 0
    max_output_tokens: int | None = None
    counted_as: str = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Of one request, in pico-dollars; `so_far` while its stream runs."""

    prompt_pico: int = 0
    output_pico_per_token: int = 0
    output_tokens: int = 0
    may_be_partial: bool = False
    """Whether the call may go on with less than its estimate."""
    group: str = ""

    @property
    def total_pico(self) -> int:
        """The amount to reserve."""
        return self.prompt_pico + self.output_pico_per_token * self.output_tokens

    def so_far(self, pieces: int) -> int:
        """What a stream has cost after `pieces` pieces, one of which is about a token."""
        return self.prompt_pico + self.output_pico_per_token * pieces


def _prices_of(deployments: Sequence[Mapping[str, Any]]) -> Prices:
    rows = [(entry, known_facts(entry)) for entry in deployments]
    if not rows:
        return Prices()
    limits = [int(facts.get("max_output_tokens") or 0) for _, facts in rows]
    return Prices(
        input_pico=max(usd_to_pico(facts.get("input_cost_per_token") or 0) for _, facts in rows),
        output_pico=max(usd_to_pico(facts.get("output_cost_per_token") or 0) for _, facts in rows),
        max_output_tokens=max(limits) if all(limits) else None,
        counted_as=str(rows[0][0]["litellm_params"]["model"]),
    )


class PriceBook:
    """The prices of model groups, looked up once for each."""

    def __init__(
        self, deployments: Callable[[str], Sequence[Mapping[str, Any]]], *,
        reserved_output_tokens: int = DEFAULT_RESERVED_OUTPUT_TOKENS, partial: str = "without_limit",
    ) -> None:  # fmt: skip
        self._deployments, self._partial = deployments, partial
        self.reserved_output_tokens = reserved_output_tokens
        self._prices: dict[str, Prices] = {}
        self._longest: dict[str, int] = {}

    def forget(self) -> None:
        """Look everything up again: the deployments have changed."""
        self._prices.clear()

    def saw(self, group: str, output_tokens: int) -> None:
        """A call to `group` has produced so much: what a call may be expected to need."""
        longest = self._longest.get(group, 0)
        if group in self._prices:  # names of groups that exist: no more than those are remembered
            self._longest[group] = max(output_tokens, longest - longest // FORGET_SHARE)

    def least(self, estimate: Estimate) -> int:
        """What has to be left for such a call to go on: its prompt, and as much as the longest lately."""
        tokens = min(max(self._longest.get(estimate.group, 0), 1), estimate.output_tokens)
        return estimate.prompt_pico + estimate.output_pico_per_token * tokens

    def of(self, group: str) -> Prices:
        """The prices of `group`, all zero where nothing is known."""
        return self._remembered(group, lambda: self._deployments(group))

    def of_model(self, model: str) -> Prices:
        """The prices of a model by LiteLLM's name for it (`openai/gpt-4o`), whether it is served or not."""
        return self._remembered(f"\0{model}", lambda: [{"litellm_params": {"model": model}}])

    def _remembered(self, name: str, rows: Callable[[], Sequence[Mapping[str, Any]]]) -> Prices:
        found = self._prices.get(name)
        if found is None:
            if len(self._prices) >= MAX_REMEMBERED:  # clients choose names, of wildcard groups and of pass-through
                self._prices.clear()
                self._longest.clear()
            found = self._prices[name] = _prices_of(rows())
        return found

    def estimate(self, group: str, body: Mapping[str, Any]) -> Estimate:
        """For a request with `body` to `group`."""
        prices = self.of(group)
        if not prices.input_pico and not prices.output_pico:
            return Estimate()
        generates = any(name in body for name in ("messages", "prompt", "input", "contents"))
        return self._estimate(group, prices, count_prompt(prices.counted_as, body), body if generates else None)

    def estimate_model(self, model: str, prompt_tokens: int, body: Mapping[str, Any]) -> Estimate:
        """For a request of `prompt_tokens` to a model by LiteLLM's name for it, in any API's words."""
        return self._estimate(f"\0{model}", self.of_model(model), prompt_tokens, body)

    def estimate_priced(self, prices: Prices, prompt_tokens: int, body: Mapping[str, Any]) -> Estimate:
        """For a request of `prompt_tokens` at these prices."""
        return self._estimate("", prices, prompt_tokens, body)

    def _estimate(self, name: str, prices: Prices, prompt_tokens: int, body: Mapping[str, Any] | None) -> Estimate:
        asked, answers = output_limit(body) if body is not None else (0, 0)
        output = self.reserved_output_tokens if asked is None else asked
        if prices.max_output_tokens is not None:
            output = min(output, prices.max_output_tokens)
        partial = self._partial == "always" or (self._partial == "without_limit" and asked is None)
        return Estimate(prices.input_pico * prompt_tokens, prices.output_pico, output * answers, partial, name)


_LIMITS = ("max_completion_tokens", "max_tokens", "max_output_tokens", "maxOutputTokens", "maxTokens")
_SETTINGS = ("generationConfig", "inferenceConfig")


def output_limit(body: Mapping[str, Any]) -> tuple[int | None, int]:
    """(the output tokens that a request allows in an answer by any API's name for it, how many answers it asks for)."""
    places = [body, *(found for name in _SETTINGS if isinstance(found := body.get(name), dict))]
    return _count(places, _LIMITS), _count(places, ("n", "candidateCount")) or 1


def _count(places: Sequence[Mapping[str, Any]], names: Sequence[str]) -> int | None:
    given = (place.get(name) for place in places for name in names)
    counts = (value for value in given if isinstance(value, int) and not isinstance(value, bool) and value > 0)
    return next(counts, None)


def count_prompt(model: str, body: Mapping[str, Any]) -> int:
    """The prompt's tokens: messages with their tools, or text."""
    from litellm import token_counter

    messages = body.get("messages")
    if messages is not None:
        aside = _text(body.get("system")) + (orjson.dumps(body["tools"]).decode() if body.get("tools") else "")
        extra = token_counter(model=model, text=aside) if aside else 0
        plain, images = [_plain(message) for message in messages], sum(map(_images, messages))
        return int(extra + token_counter(model=model, messages=plain) + images * TOKENS_PER_IMAGE)
    if "contents" in body:
        return int(token_counter(model=model, text="".join(texts(dict(body))))) + _pictures(body["contents"])
    given = body.get("prompt") or body.get("input") or ""
    ready = _token_ids(given)
    return ready if ready else int(token_counter(model=model, text=_text(given)))


def _pictures(contents: Any) -> int:
    """For each of Gemini's inline or stored files, what an image counts."""
    found = contents if isinstance(contents, list) else [contents]
    lists = [item.get("parts") for item in found if isinstance(item, dict)]
    parts = [part for parts in lists if isinstance(parts, list) for part in parts]
    return TOKENS_PER_IMAGE * sum(isinstance(part, dict) and not _FILES.isdisjoint(part) for part in parts)


_FILES = frozenset({"inlineData", "inline_data", "fileData", "file_data"})


def _token_ids(value: Any) -> int:
    """How many token ids `value`, a list of them or of such lists, holds; 0 for text."""
    if not isinstance(value, list):
        return 0
    return sum(1 if isinstance(item, int) else _token_ids(item) for item in value)


def _images(message: Mapping[str, Any]) -> int:
    content = message.get("content")
    parts = content if isinstance(content, list) else ()
    return sum(isinstance(part, dict) and part.get("type") in ("image", "image_url", "input_image") for part in parts)


def _plain(message: Mapping[str, Any]) -> dict[str, str]:
    """Role and text, which are what a count without a network can see."""
    calls = message.get("tool_calls")
    text = _text(message.get("content")) + (orjson.dumps(calls).decode() if calls else "")
    return {"role": str(message.get("role")), "content": text}


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return " ".join(_text(item) for item in value)
    if isinstance(value, dict):
        return _text(value.get("text") or value.get("content") or "")
    return ""


def known_facts(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of a deployment: the catalogue's facts, then its own `model_info` and its own prices."""
    from litellm import get_model_info

    try:
        known = dict(get_model_info(entry["litellm_params"]["model"]))
    except ValueError:  # not in the catalogue
        known = {}
    own = {name: value for name, value in entry["litellm_params"].items() if name.endswith("_cost_per_token")}
    return known | {name: value for name, value in (own | (entry.get("model_info") or {})).items() if value is not None}
