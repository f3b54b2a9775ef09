"""OpenAI's embeddings, for OpenAI and for every provider that speaks its format."""

from __future__ import annotations

import base64
import binascii
import sys
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litellm.llms.endpoint_wire import EndpointCall, EndpointFormat
from litellm.llms.openai.chat import OpenAIChat, refusal_in_body
from litellm.llms.openai_like.profiles import profile_of
from litellm.llms.wire import ErrorDetails, WireError, WireRequest, decode_object, read_error

PARAMS = frozenset({"dimensions", "encoding_format", "user"})
_WITHOUT_DIMENSIONS = PARAMS - {"dimensions"}
_OUTPUT_DIMENSION: Mapping[str, str] = {"dimensions": "output_dimension"}


@dataclass(frozen=True, slots=True)
class EmbeddingProfile:
    """How a provider's embeddings differ from OpenAI's."""

    params: frozenset[str] = PARAMS
    """OpenAI parameters that are taken."""
    renames: Mapping[str, str] = field(default_factory=dict)
    lists: bool = False
    """Whether a single text is sent as a list of one."""
    path: str = "/embeddings"


_NONE = EmbeddingProfile(params=frozenset())
_RENAMED = EmbeddingProfile(params=frozenset({"dimensions", "encoding_format"}), renames=_OUTPUT_DIMENSION)
PROFILES: Mapping[str, EmbeddingProfile] = {
    "hosted_vllm": EmbeddingProfile(lists=True),
    "infinity": _RENAMED,
    "jina_ai": EmbeddingProfile(params=frozenset({"dimensions"}), lists=True),
    "mistral": EmbeddingProfile(params=frozenset({"encoding_format"})),
    "openrouter": EmbeddingProfile(lists=True),
    "perplexity": EmbeddingProfile(params=frozenset({"dimensions", "encoding_format"})),
    "volcengine": EmbeddingProfile(params=_WITHOUT_DIMENSIONS, lists=True, path="/api/v3/embeddings"),
    "voyage": _RENAMED,
    **dict.fromkeys(
        (
            "amazon_nova", "bytez", "charity_engine", "cloudflare", "compactifai", "custom", "databricks", "datarobot",
            "fireworks_ai", "gradient_ai", "heroku", "lemonade", "lm_studio", "manus", "maritalk", "minimax", "nadir",
            "neosantara", "ovhcloud", "sambanova", "scaleway", "snowflake", "triton", "vllm", "xiaomi_mimo",
        ),
        _NONE,
    ),
}  # fmt: skip
"""Providers without a row take all of OpenAI's parameters."""


class OpenAIEmbeddings(EndpointFormat):
    """POST /embeddings."""

    path = "/embeddings"

    def __init__(self, provider: str = "openai") -> None:
        self.profile = PROFILES.get(provider, EmbeddingProfile())
        self.chat = OpenAIChat(profile_of(provider))
        self.sdk_retries = self.chat.profile.sdk_retries
        self.path = self.profile.path

    def supported_params(self, provider: str, model: str) -> frozenset[str]:
        """The parameters that `model` takes."""
        if provider == "openai" and "text-embedding-3" not in model:
            return _WITHOUT_DIMENSIONS
        if provider == "fireworks_ai" and "nomic-ai" in model:
            return frozenset({"dimensions"})
        return self.profile.params

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """The parameters, under the provider's names."""
        return {self.profile.renames.get(name, name): value for name, value in params.items()}

    def headers(self, call: EndpointCall) -> dict[str, str]:
        """Those of the provider's chat."""
        headers = self.chat.headers(call.as_chat())
        headers.pop("content-type", None)
        return headers

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """The message; LiteLLM's embedding errors carry no code."""
        return ErrorDetails(message=read_error(body).message)

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST that embeds the input."""
        given = call.inputs.get("input")
        if self.profile.lists and not isinstance(given, list):
            given = [given]
        return self.json_request(call, {"model": call.model, "input": given, **call.params})

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The vectors. Raises `WireError` when there are none."""
        data = decode_object(body)
        if not isinstance(data.get("data"), list):
            raise refusal_in_body(data) if data.get("error") else WireError("the provider's reply holds no 'data'")
        usage = data.get("usage")
        if isinstance(usage, dict):
            usage.setdefault("completion_tokens", 0)
        return data


def as_floats(vector: Any) -> Any:
    """A vector that was sent as base64 of little-endian 32-bit floats, as a list; anything else as it is.

    Raises `WireError` when it is no such base64.
    """
    if not isinstance(vector, str):
        return vector
    floats = array("f")
    try:
        floats.frombytes(base64.b64decode(vector, validate=True))
    except (binascii.Error, ValueError) as error:
        raise WireError("an embedding of the provider's reply is neither a list nor base64 of floats") from error
    if sys.byteorder == "big":
        floats.byteswap()
    return floats.tolist()
