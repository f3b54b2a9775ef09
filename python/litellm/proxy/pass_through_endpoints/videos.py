"""What a video may cost before it is made: it is reserved, as other calls are, and paid for by what is answered."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import orjson

import litellm
from litellm.cost_rules import video_cost
from litellm.llms.custom_httpx.clients import pool
from litellm.proxy.estimate import known_facts
from litellm.proxy.metering import pico_of
from litellm.proxy.pass_through_endpoints.place import Place

log = logging.getLogger("litellm.proxy.pass_through")

MAX_SEEN = 4096
ASK_TIMEOUT_S = 10.0
DEFAULT_SECONDS, LONGEST_SECONDS = 4, 12
"""What OpenAI makes when a request names no length, and the longest that it makes."""
_LARGE = "1024x1792"


@dataclass(frozen=True, slots=True)
class Video:
    """What is known of a video that was made."""

    model: str
    seconds: float
    size: str | None


class SeenVideos:
    """The videos that were last told of: another that is made of one is of its model, length and size."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, Video] = OrderedDict()

    def saw(self, answer: bytes, name: str | None = None) -> None:
        """An answer, which may be a video; by its own name, or by the one that it was asked for."""
        try:
            told = orjson.loads(answer)
            if told["object"] == "video" and told["model"]:
                video = Video(str(told["model"]), float(told["seconds"]), told.get("size"))
                self._remember(name or str(told["id"]), video)
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            return  # nothing that says what it costs

    def _remember(self, name: str, video: Video) -> None:
        self._seen[name] = video
        self._seen.move_to_end(name)
        if len(self._seen) > MAX_SEEN:
            self._seen.popitem(last=False)

    async def estimate(self, place: Place, model: str | None, body: Mapping[str, Any], source: str | None) -> int:
        """Pico-dollars that a video by `model` costs, or one made of `source`.

        Of a source that was not seen here its provider is asked; where that does not tell, it is the most it can cost.
        """
        provider = place.provider
        if source is not None and source not in self._seen:
            self.saw(await _asked(place, source), source)
        known = self._seen.get(source or "")
        named = model or (known.model if known else None)
        default = known.seconds if known else (LONGEST_SECONDS if source else DEFAULT_SECONDS)
        seconds = _number(body.get("seconds")) or default
        size = body.get("size") or (known.size if known else None)
        if named is not None:
            return _price(provider, named, seconds, size)
        names = (name.partition("/")[2] or name for name, row in litellm.model_cost.items()
                 if row.get("mode") == "video_generation" and row.get("litellm_provider") == provider)  # fmt: skip
        return max((_price(provider, name, seconds, size or _LARGE) for name in names), default=0)


async def _asked(place: Place, source: str) -> bytes:
    """What the provider says of a video; nothing where it says none."""
    address, _, query = place.url.partition("?")
    url = f"{address[: address.rindex('/videos')]}/videos/{quote(source, safe='')}" + (f"?{query}" if query else "")
    headers = {**place.credential.headers, "accept-encoding": "identity"}
    if (signer := place.credential.signer) is not None:
        headers = await signer.async_sign("GET", url, headers, b"")
    try:
        answer = await pool.asynchronous().get(url, headers=headers, timeout=ASK_TIMEOUT_S, follow_redirects=False)
    except httpx.HTTPError as error:
        log.warning("a video is not known, and its provider does not tell of it: %s", type(error).__name__)
        return b""
    return answer.content if answer.status_code < 400 else b""


def source_of(path_params: Mapping[str, Any], body: Mapping[str, Any]) -> str | None:
    """The video that a request makes another of: its path's, else the body's."""
    given = path_params.get("video_id") or body.get("video")
    found = given.get("id") if isinstance(given, dict) else given
    return found if isinstance(found, str) and found else None


def _number(given: Any) -> float | None:
    try:
        found = float(given)
    except (TypeError, ValueError):
        return None
    return found if 0 < found < 1e6 else None


def _price(provider: str, model: str, seconds: float, size: Any) -> int:
    name = f"{provider}/{model}"
    facts = known_facts({"litellm_params": {"model": name}})
    try:
        return pico_of(float(video_cost(name, facts, litellm.model_cost, seconds=seconds, resolution=None, size=size)))
    except (KeyError, ValueError):  # a model without a price
        return 0
