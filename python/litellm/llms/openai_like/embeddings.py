"""Embeddings of providers that speak OpenAI's format with a small change to a request."""

from __future__ import annotations

from litellm.llms.endpoint_wire import EndpointCall
from litellm.llms.openai.embeddings import OpenAIEmbeddings
from litellm.llms.wire import WireRequest


class VoyageEmbeddings(OpenAIEmbeddings):
    """Voyage, whose blocking requests LiteLLM sends without a content type."""

    def __init__(self) -> None:
        super().__init__("voyage")

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST that embeds the texts."""
        request = super().build_request(call)
        request.headers.pop("content-type", None)
        request.media_type = "application/json"
        return request
