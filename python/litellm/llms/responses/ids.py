"""Ids of responses and videos that remember where they came from, so that a follow-up finds provider and deployment.

Upstream's form: `resp_` and, in base64, `litellm:custom_llm_provider:<p>;model_id:<deployment>;response_id:<id>`; of a
video `video_` and `video_id`.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

RESPONSE = "response"
VIDEO = "video"
_PREFIXES = {RESPONSE: "resp_", VIDEO: "video_"}
_MARK = "litellm:custom_llm_provider:"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a response came from: its id there, and what is known of the provider and the deployment."""

    response_id: str
    provider: str | None = None
    model_id: str | None = None


def encode_id(response_id: str, provider: str | None, model_id: str | None, kind: str = RESPONSE) -> str:
    """`response_id` with its origin. An id that has one already stays as it is."""
    if not response_id or decode_id(response_id, kind).response_id != response_id:
        return response_id
    text = f"{_MARK}{provider};model_id:{model_id};{kind}_id:{response_id}"
    return _PREFIXES[kind] + base64.b64encode(text.encode()).decode()


def decode_id(response_id: str, kind: str = RESPONSE) -> Origin:
    """The origin that an id tells; an id of the provider's own is only itself."""
    encoded = response_id.removeprefix(_PREFIXES[kind])
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, ValueError):
        return Origin(response_id)
    if not text.startswith(_MARK):
        return Origin(response_id)
    provider, _, rest = text[len(_MARK) :].partition(";model_id:")
    model_id, _, original = rest.partition(f";{kind}_id:")
    return Origin(original, _known(provider), _known(model_id))


def _known(text: str) -> str | None:
    return None if text in ("", "None") else text
