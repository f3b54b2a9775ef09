"""Azure's URL and authentication on OpenAI's endpoints other than chat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.azure.address import V1_VERSIONS, api_version, deployment_url
from litellm.llms.azure.auth import auth_headers, signed_in
from litellm.llms.azure.chat import AzureChat
from litellm.llms.endpoint_wire import EndpointCall
from litellm.llms.openai.audio import OpenAISpeech, OpenAITranscription
from litellm.llms.openai.embeddings import OpenAIEmbeddings, as_floats
from litellm.llms.openai.images import OpenAIImageEdit, OpenAIImages
from litellm.llms.openai_like.profile import OPENAI
from litellm.llms.wire import WireRequest


class _OnAzure:
    """The deployment's address and key."""

    path: str

    def url(self, call: EndpointCall) -> str:
        """The deployment's endpoint."""
        return deployment_url(call.api_base, call.model, call.options, self.path)

    def headers(self, call: EndpointCall) -> dict[str, str]:
        """The key in Azure's own header, or a token of Azure AD."""
        headers = AzureChat(OPENAI).headers(call.as_chat())
        headers.pop("content-type", None)
        return headers

    def sign_in(self, call: EndpointCall, request: WireRequest) -> WireRequest:
        """`request`, signed in to Azure AD when it is sent, if there is no key."""
        return signed_in(request, call.options)


class AzureImages(_OnAzure, OpenAIImages):
    """The deployment says which model draws; in the version-less API the body does."""

    sends_model = False
    tells_codes = (False, False)

    def url(self, call: EndpointCall) -> str:
        """The deployment's endpoint; the version-less API wants its name in the query."""
        version = api_version(call.options)
        made = super().url(call)
        return f"{made}?api-version={version}" if version in V1_VERSIONS else made

    def headers(self, call: EndpointCall) -> dict[str, str]:
        """The key in Azure's own header, whatever the version."""
        return {**auth_headers(call.api_key, call.options), **call.headers}

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST that draws the prompt."""
        if api_version(call.options) in V1_VERSIONS:
            call.params["model"] = call.model
        return super().build_request(call)


class AzureImageEdit(_OnAzure, OpenAIImageEdit):
    """The deployment says which model edits."""

    sends_model = False


class AzureEmbeddings(_OnAzure, OpenAIEmbeddings):
    """Embeddings by a deployment. They travel as base64, a quarter of the size, unless the caller says otherwise."""

    path = "/embeddings"

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST that embeds the input."""
        call.inputs["decode"] = "encoding_format" not in call.params
        call.params.setdefault("encoding_format", "base64")
        return super().build_request(call)

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The vectors, as lists unless the caller asked for base64."""
        data = super().parse_response(call, headers, body)
        if call.inputs.get("decode"):
            for item in data["data"]:
                item["embedding"] = as_floats(item.get("embedding"))
        return data


class AzureTranscription(_OnAzure, OpenAITranscription):
    """Transcription by a deployment."""

    def shown_provider(self, provider: str) -> str | None:
        """Azure."""
        return "azure"


class AzureSpeech(_OnAzure, OpenAISpeech):
    """Speech by a deployment."""
