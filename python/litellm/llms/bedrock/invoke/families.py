"""The families that take a text prompt, as data: their parameters, their template, and where their text is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from litellm.llms.bedrock.invoke import prompts

Path = tuple[str | int, ...]
_COHERE_PARAMS = (
    "stream", "temperature", "max_tokens", "max_completion_tokens", "top_p", "frequency_penalty", "presence_penalty",
    "stop", "n", "tools", "tool_choice", "seed", "extra_headers",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TextFamily:
    """One family. A path is where a value is: names of members and places in lists."""

    prompt: Callable[[Iterable[prompts.Turn]], str]
    text: Path
    reason: Path
    chunk_text: Path
    chunk_reason: Path
    params: tuple[str, ...] = ("max_tokens", "temperature", "top_p", "stream")
    names: Mapping[str, str] = field(default_factory=dict)
    """OpenAI parameter name → the family's."""
    prompt_name: str = "prompt"
    within: str | None = None
    """The member that holds the parameters, when they are not beside the prompt."""
    known_only: frozenset[str] | None = None
    """The parameters that it takes at all; others, which only a model could know, are left out."""
    says_stream: bool = False
    """Whether the body says that the reply is to be streamed."""
    counts: tuple[Path, Path] | None = None
    """Where a reply has its prompt and completion tokens."""
    thinks: bool = False
    """Whether the text begins inside thinking, which `</think>` ends."""
    streams: bool = True


REASONS: Mapping[str, str] = {
    "stop": "stop", "FINISH": "stop", "COMPLETE": "stop", "endoftext": "stop", "stop_sequence": "stop",
    "length": "length", "LENGTH": "length", "MAX_TOKENS": "length", "max_tokens": "length",
    "CONTENT_FILTERED": "content_filter", "ERROR_TOXIC": "content_filter", "content_filtered": "content_filter",
    "tool_calls": "tool_calls",
}  # fmt: skip

_LLAMA = TextFamily(
    prompt=prompts.llama3,
    text=("generation",),
    reason=("stop_reason",),
    chunk_text=("generation",),
    chunk_reason=("stop_reason",),
    names={"max_tokens": "max_gen_len"},
)
_STOPS = ("max_tokens", "temperature", "top_p", "stop", "stream")
FAMILIES: Mapping[str, TextFamily] = {
    "llama": _LLAMA,
    "llama2": TextFamily(
        prompt=prompts.llama2,
        text=_LLAMA.text,
        reason=_LLAMA.reason,
        chunk_text=_LLAMA.chunk_text,
        chunk_reason=_LLAMA.chunk_reason,
        names=_LLAMA.names,
    ),
    "imported": TextFamily(
        prompt=prompts.joined,
        text=_LLAMA.text,
        reason=_LLAMA.reason,
        chunk_text=_LLAMA.chunk_text,
        chunk_reason=_LLAMA.chunk_reason,
        names=_LLAMA.names,
    ),
    "deepseek_r1": TextFamily(
        prompt=prompts.deepseek,
        text=_LLAMA.text,
        reason=_LLAMA.reason,
        chunk_text=_LLAMA.chunk_text,
        chunk_reason=_LLAMA.chunk_reason,
        names=_LLAMA.names,
        counts=(("prompt_token_count",), ("generation_token_count",)),
        thinks=True,
    ),
    "deepseek": TextFamily(
        prompt=prompts.deepseek,
        text=("choices", 0, "text"),
        reason=("choices", 0, "stop_reason"),
        chunk_text=("choices", 0, "text"),
        chunk_reason=("choices", 0, "stop_reason"),
        params=_STOPS,
        thinks=True,
    ),
    "qwen": TextFamily(
        prompt=prompts.chatml,
        text=("generation",),
        reason=("stop_reason",),
        chunk_text=("generation",),
        chunk_reason=("stop_reason",),
        params=("max_tokens", "temperature", "top_p", "top_k", "stop", "stream"),
        names={"max_tokens": "max_gen_len"},
        known_only=frozenset({"max_gen_len", "temperature", "top_p", "top_k", "stop"}),
        counts=(("prompt_token_count",), ("generation_token_count",)),
    ),
    "mistral": TextFamily(
        prompt=prompts.mistral,
        text=("outputs", 0, "text"),
        reason=("outputs", 0, "stop_reason"),
        chunk_text=("outputs", 0, "text"),
        chunk_reason=("outputs", 0, "stop_reason"),
        params=_STOPS,
    ),
    "cohere": TextFamily(
        prompt=prompts.paragraphs,
        text=("generations", 0, "text"),
        reason=("generations", 0, "finish_reason"),
        chunk_text=("text",),
        chunk_reason=("finish_reason",),
        params=_COHERE_PARAMS,
        names={
            "max_completion_tokens": "max_tokens",
            "top_p": "p",
            "n": "num_generations",
            "stop": "stop_sequences",
        },
        says_stream=True,
    ),
    "titan": TextFamily(
        prompt=prompts.titan,
        text=("results", 0, "outputText"),
        reason=("results", 0, "completionReason"),
        chunk_text=("outputText",),
        chunk_reason=("completionReason",),
        params=("max_tokens", "max_completion_tokens", "stop", "temperature", "top_p", "stream"),
        names={
            "max_tokens": "maxTokenCount",
            "max_completion_tokens": "maxTokenCount",
            "stop": "stopSequences",
            "top_p": "topP",
        },
        prompt_name="inputText",
        within="textGenerationConfig",
    ),
    "ai21": TextFamily(
        prompt=prompts.joined,
        text=("completions", 0, "data", "text"),
        reason=("completions", 0, "finishReason", "reason"),
        chunk_text=("completions", 0, "data", "text"),
        chunk_reason=("completions", 0, "finishReason", "reason"),
        names={"max_tokens": "maxTokens", "top_p": "topP"},
        streams=False,
    ),
    "twelvelabs": TextFamily(
        prompt=prompts.labelled,
        text=("message",),
        reason=("finishReason",),
        chunk_text=("message",),
        chunk_reason=("finishReason",),
        params=("max_tokens", "max_completion_tokens", "temperature", "response_format"),
        names={
            "max_tokens": "maxOutputTokens",
            "max_completion_tokens": "maxOutputTokens",
            "response_format": "responseFormat",
        },
        prompt_name="inputPrompt",
        known_only=frozenset({"maxOutputTokens", "temperature", "responseFormat", "mediaSource"}),
    ),
}


def family(name: str, base: str, model_id: str) -> TextFamily:
    """The family `name` for the model `base`: Llama's generations differ, and imported models bring no template."""
    if name == "llama" and base.startswith("meta.llama2"):
        return FAMILIES["llama2"]
    imported = model_id.startswith("arn:")
    if name == "llama" and imported:
        return FAMILIES["imported"]
    if name == "deepseek_r1" and not imported:
        return FAMILIES["deepseek"]
    return FAMILIES[name]


def at(data: Any, path: Path) -> Any:
    """What is at `path` in `data`; None when something on the way is missing."""
    for step in path:
        if isinstance(step, str):
            data = data.get(step) if isinstance(data, dict) else None
        else:
            data = data[step] if isinstance(data, list) and len(data) > step else None
    return data
