"""Which format a provider's endpoints other than chat speak: one row for each endpoint and provider.

A row is the path of a class or a factory without arguments, loaded when it is first needed, `module:name`. Providers
without a row speak OpenAI's format where `OPENAI_FORMAT` says so.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import lru_cache
from typing import cast

from litellm.llms.endpoint_wire import EndpointFormat
from litellm.types.provider_registry import PROVIDERS

_OPENAI = "litellm.llms.openai"
_AZURE = "litellm.llms.azure.endpoints"
_RERANK = "litellm.llms.rerank.formats"
_GEMINI = "litellm.llms.gemini"
_VERTEX = "litellm.llms.vertex_ai"

FORMATS: Mapping[str, Mapping[str, str]] = {
    "embedding": {
        "gemini": f"{_GEMINI}.embeddings:GeminiEmbedding",
        "vertex_ai": f"{_VERTEX}.embeddings:VertexEmbedding",
        "vertex_ai_beta": f"{_VERTEX}.embeddings:VertexEmbedding",
        "azure": f"{_AZURE}:AzureEmbeddings",
        "cohere": "litellm.llms.cohere.embeddings:CohereEmbedding",
        "cohere_chat": "litellm.llms.cohere.embeddings:CohereEmbedding",
        "bedrock": "litellm.llms.bedrock.embeddings:BedrockEmbedding",
        "sap": "litellm.llms.sap.embeddings:SapEmbedding",
        "sagemaker": "litellm.llms.sagemaker.embeddings:SageMakerEmbedding",
        "databricks": "litellm.llms.databricks.embeddings:DatabricksEmbedding",
        "huggingface": "litellm.llms.huggingface.embeddings:HuggingFaceEmbedding",
        "ollama": "litellm.llms.ollama.embeddings:OllamaEmbedding",
        "oci": "litellm.llms.oci.embeddings:OciEmbedding",
        "snowflake": "litellm.llms.snowflake.embeddings:SnowflakeEmbedding",
        "triton": "litellm.llms.triton.embeddings:TritonEmbedding",
        "voyage": "litellm.llms.openai_like.embeddings:VoyageEmbeddings",
        "watsonx": "litellm.llms.watsonx.embeddings:WatsonxEmbedding",
    },
    "image_generation": {
        "gemini": f"{_GEMINI}.images:GoogleImages",
        "vertex_ai": f"{_VERTEX}.images:VertexImages",
        "vertex_ai_beta": f"{_VERTEX}.images:VertexImages",
        "bedrock": "litellm.llms.bedrock.images:BedrockImages",
        "azure": f"{_AZURE}:AzureImages",
        "azure_ai": f"{_AZURE}:AzureImages",
        "aiml": "litellm.llms.openai_like.images:AIMLImages",
        "recraft": "litellm.llms.openai_like.images:RecraftImages",
    },
    "image_edit": {
        "azure": f"{_AZURE}:AzureImageEdit",
        "azure_ai": f"{_AZURE}:AzureImageEdit",
        "gemini": f"{_GEMINI}.images:GoogleImages",
        "vertex_ai": f"{_VERTEX}.images:VertexImageEdit",
        "vertex_ai_beta": f"{_VERTEX}.images:VertexImageEdit",
        "recraft": "litellm.llms.openai_like.images:RecraftImageEdit",
    },
    "image_variation": {},
    "transcription": {
        "gemini": f"{_GEMINI}.speech:GeminiTranscription",
        "vertex_ai": f"{_VERTEX}.speech:vertex_transcription",
        "vertex_ai_beta": f"{_VERTEX}.speech:vertex_transcription",
        "azure": f"{_AZURE}:AzureTranscription",
        "groq": "litellm.llms.openai_like.audio:groq_transcription",
        "fireworks_ai": "litellm.llms.openai_like.audio:fireworks_transcription",
        "mistral": "litellm.llms.openai_like.audio:MistralTranscription",
        "deepgram": "litellm.llms.deepgram.audio:DeepgramTranscription",
        "elevenlabs": "litellm.llms.elevenlabs.audio:ElevenLabsTranscription",
    },
    "speech": {
        "elevenlabs": "litellm.llms.elevenlabs.audio:ElevenLabsSpeech",
        "azure": f"{_AZURE}:AzureSpeech",
        "gemini": f"{_GEMINI}.speech:GeminiSpeech",
        "vertex_ai": f"{_VERTEX}.speech:vertex_speech",
        "vertex_ai_beta": f"{_VERTEX}.speech:vertex_speech",
    },
    "moderation": {},
    "ocr": {
        "azure_ai": "litellm.llms.ocr.document_intelligence:AzureOCR",
        "mistral": "litellm.llms.ocr.mistral:MistralOCR",
        "vertex_ai": "litellm.llms.ocr.mistral:VertexMistralOCR",
    },
    "video_generation": {
        "gemini": f"{_GEMINI}.videos:GoogleVideos",
        "vertex_ai": f"{_GEMINI}.videos:GoogleVideos",
        "openai": f"{_OPENAI}.videos:OpenAIVideos",
        "azure": f"{_OPENAI}.videos:OpenAIVideos",
        "hosted_vllm": f"{_OPENAI}.videos:OpenAIVideos",
        "litellm_proxy": f"{_OPENAI}.videos:OpenAIVideos",
    },
    "rerank": {
        "vertex_ai": f"{_VERTEX}.rerank:VertexRerank",
        "vertex_ai_beta": f"{_VERTEX}.rerank:VertexRerank",
        "azure_ai": f"{_RERANK}:AzureAIRerank",
        "bedrock": "litellm.llms.bedrock.rerank:BedrockRerank",
        "cohere": f"{_RERANK}:CohereRerank",
        "deepinfra": f"{_RERANK}:DeepInfraRerank",
        "hosted_vllm": f"{_RERANK}:VLLMRerank",
        "huggingface": f"{_RERANK}:HuggingFaceRerank",
        "infinity": f"{_RERANK}:InfinityRerank",
        "jina_ai": f"{_RERANK}:JinaRerank",
        "litellm_proxy": f"{_RERANK}:LiteLLMProxyRerank",
        "nvidia_nim": f"{_RERANK}:NvidiaRerank",
        "together_ai": f"{_RERANK}:TogetherRerank",
        "voyage": f"{_RERANK}:VoyageRerank",
    },
}
OPENAI_FORMAT: Mapping[str, str] = {
    "image_generation": f"{_OPENAI}.images:OpenAIImages",
    "image_edit": f"{_OPENAI}.images:OpenAIImageEdit",
    "image_variation": f"{_OPENAI}.images:OpenAIImageVariation",
    "transcription": f"{_OPENAI}.audio:OpenAITranscription",
    "speech": f"{_OPENAI}.audio:OpenAISpeech",
    "moderation": f"{_OPENAI}.moderations:OpenAIModeration",
}
"""What a provider of OpenAI's wire format speaks when it has no row."""
OPENAI_WIRES = frozenset({"openai", "azure"})


@lru_cache(maxsize=512)
def endpoint_format(endpoint: str, provider: str) -> EndpointFormat | None:
    """The format of `endpoint` at `provider`; None when the provider is not known to have it."""
    path = FORMATS[endpoint].get(provider)
    row = PROVIDERS.get(provider)
    if path is None and (row is None or row.wire in OPENAI_WIRES):
        path = OPENAI_FORMAT.get(endpoint)
    if path is None:
        return None
    module, _, name = path.partition(":")
    return cast(EndpointFormat, getattr(importlib.import_module(module), name)())
