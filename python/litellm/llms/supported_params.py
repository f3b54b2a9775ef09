"""Which of OpenAI's parameters a model takes.

Facts as LiteLLM 1.106.2 answers `get_supported_openai_params`: a provider without a list of its own for embeddings
or transcriptions either has none, or (`_ONE_LIST`) answers with that of its chat.
"""

from __future__ import annotations

from collections.abc import Mapping

from litellm.types.provider_registry import PROVIDERS

_ONE_LIST = frozenset(
    {
        "openai", "xai", "custom_openai", "text-completion-openai", "cohere", "cohere_chat", "anthropic",
        "anthropic_text", "replicate", "huggingface", "together_ai", "cloudflare", "tencent", "novita",
        "meta_llama", "bedrock_mantle", "openrouter", "vllm", "hosted_vllm", "gemini", "ai21", "ai21_chat",
        "baseten", "azure", "sagemaker", "bedrock", "nlp_cloud", "petals", "ollama", "ollama_chat", "deepinfra",
        "perplexity", "groq", "cerebras", "nadir", "volcengine", "text-completion-codestral", "deepseek",
        "maritalk", "voyage", "infinity", "watsonx", "watsonx_text", "predibase", "nscale", "vercel_ai_gateway",
    }
)  # fmt: skip
_EMBEDDING: Mapping[str, tuple[str, ...]] = {
    "jina_ai": ("dimensions",),
    "vertex_ai": ("dimensions",),
    "vertex_ai_beta": ("dimensions",),
    "mistral": ("encoding_format",),
    "codestral": ("encoding_format",),
    "nvidia_nim": ("encoding_format", "user", "dimensions"),
    "voyage": ("encoding_format", "dimensions"),
    "infinity": ("encoding_format", "modality", "dimensions"),
    "sambanova": (),
    "fireworks_ai": (),
    "triton": (),
    "databricks": (),
}
_WHISPER = ("language", "prompt", "response_format", "temperature", "timestamp_granularities")
_GPT_TRANSCRIBE = ("language", "prompt", "response_format", "temperature", "include")
_TRANSCRIPTION: Mapping[str, tuple[str, ...]] = {
    "openai": _WHISPER,
    "mistral": ("language", "temperature", "timestamp_granularities", "response_format"),
    "codestral": ("language", "temperature", "timestamp_granularities", "response_format"),
    "soniox": ("language", "response_format"),
    "deepgram": ("language",),
    "elevenlabs": ("language", "temperature"),
    "ovhcloud": ("language", "prompt", "response_format", "timestamp_granularities", "temperature"),
    "scaleway": _WHISPER,
    "voyage": ("encoding_format", "dimensions"),
    "infinity": ("encoding_format", "modality", "dimensions"),
}
_CHAT_LIST_FOR_TRANSCRIPTION = _ONE_LIST | {"sambanova", "triton"}
_NO_CHAT_LIST = frozenset(
    {"xinference", "aiml", "manus", "lemonade", "veniceai", "aihubmix", "gmi", "crusoe", "llamagate", "sarvam",
     "abliteration", "empiriolabs"}
)  # fmt: skip
"""Providers of whose chat upstream names no list, although their calls take the usual parameters."""
_CHAT: Mapping[str, tuple[str, ...]] = {
    "anyscale": ("temperature", "top_p", "stream", "max_tokens", "stop", "frequency_penalty", "presence_penalty"),
    "voyage": ("encoding_format", "dimensions"),
    "infinity": ("encoding_format", "modality", "dimensions"),
    "fal_ai": ("reasoning_effort", "temperature", "top_p"),
    "a2a": ("stream", "temperature", "max_tokens", "top_p"),
    "langgraph": ("stream",),
    "langflow": ("stream",),
    "bytez": ("stream", "max_tokens", "max_completion_tokens", "temperature", "top_p", "n", "max_retries"),
    "nlp_cloud": ("max_tokens", "stream", "temperature", "top_p", "presence_penalty", "frequency_penalty", "n", "stop"),
    "petals": ("max_tokens", "temperature", "top_p", "stream"),
}
"""Chat lists of providers whose chat has no format here, or whose list says more than their format takes."""
_TEXT_COMPLETION = (
    "functions", "function_call", "temperature", "top_p", "n", "stream", "stream_options", "stop", "max_tokens",
    "presence_penalty", "frequency_penalty", "logit_bias", "user", "response_format", "seed", "tools", "tool_choice",
    "max_retries", "logprobs", "top_logprobs", "extra_headers",
)  # fmt: skip


def supported_openai_params(model: str, provider: str, request_type: str = "chat_completion") -> list[str] | None:
    """The names, or None when nothing is known of what the provider takes.

    `request_type` is `chat_completion`, `embeddings` or `transcription`.
    """
    if request_type == "embeddings":
        return _list_of(_EMBEDDING, _ONE_LIST, model, provider)
    if request_type == "transcription":
        if provider == "openai" and "whisper" not in model:
            return list(_GPT_TRANSCRIBE)
        return _list_of(_TRANSCRIPTION, _CHAT_LIST_FOR_TRANSCRIPTION, model, provider)
    return _chat_list(model, provider)


def _list_of(
    own: Mapping[str, tuple[str, ...]], falls_back: frozenset[str], model: str, provider: str
) -> list[str] | None:
    if provider in own:
        return list(own[provider])
    if provider == "custom_openai":
        return list(_TEXT_COMPLETION)
    return _chat_list(model, provider) if provider in falls_back else None


def _chat_list(model: str, provider: str) -> list[str] | None:
    if provider in _CHAT:
        return list(_CHAT[provider])
    if provider in ("text-completion-openai", "azure_text"):
        return list(_TEXT_COMPLETION)
    row = PROVIDERS.get(provider)
    if row is None or provider in _NO_CHAT_LIST:
        return None
    if row.wire is None and provider not in ("assemblyai", "custom", "gdc", "vllm"):
        return None
    from litellm.llms.formats import chat_format

    return list(chat_format(provider, model).supported_params(provider, model))
