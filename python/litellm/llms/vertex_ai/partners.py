"""Models of Vertex AI's partners that speak OpenAI's chat format, each family at its own address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from litellm.llms.gemini.chat import google_error
from litellm.llms.openai.chat import DialectChunks, OpenAIChat, OpenAIChunks
from litellm.llms.openai.params import OPENAI_CHAT_PARAMS
from litellm.llms.openai_like.profiles import profile_of
from litellm.llms.vertex_ai.endpoint import VertexEndpoint
from litellm.llms.wire import ChatCall, ErrorDetails, WireRequest, encode_json

_CODESTRAL = ("suffix", "temperature", "top_p", "max_tokens", "max_completion_tokens", "stream", "seed", "stop")


@dataclass(frozen=True, slots=True)
class Family:
    """How a publisher's models are called. `publisher` None: through the OpenAI-compatible endpoint of the project."""

    names: re.Pattern[str]
    publisher: str | None = None
    api_version: str = "v1"
    profile: str = "openai_like"
    drops_version: bool = False
    """Whether the body names the model without its `@version`."""
    without: frozenset[str] = frozenset({"max_retries"})
    adds: tuple[str, ...] = ()
    choice_fields: bool = False
    """Whether choices carry `provider_specific_fields`."""
    renames: Mapping[str, str] = field(default_factory=dict)


_NO_TOOL_CHOICE = frozenset({"tool_choice", "functions", "function_call"})
FAMILIES: tuple[Family, ...] = (
    Family(
        re.compile(r"(?:mistralai/)?(?:mistral|codestral)"),
        "mistralai",
        profile="mistral",
        drops_version=True,
        renames={"seed": "random_seed"},
    ),
    Family(re.compile(r"(?:ai21/)?jamba"), "ai21", api_version="v1beta1", without=frozenset()),
    Family(re.compile(r"openai/gpt-oss"), without=_NO_TOOL_CHOICE, adds=("reasoning_effort",), choice_fields=True),
    Family(re.compile(r"(?:meta|deepseek-ai|qwen|minimaxai|moonshotai|zai-org|google|openai|xai)/")),
)


def family_of(model: str) -> Family | None:
    """The family of `model`; None for Google's own."""
    if model.startswith("google/gemini"):
        return None
    return next((family for family in FAMILIES if family.names.match(model)), None)


class VertexPartner(OpenAIChat):
    """OpenAI's chat format at a partner's address."""

    def __init__(self, family: Family) -> None:
        profile = profile_of(family.profile)
        own = family.publisher is not None
        profile = replace(
            profile,
            sdk_retries=False,
            choice_fields=family.choice_fields,
            message_fields=False,
            names_itself=not own,
            names_provider_in_model=own,
            renames={**profile.renames, **family.renames},
        )
        super().__init__(profile)
        self._family = family

    def supported_params(self, provider: str, model: str) -> list[str]:
        """OpenAI parameter names that `model` takes."""
        family = self._family
        if family.publisher == "mistralai":
            return list(_CODESTRAL) if "codestral" in model else super().supported_params("mistral", model)
        return [*(name for name in OPENAI_CHAT_PARAMS if name not in family.without), *family.adds]

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` as the partner takes them. Raises `UnsupportedParamsError` for values it refuses."""
        return super().map_params(self._family.profile, model, params, drop=drop)

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST to the partner's model."""
        place = VertexEndpoint(call.options, call.api_base, call.model)
        body = {**self.body(call), "model": self.shown_model(call.model), "stream": call.stream}
        headers = {"content-type": "application/json", **call.headers}
        return WireRequest("POST", self._address(place, call), headers, encode_json(body), place.signer())

    def shown_model(self, model: str) -> str:
        """The model's name in requests, and in the chunks of a stream."""
        return model.partition("@")[0] if self._family.drops_version else model

    def _address(self, place: VertexEndpoint, call: ChatCall) -> str:
        family = self._family
        if family.publisher is None:
            return place.below_project("/endpoints/openapi/chat/completions", family.api_version)
        method = "streamRawPredict?alt=sse" if call.stream else "rawPredict"
        model = call.model.removeprefix(f"{family.publisher}/")
        return place.below_project(f"/publishers/{family.publisher}/models/{model}:{method}", family.api_version)

    def stream_decoder(self, call: ChatCall) -> OpenAIChunks:
        """A decoder for one streamed reply."""
        return _OpenChunks() if self._family.publisher is None else _UnnamedChunks()

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What Google, or the partner, says about the refusal."""
        return google_error(body)


class _OpenChunks(DialectChunks):
    """Chunks of the OpenAI-compatible endpoint: one that only begins the message says so, as upstream's does."""

    __slots__ = ()

    def read_delta(self, choice: dict[str, Any], delta: dict[str, Any]) -> None:
        """One that only begins the message gets the field that upstream's has."""
        if delta.get("role") and delta.get("content") == "":
            delta.setdefault("provider_specific_fields", {})


class _UnnamedChunks(OpenAIChunks):
    """Chunks of a publisher's own address: the stream gets an id of ours, as upstream's does."""

    __slots__ = ()

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunk of one event. Raises `WireError` for an error sent inside the stream."""
        return [{key: value for key, value in chunk.items() if key != "id"} for chunk in super().feed(event)]
