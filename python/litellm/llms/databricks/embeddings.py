"""Databricks' embeddings: OpenAI's format, signed as its chat is."""

from __future__ import annotations

from litellm.llms.databricks.common_utils import call_signer
from litellm.llms.endpoint_wire import EndpointCall
from litellm.llms.openai.embeddings import OpenAIEmbeddings
from litellm.llms.wire import WireRequest


class DatabricksEmbedding(OpenAIEmbeddings):
    """`POST /embeddings` below a workspace's serving endpoints."""

    def __init__(self) -> None:
        super().__init__("databricks")

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST that embeds the texts."""
        request = super().build_request(call)
        request.signer = call_signer(call.api_base, call.api_key, "embeddings")
        return request
