"""Gemini at Vertex AI: generateContent with Google Cloud's addresses and access tokens."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from litellm.llms.gemini.chat import GeminiChat
from litellm.llms.gemini.models import bare_name
from litellm.llms.openai.params import OPENAI_CHAT_PARAMS
from litellm.llms.vertex_ai.endpoint import VertexEndpoint
from litellm.llms.wire import ChatCall, WireRequest, encode_json

_OF_GOOGLE = re.compile(r"gemini|gemma|learnlm|(?:^|/)\d+$")


class VertexGemini(GeminiChat):
    """The generateContent format at Vertex AI."""

    def supported_params(self, provider: str, model: str) -> list[str]:
        """OpenAI parameter names that `model` takes; OpenAI's own where its name tells no family, as upstream says."""
        if provider == "vertex_ai" and not _OF_GOOGLE.search(model):
            return [name for name in OPENAI_CHAT_PARAMS if name != "max_retries"]
        return super().supported_params(provider, model)

    def content_request(self, call: ChatCall, method: str, body: Mapping[str, Any]) -> WireRequest:
        """The POST of `body`, which is in Gemini's own format, to a method of the model."""
        place = VertexEndpoint(call.options, call.api_base, call.model)
        headers = {"content-type": "application/json", **call.headers}
        url = place.model_method(bare_name(call.model), method)
        return WireRequest("POST", url, headers, encode_json(body), place.signer())
