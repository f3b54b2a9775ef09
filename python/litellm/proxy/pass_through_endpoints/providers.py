"""The built-in pass-through routes as data: a provider is one row.

Routes, addresses and environment variables as LiteLLM 1.106.2 serves and reads them.
"""

from __future__ import annotations

from dataclasses import dataclass

ALL_METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")


@dataclass(frozen=True, slots=True)
class PassThroughProvider:
    """A provider behind `<prefix>/<its own path>`."""

    prefixes: tuple[str, ...]
    provider: str
    """LiteLLM's name: its models are priced by it, and its deployments lend their credentials."""
    base: str | None = None
    base_env: tuple[str, ...] = ()
    """Environment variables that hold another base URL, first match wins."""
    key_env: tuple[str, ...] = ()
    """Environment variables that hold the key, first match wins."""
    auth: str = "bearer"
    """How the key is shown; see `credentials.STYLES`."""
    key_optional: bool = False
    lenders: tuple[str, ...] = ()
    """Other providers whose deployments lend their credentials."""
    version: str = ""
    """Put before a path that does not begin with it."""
    query: tuple[tuple[str, str], ...] = ()
    """Query parameters that are added when the client gives none of that name."""
    methods: tuple[str, ...] = ALL_METHODS
    only: tuple[str, ...] = ()
    """Regular expressions of `METHOD path`; empty: everything."""

    @property
    def templates(self) -> tuple[str, ...]:
        """The routes, as they are in the table of access."""
        return tuple(f"{prefix}/{{endpoint}}" for prefix in self.prefixes)


BUILT_IN: tuple[PassThroughProvider, ...] = (
    PassThroughProvider(
        ("/openai", "/openai_passthrough"),
        "openai",
        "https://api.openai.com",
        ("OPENAI_API_BASE", "OPENAI_BASE_URL"),
        ("OPENAI_API_KEY",),
        version="v1",
    ),
    PassThroughProvider(
        ("/anthropic",),
        "anthropic",
        "https://api.anthropic.com",
        ("ANTHROPIC_API_BASE", "ANTHROPIC_BASE_URL"),
        ("ANTHROPIC_API_KEY",),
        "anthropic",
    ),
    PassThroughProvider(
        ("/gemini",),
        "gemini",
        "https://generativelanguage.googleapis.com",
        ("GEMINI_API_BASE",),
        ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
        "x-goog-api-key",
    ),
    PassThroughProvider(
        ("/vertex_ai/discovery", "/vertex-ai/discovery"),
        "vertex_ai",
        "https://discoveryengine.googleapis.com",
        auth="vertex",
    ),
    PassThroughProvider(
        ("/vertex_ai", "/vertex-ai"), "vertex_ai", base_env=("VERTEXAI_API_BASE", "VERTEX_API_BASE"), auth="vertex"
    ),
    PassThroughProvider(("/bedrock",), "bedrock", key_env=("AWS_BEARER_TOKEN_BEDROCK",), auth="bedrock"),
    PassThroughProvider(
        ("/cohere",),
        "cohere",
        "https://api.cohere.com",
        ("COHERE_API_BASE",),
        ("COHERE_API_KEY", "CO_API_KEY"),
        lenders=("cohere_chat",),
    ),
    PassThroughProvider(
        ("/azure",), "azure", None, ("AZURE_API_BASE",), ("AZURE_API_KEY",), "azure", lenders=("azure_ai", "azure_text")
    ),
    PassThroughProvider(
        ("/azure_ai",),
        "azure_ai",
        None,
        ("AZURE_AI_API_BASE", "AZURE_API_BASE"),
        ("AZURE_AI_API_KEY", "AZURE_API_KEY"),
        "azure",
        lenders=("azure",),
    ),
    PassThroughProvider(
        ("/azure_speech",),
        "azure_speech",
        None,
        ("AZURE_SPEECH_API_BASE",),
        ("AZURE_SPEECH_API_KEY",),
        "ocp-apim-subscription-key",
    ),
    PassThroughProvider(
        ("/mistral",), "mistral", "https://api.mistral.ai", ("MISTRAL_API_BASE",), ("MISTRAL_API_KEY",)
    ),
    PassThroughProvider(
        ("/vllm",),
        "hosted_vllm",
        None,
        ("VLLM_API_BASE", "HOSTED_VLLM_API_BASE"),
        ("VLLM_API_KEY", "HOSTED_VLLM_API_KEY"),
        key_optional=True,
        lenders=("vllm",),
    ),
    PassThroughProvider(
        ("/openrouter",),
        "openrouter",
        "https://openrouter.ai/api/v1",
        ("OPENROUTER_API_BASE",),
        ("OPENROUTER_API_KEY",),
    ),
    PassThroughProvider(
        ("/nvidia_nim",),
        "nvidia_nim",
        "https://integrate.api.nvidia.com/v1",
        ("NVIDIA_NIM_API_BASE",),
        ("NVIDIA_NIM_API_KEY",),
    ),
    PassThroughProvider(
        ("/assemblyai",),
        "assemblyai",
        "https://api.assemblyai.com",
        ("ASSEMBLYAI_API_BASE",),
        ("ASSEMBLYAI_API_KEY",),
        "bare",
    ),
    PassThroughProvider(
        ("/eu.assemblyai",),
        "assemblyai",
        "https://api.eu.assemblyai.com",
        ("ASSEMBLYAI_EU_API_BASE",),
        ("ASSEMBLYAI_EU_API_KEY", "ASSEMBLYAI_API_KEY"),
        "bare",
    ),
    PassThroughProvider(
        ("/fal_ai",), "fal_ai", "https://queue.fal.run", ("FAL_AI_API_BASE",), ("FAL_AI_API_KEY", "FAL_KEY"), "fal"
    ),
    PassThroughProvider(
        ("/cursor",), "cursor", "https://api.cursor.com", ("CURSOR_API_BASE",), ("CURSOR_API_KEY",), "basic"
    ),
    PassThroughProvider(
        ("/langfuse",),
        "langfuse",
        "https://cloud.langfuse.com",
        ("LANGFUSE_HOST", "LANGFUSE_BASE_URL"),
        ("LANGFUSE_SECRET_KEY",),
        "langfuse",
    ),
    PassThroughProvider(("/milvus",), "milvus", None, ("MILVUS_API_BASE",), ("MILVUS_API_KEY",)),
    PassThroughProvider(
        ("/typesafe",), "typesafe", "https://api.typesafe.ai", ("TYPESAFE_API_BASE",), ("TYPESAFE_API_KEY",)
    ),
    PassThroughProvider(
        ("/tinyfish",),
        "tinyfish",
        "https://agent.tinyfish.ai",
        ("TINYFISH_API_BASE",),
        ("TINYFISH_API_KEY",),
        "x-api-key",
        methods=("GET", "POST"),
        # The account is shared by all callers, so what lists or changes it is left out.
        only=(r"POST /v1/automation/run(-async|-sse)?", r"GET /v1/runs/[^/]+", r"POST /v1/runs/[^/]+/cancel"),
    ),
    PassThroughProvider(
        ("/gigachat",),
        "gigachat",
        "https://gigachat.devices.sberbank.ru/api/v1",
        ("GIGACHAT_API_BASE",),
        ("GIGACHAT_CREDENTIALS", "GIGACHAT_API_KEY"),
        "gigachat",
    ),
    PassThroughProvider(
        ("/watsonx",),
        "watsonx",
        None,
        ("WATSONX_API_BASE", "WATSONX_URL", "WX_URL"),
        ("WATSONX_APIKEY", "WATSONX_API_KEY", "WX_API_KEY"),
        "watsonx",
        query=(("version", "2024-03-13"),),
    ),
)
