"""The LLM routes as data: one row an endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from litellm.proxy.errors import ErrorFormat


@dataclass(frozen=True, slots=True)
class LLMRoute:
    """An endpoint. `call_type` is what hooks are told, `method` the router's; `required` are its fields' types."""

    path: str
    call_type: str
    method: str
    required: Mapping[str, tuple[type, ...]]
    shape: ErrorFormat = "openai"
    spellings: tuple[str, ...] = ("/v1{path}", "{path}")
    default_model: str | None = None
    metadata_field: str = "metadata"
    """Where the router looks for what the gateway knows of a request."""

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path that the endpoint answers on."""
        return tuple(spelling.format(path=self.path, model="{model:path}") for spelling in self.spellings)


_BY_MODEL = ("/v1{path}", "{path}", "/engines/{model}{path}", "/openai/deployments/{model}{path}")

CHAT = LLMRoute(
    "/chat/completions", "acompletion", "acompletion", {"messages": (list,)}, "openai", _BY_MODEL, "completion_model"
)
TEXT = LLMRoute(
    "/completions", "atext_completion", "atext_completion", {"prompt": (str, list)}, "openai", _BY_MODEL,
    "completion_model",
)  # fmt: skip
EMBEDDINGS = LLMRoute(
    "/embeddings", "aembedding", "aembedding", {"input": (str, list)}, "openai", _BY_MODEL, "embedding_model"
)
MESSAGES = LLMRoute(
    "/messages", "anthropic_messages", "aanthropic_messages", {"messages": (list,), "max_tokens": (int,)}, "anthropic",
    ("/v1{path}",), metadata_field="litellm_metadata",
)  # fmt: skip

LLM_ROUTES = (CHAT, MESSAGES, EMBEDDINGS, TEXT)
