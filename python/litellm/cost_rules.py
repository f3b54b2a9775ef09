"""The rules by which tokens, characters, seconds and images become money.

Prices are read from a catalogue entry as exact decimals (USD per unit). Above a model's threshold every token of the
request has the higher price (Google's and Anthropic's long-context pricing); a service tier's price stands in for the
usual one where the entry has it (OpenAI's flex and priority processing).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from litellm.types.openai_object import field_of
from litellm.types.usage import Usage

ZERO = Decimal(0)
_THRESHOLD = re.compile(r"^input_cost_per_token_above_(\d+)k_tokens$")


@lru_cache(maxsize=4096)
def exact(price: float | str) -> Decimal:
    """A price as the decimal figure that it was written as."""
    return Decimal(str(price))


class Rates:
    """A catalogue entry's prices for one request."""

    __slots__ = ("above", "entry", "suffix")

    def __init__(self, entry: Mapping[str, Any], service_tier: str | None = None) -> None:
        self.entry = entry
        tier = service_tier if service_tier in ("flex", "priority", "batches", "balanced", "ultrafast") else None
        self.suffix = f"_{tier}" if tier else ""
        self.above = ""

    def for_prompt(self, tokens: int) -> None:
        """Choose the price range that a prompt of this many tokens falls into."""
        self.above = ""
        if tokens <= 1000:  # no threshold is lower
            return
        best = 0
        for key in self.entry:
            found = _THRESHOLD.match(key) if "_above_" in key else None
            if found and best < int(found[1]) and tokens > int(found[1]) * 1000:
                best = int(found[1])
        self.above = f"_above_{best}k_tokens" if best else ""

    def get(self, name: str) -> Decimal | None:
        """A price by its name in the catalogue; None when the entry has none."""
        if not self.above and not self.suffix:
            value = self.entry.get(name)
            return None if value is None else exact(value)
        for key in (name + self.above + self.suffix, name + self.above, name + self.suffix, name):
            value = self.entry.get(key)
            if value is not None:
                return exact(value)
        return None

    def price(self, name: str, *fallbacks: str) -> Decimal:
        """The first of these prices that exists; 0 when none does."""
        value = self.get(name)
        if value is not None:
            return value
        return next((price for price in map(self.get, fallbacks) if price is not None), ZERO)


_CACHED_AT_HALF_PRICE = frozenset({"fireworks_ai"})
"""Providers that bill cached tokens at half the input price where the catalogue names none."""
_FLAT_PRICES = frozenset({"perplexity"})
"""Providers of whose prices LiteLLM knows neither caching nor long prompts."""


def rates_of(entry: Mapping[str, Any], provider: str, tokens: int) -> Mapping[str, Any]:
    """`entry` with the prices that hold for a prompt of `tokens` at this hour, by the provider's own way of billing."""
    if tiers := entry.get("tiered_pricing"):
        entry = {**entry, **_tier_of(tiers, tokens)}
    if off_peak := entry.get("off_peak_pricing"):
        entry = {**entry, **off_peak_prices(off_peak, datetime.now(timezone.utc))}
    if provider in _FLAT_PRICES:
        return {name: value for name, value in entry.items() if "cache" not in name and "_above_" not in name}
    if entry.get("litellm_provider") in _CACHED_AT_HALF_PRICE and entry.get("cache_read_input_token_cost") is None:
        plain = entry.get("input_cost_per_token")
        if plain is not None:
            return {**entry, "cache_read_input_token_cost": Decimal(str(plain)) / 2}
    return entry


def _tier_of(tiers: Sequence[Mapping[str, Any]], tokens: int) -> Mapping[str, Any]:
    """The prices of the range that a prompt falls into: above its first number, up to its second.

    Tiers that count something else than tokens (results of a search) hold no such prices.
    """
    tiers = [tier for tier in tiers if "range" in tier]
    if not tiers:
        return {}
    for tier in tiers:
        low, high = tier["range"]
        if low < tokens <= high:
            return {name: value for name, value in tier.items() if name != "range"}
    chosen = tiers[0] if tokens <= 0 else tiers[-1]
    return {name: value for name, value in chosen.items() if name != "range"}


def off_peak_prices(off_peak: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """The prices of `off_peak` (a catalogue's `off_peak_pricing`) when `now` is in one of its windows, else none.

    Hours are UTC; days of the week, from 1 for Monday, are those of `weekday_timezone`, or UTC.
    """
    zone = off_peak.get("weekday_timezone")
    day = (now.astimezone(ZoneInfo(zone)) if zone else now).isoweekday()
    minute = now.hour * 60 + now.minute
    for window in off_peak.get("windows", ()):
        hours = window.get("hours_utc", ())
        spans = [hours] if isinstance(hours, str) else hours
        if day in window.get("weekdays", range(1, 8)) and any(_within(span, minute) for span in spans):
            return {name: value for name, value in off_peak.items() if "cost" in name}
    return {}


def _within(span: str, minute: int) -> bool:
    """Whether a minute of the day is in a span such as `10:00-00:00`; `00:00-00:00` is the whole day."""
    start, end = (int(time[:2]) * 60 + int(time[3:5]) for time in span.split("-"))
    if start < end:
        return start <= minute < end
    return minute >= start or minute < end


def token_costs(
    rates: Rates,
    usage: Usage,
    *,
    call_type: str = "completion",
    seconds: Decimal = ZERO,
    audio_seconds: Decimal = ZERO,
    characters: int | None = None,
    queries: int | None = None,
) -> tuple[Decimal, Decimal]:
    """(prompt cost, completion cost) in USD."""
    if "speech" in call_type and rates.get("input_cost_per_character") is not None:
        return rates.price("input_cost_per_character") * (characters or 0), ZERO
    if "transcription" in call_type and not usage.total_tokens and (by_second := _by_second(rates, audio_seconds)):
        return by_second
    if "rerank" in call_type:
        return rates.price("input_cost_per_query") * (queries or 0), ZERO
    rates.for_prompt(usage.prompt_tokens)
    by_tokens = rates.get("input_cost_per_token") is not None or rates.get("output_cost_per_token") is not None
    if not by_tokens and (by_time := _by_second(rates, seconds)):
        return by_time
    return _prompt_cost(rates, usage), _completion_cost(rates, usage)


def _by_second(rates: Rates, seconds: Decimal) -> tuple[Decimal, Decimal] | None:
    into, out = rates.get("input_cost_per_second"), rates.get("output_cost_per_second")
    if into is None and out is None:
        return None
    return (into or ZERO) * seconds, ZERO if into else (out or ZERO) * seconds


def _prompt_cost(rates: Rates, usage: Usage) -> Decimal:
    details, more = usage.prompt_tokens_details, usage.__pydantic_extra__ or {}
    if details is None and not more:
        return rates.price("input_cost_per_token") * usage.prompt_tokens
    cached = int(field_of(details, "cached_tokens") or more.get("cache_read_input_tokens") or 0)
    written = int(field_of(details, "cache_creation_tokens") or more.get("cache_creation_input_tokens") or 0)
    audio = int(field_of(details, "audio_tokens") or 0)
    text = max(usage.prompt_tokens - cached - written - audio, 0)
    plain = rates.price("input_cost_per_token")
    cost = plain * text
    if not cached and not written and not audio:
        return cost
    cost += rates.price("cache_read_input_token_cost", "input_cost_per_token") * cached
    cost += _cache_writes(rates, details, written)
    return cost + rates.price("input_cost_per_audio_token", "input_cost_per_token") * audio


def _cache_writes(rates: Rates, details: Any, written: int) -> Decimal:
    """Tokens written to a cache; those kept for an hour have their own price."""
    kinds = field_of(details, "cache_creation_token_details")
    hour = int(field_of(kinds, "ephemeral_1h_input_tokens") or 0)
    price = rates.price("cache_creation_input_token_cost", "input_cost_per_token")
    hour_price = rates.get("cache_creation_input_token_cost_above_1hr")
    return price * (written - hour) + (price if hour_price is None else hour_price) * hour


def _completion_cost(rates: Rates, usage: Usage) -> Decimal:
    details = usage.completion_tokens_details
    plain = rates.price("output_cost_per_token", "output_cost_per_image_token")
    cost, rest = ZERO, usage.completion_tokens
    if details is None:
        return plain * rest
    for kind, price_name in (
        ("reasoning_tokens", "output_cost_per_reasoning_token"),
        ("audio_tokens", "output_cost_per_audio_token"),
        ("image_tokens", "output_cost_per_image_token"),
    ):
        tokens = int(field_of(details, kind) or 0)
        price = rates.get(price_name)
        if tokens and price is not None:
            tokens = min(tokens, rest)
            cost += price * tokens
            rest -= tokens
    return cost + plain * rest


def image_cost(
    model: str, entry: Mapping[str, Any], images: int, size: str | None, quality: str | None
) -> Decimal | None:
    """USD for generated images: by image, or by pixel of the asked size (`1024x1024`).

    None for a model that has no price by image; 0 for one that bills images as tokens, of which a reply without usage
    tells nothing.
    """
    if "gpt-image" in model and entry.get("litellm_provider") in ("openai", "azure", "azure_ai"):
        return ZERO
    for key in ("output_cost_per_image", "input_cost_per_image"):
        if entry.get(key) is not None:
            return Decimal(str(entry[key])) * images
    prices = [entry[key] for key in ("input_cost_per_pixel", "output_cost_per_pixel") if entry.get(key) is not None]
    if not prices:
        return None
    by_pixel = next((price for price in prices if price), 0)
    width, _, height = (size or "1024x1024").replace("-x-", "x").partition("x")
    return Decimal(str(by_pixel)) * int(width) * int(height) * images


LARGE_PICTURE = 1024
"""Pixels of the shorter side from which a video is of high resolution, where a model has a price for that."""


def video_cost(
    name: str, entry: Mapping[str, Any], catalogue: Mapping[str, Any], *, seconds: Any, resolution: Any, size: Any
) -> Decimal:
    """USD for a video by the model of this name: by second, dearer for a larger picture where the model says so.

    `resolution` is a word like `1080p`; `size` pixels, `1280x720`. Raises ValueError for a length that is none.
    """
    sides = [int(side) for side in str(size or "").split("x") if side.isdigit()]
    if len(sides) == 2 and min(sides) >= LARGE_PICTURE:
        entry = catalogue.get(f"{name}-high-res") or entry
    names = (f"output_cost_per_second_{resolution}", "output_cost_per_video_per_second", "output_cost_per_second")
    return Rates(entry).price(*names) * exact(float(seconds or 0))


def session_cost(catalogue: Mapping[str, Any], provider: str) -> Decimal | None:
    """USD for a container, which is made for a session in it; None where the catalogue does not say."""
    price = (catalogue.get(f"{provider}/container") or {}).get("code_interpreter_cost_per_session")
    return None if price is None else exact(price)


def ocr_cost(entry: Mapping[str, Any], used: Mapping[str, Any]) -> Decimal:
    """USD for a reading: by page, and by page annotated, or by the provider's credit, of what `used` says."""
    rates = Rates(entry)
    if (by_credit := rates.get("ocr_cost_per_credit")) is not None:
        return by_credit * exact(used.get("credits") or 0)
    cost = rates.price("ocr_cost_per_page") * int(used.get("pages_processed") or 0)
    return cost + rates.price("annotation_cost_per_page") * int(used.get("pages_processed_annotation") or 0)
