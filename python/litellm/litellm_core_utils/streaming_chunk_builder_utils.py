"""Putting the chunks of a stream back together into one response."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from typing import Any

from litellm.litellm_core_utils.text_tokens import count_message_tokens, count_text_tokens
from litellm.types.utils import ModelResponse, TextCompletionResponse, Usage

_USAGE_FIELDS = ("prompt_tokens", "completion_tokens", "total_tokens")
_FIELDS = ("system_fingerprint", "service_tier", "citations")
_LISTS = (
    "vertex_ai_grounding_metadata", "vertex_ai_url_context_metadata", "vertex_ai_safety_ratings",
    "vertex_ai_safety_results", "vertex_ai_citation_metadata",
)  # fmt: skip
"""What Google says beside its text: the last list that is not empty counts."""
_BESIDE_TEXT = ("tool_calls", "function_call", "annotations", "images", "audio")


def stream_chunk_builder(
    chunks: list[Any],
    messages: list[Any] | None = None,
    start_time: Any = None,
    end_time: Any = None,
    logging_obj: Any = None,
) -> ModelResponse | TextCompletionResponse | None:
    """The response that `chunks` (chunk objects or dicts) add up to; None when there are none.

    Usage is what the provider sent with the stream. When it sent none, tokens are counted, those of the prompt from
    `messages`. `start_time`, `end_time` and `logging_obj` are taken for compatibility.
    """
    dicts = [chunk if isinstance(chunk, dict) else chunk.model_dump() for chunk in chunks if chunk is not None]
    if not dicts:
        return None
    if any("text" in choice for chunk in dicts for choice in chunk.get("choices") or ()):
        return build_text_completion(dicts, messages)
    first = dicts[0]
    merged = _Merged()
    for chunk in dicts:
        merged.add(chunk)
    hidden = [getattr(chunk, "_hidden_params", None) or {} for chunk in chunks]
    model = _model_of(dicts)
    usage = sum_usage(dicts, hidden) or counted_usage(str(model or ""), merged, messages)
    _complete_details(usage, merged)
    response = ModelResponse(
        id=first.get("id"),
        created=first.get("created") or int(time.time()),
        model=model,
        object="chat.completion",
        system_fingerprint=merged.fields.get("system_fingerprint"),
        choices=[choice.as_dict() for _, choice in sorted(merged.choices.items())] or [_Choice(0).as_dict()],
    )
    response["usage"] = Usage(**usage)
    for name in ("service_tier", "citations", *_LISTS):
        if merged.fields.get(name) is not None:
            setattr(response, name, merged.fields[name])
    response._hidden_params = dict(hidden[-1])
    response._hidden_params.pop("usage", None)
    return response


def build_text_completion(chunks: list[dict[str, Any]], messages: list[Any] | None = None) -> TextCompletionResponse:
    """The text completion that text chunks add up to."""
    texts: dict[int, list[str]] = {}
    reasons: dict[int, str] = {}
    for chunk in chunks:
        for choice in chunk.get("choices") or ():
            index = choice.get("index") or 0
            texts.setdefault(index, []).append(choice.get("text") or "")
            if choice.get("finish_reason"):
                reasons[index] = choice["finish_reason"]
    model = str(chunks[0].get("model") or "")
    choices = [
        {"index": index, "text": "".join(parts), "logprobs": None, "finish_reason": reasons.get(index, "stop")}
        for index, parts in sorted(texts.items())
    ]
    usage = sum_usage(chunks)
    if usage is None or not usage.get("total_tokens"):
        prompt = count_message_tokens(model, messages) if messages else 0
        completion = sum(count_text_tokens(str(choice["text"]), model) for choice in choices)
        usage = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
    return TextCompletionResponse(
        id=chunks[0].get("id"),
        object="text_completion",
        created=chunks[0].get("created"),
        model=model,
        choices=choices,
        usage=usage,
    )


def _model_of(chunks: list[dict[str, Any]]) -> Any:
    """The model that a stream names: where its chunks name several, the second."""
    first = chunks[0].get("model")
    return next((chunk["model"] for chunk in chunks if chunk.get("model") not in (None, "", first)), first)


class _Merged:
    """What the chunks hold, by choice."""

    def __init__(self) -> None:
        self.choices: dict[int, _Choice] = {}
        self.fields: dict[str, Any] = {}
        self.only_text = True

    def add(self, chunk: dict[str, Any]) -> None:
        for name in _FIELDS:
            if chunk.get(name) is not None:
                self.fields[name] = chunk[name]
        for name in _LISTS:
            if chunk.get(name):
                self.fields[name] = chunk[name]
        for choice in chunk.get("choices") or ():
            index = choice.get("index") or 0
            found = self.choices.get(index)
            if found is None:
                found = self.choices[index] = _Choice(index)
            found.add(choice)
            delta = choice.get("delta") or {}
            if delta.get("provider_specific_fields") is not None or any(delta.get(name) for name in _BESIDE_TEXT):
                self.only_text = False

    @property
    def text(self) -> str:
        return "".join("".join(choice.content) for choice in self.choices.values())

    @property
    def reasoning(self) -> str:
        return "".join("".join(choice.reasoning) for choice in self.choices.values())


class _Choice:
    """One choice as it grows."""

    def __init__(self, index: int) -> None:
        self.index = index
        self.role = "assistant"
        self.content: list[str] = []
        self.reasoning: list[str] = []
        self.tool_calls: dict[int, dict[str, Any]] = {}
        self.function_call: dict[str, str] | None = None
        self.thinking: list[dict[str, Any]] = []
        self.annotations: list[Any] = []
        self.images: list[Any] = []
        self.audio: dict[str, Any] = {}
        self.citations: list[list[Any]] = []
        self.specific: dict[str, Any] = {}
        self.logprobs: list[Any] = []
        self.finish_reason: str | None = None

    def add(self, choice: dict[str, Any]) -> None:
        if choice.get("finish_reason"):
            self.finish_reason = choice["finish_reason"]
        if isinstance(choice.get("logprobs"), dict):
            self.logprobs.extend(choice["logprobs"].get("content") or ())
        delta = choice.get("delta") or {}
        if delta.get("content") is not None:
            self.content.append(delta["content"])
        if delta.get("reasoning_content"):
            self.reasoning.append(delta["reasoning_content"])
        for call in delta.get("tool_calls") or ():
            self._add_call(call)
        if delta.get("function_call"):
            self._add_function_call(delta["function_call"])
        for block in delta.get("thinking_blocks") or ():
            self._add_thinking(block)
        self.annotations.extend(delta.get("annotations") or ())
        self.images.extend(delta.get("images") or ())
        if delta.get("audio"):
            self._add_audio(delta["audio"])
        for name, value in (delta.get("provider_specific_fields") or {}).items():
            if name == "citation":
                self.citations.append([value])
            elif isinstance(value, list) and isinstance(self.specific.get(name), list):
                self.specific[name] = self.specific[name] + value
            elif name != "thinking_blocks" and value is not None:
                self.specific[name] = value

    def _add_call(self, call: dict[str, Any]) -> None:
        index = call.get("index") or 0
        function = call.get("function") or {}
        found = self.tool_calls.setdefault(
            index, {"id": None, "type": "function", "function": {"name": None, "arguments": ""}}
        )
        if call.get("id"):
            found["id"] = call["id"]
        if function.get("name"):
            found["function"]["name"] = function["name"]
        found["function"]["arguments"] += function.get("arguments") or ""
        if call.get("provider_specific_fields"):
            found["provider_specific_fields"] = call["provider_specific_fields"]

    def _add_function_call(self, call: dict[str, Any]) -> None:
        if self.function_call is None:
            self.function_call = {"name": "", "arguments": ""}
        self.function_call["name"] = call.get("name") or self.function_call["name"]
        self.function_call["arguments"] += call.get("arguments") or ""

    def _add_thinking(self, block: dict[str, Any]) -> None:
        if block.get("type") != "thinking":
            self.thinking.append(block)
            return
        last = self.thinking[-1] if self.thinking else None
        if last is None or last.get("type") != "thinking" or last.get("signature"):
            last = {"type": "thinking", "thinking": ""}
            self.thinking.append(last)
        last["thinking"] += block.get("thinking") or ""
        if block.get("signature"):
            last["signature"] = block["signature"]

    def _add_audio(self, audio: dict[str, Any]) -> None:
        for name, value in audio.items():
            if name in ("data", "transcript") and value:
                self.audio[name] = self.audio.get(name, "") + value
            elif value is not None:
                self.audio[name] = value

    def as_dict(self) -> dict[str, Any]:
        calls = self.tool_calls or self.function_call is not None
        content = "".join(self.content) if self.content or not calls else None
        message: dict[str, Any] = {"role": self.role, "content": content}
        if self.tool_calls:
            message["tool_calls"] = [call for _, call in sorted(self.tool_calls.items())]
        if self.function_call is not None:
            message["function_call"] = self.function_call
        if self.reasoning:
            message["reasoning_content"] = "".join(self.reasoning)
        for name in ("annotations", "images", "audio"):
            if getattr(self, name):
                message[name] = getattr(self, name)
        if self.thinking:
            message["thinking_blocks"] = self.thinking
        specific = dict(self.specific)
        if self.citations:
            specific["citations"] = self.citations
        if specific:
            message["provider_specific_fields"] = specific
        made: dict[str, Any] = {"index": self.index, "finish_reason": self.finish_reason or "stop", "message": message}
        if self.logprobs:
            made["logprobs"] = {"content": self.logprobs}
        return made


def sum_usage(chunks: Iterable[dict[str, Any]], hidden: Iterable[dict[str, Any]] = ()) -> dict[str, Any] | None:
    """The usage that a stream reported: the last figures given, field by field. None when it reported none."""
    found: dict[str, Any] | None = None
    for source in (*(chunk.get("usage") for chunk in chunks), *(params.get("usage") for params in hidden)):
        if source is None:
            continue
        usage = source if isinstance(source, dict) else source.model_dump()
        found = {} if found is None else found
        found.update({k: v for k, v in usage.items() if v is not None and (v or k not in found)})
    if found is not None and not found.get("total_tokens"):
        found["total_tokens"] = (found.get("prompt_tokens") or 0) + (found.get("completion_tokens") or 0)
    return found


def counted_usage(model: str, merged: _Merged, messages: list[Any] | None) -> dict[str, Any]:
    """Usage by counting tokens, for streams that reported none."""
    prompt = count_message_tokens(model, messages) if messages else 0
    calls = [call for choice in merged.choices.values() for call in choice.tool_calls.values()]
    text = merged.text + "".join(_call_text(call) for call in calls)
    functions = [choice.function_call for choice in merged.choices.values() if choice.function_call]
    text += "".join(_compact(function) for function in functions)
    completion = count_text_tokens(text, model) + count_text_tokens(merged.reasoning, model)
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _call_text(call: dict[str, Any]) -> str:
    """A tool call as the text that its tokens are counted of."""
    function = {name: call["function"].get(name) for name in ("arguments", "name")}
    shown = {"function": function, "id": call.get("id"), "type": call.get("type") or "function"}
    return _compact(shown)


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _complete_details(usage: dict[str, Any], merged: _Merged) -> None:
    """Splits completion tokens into reasoning and text, where the provider did not."""
    reasoning_text = merged.reasoning
    if not reasoning_text and not merged.only_text:
        return
    given = usage.get("completion_tokens_details") or {}
    if given.get("reasoning_tokens") is not None:
        return
    completion = usage.get("completion_tokens") or 0
    reasoning = min(count_text_tokens(reasoning_text), completion) if reasoning_text else 0
    text = completion - reasoning if given.get("text_tokens") is None else given["text_tokens"]
    usage["completion_tokens_details"] = {**given, "reasoning_tokens": reasoning, "text_tokens": text}
