"""OpenAI chat parameters as Gemini's generateContent takes them.

Source: the Gemini and Vertex AI API references, and LiteLLM 1.106.2 as observed for what has no counterpart there.
The result holds `generationConfig` fields and whole top-level fields side by side; `body_fields` sorts them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

import litellm
from litellm.llms.gemini import models, thinking
from litellm.llms.gemini.schema import answer_schema
from litellm.llms.gemini.tools import camel, convert_tool_choice, convert_tools, declares_functions

AT_AI_STUDIO: tuple[str, ...] = (
    "temperature", "top_p", "max_tokens", "max_completion_tokens", "stream", "tools", "tool_choice", "functions",
    "response_format", "n", "stop", "logprobs", "frequency_penalty", "presence_penalty", "seed", "modalities",
    "parallel_tool_calls", "web_search_options", "include_server_side_tool_invocations", "service_tier",
)  # fmt: skip
AT_VERTEX: tuple[str, ...] = (
    "temperature", "top_p", "top_k", "max_tokens", "max_completion_tokens", "stream", "tools", "functions",
    "tool_choice", "response_format", "n", "stop", "extra_headers", "seed", "logprobs", "top_logprobs", "modalities",
    "audio", "parallel_tool_calls", "web_search_options", "include_server_side_tool_invocations", "service_tier",
)  # fmt: skip
PENALTIES = ("frequency_penalty", "presence_penalty")
_SAME_VALUE: Mapping[str, str] = {
    "temperature": "temperature", "top_p": "top_p", "top_k": "top_k", "n": "candidate_count", "seed": "seed",
    "logprobs": "responseLogprobs", "top_logprobs": "logprobs", "frequency_penalty": "frequency_penalty",
    "presence_penalty": "presence_penalty",
}  # fmt: skip
_SERVICE_TIERS: Mapping[str, str] = {"auto": "priority", "default": "standard"}
GENERATION_FIELDS = frozenset(
    {"temperature", "topP", "topK", "candidateCount", "maxOutputTokens", "stopSequences", "presencePenalty",
     "frequencyPenalty", "responseMimeType", "responseSchema", "responseJsonSchema", "seed", "responseLogprobs",
     "logprobs", "responseModalities", "imageConfig", "thinkingConfig", "mediaResolution", "speechConfig",
     "audioTimestamp", "routingConfig", "enableAffectiveDialog", "enableEnhancedCivicAnswers"}
)  # fmt: skip
"""Fields of `generationConfig`, which callers may also write in snake_case."""
TOP_FIELDS: Mapping[str, str] = {
    "safety_settings": "safetySettings", "safetySettings": "safetySettings", "cached_content": "cachedContent",
    "cachedContent": "cachedContent", "tools": "tools", "toolConfig": "toolConfig", "tool_config": "toolConfig",
    "serviceTier": "serviceTier", "labels": "labels", "model_armor_config": "modelArmorConfig",
}  # fmt: skip
MOST_STOP_SEQUENCES = 4


def supported_params(provider: str, model: str) -> list[str]:
    """OpenAI parameter names that `model` takes."""
    if provider == "gemini":
        names = list(AT_AI_STUDIO)
    else:
        names = list(AT_VERTEX)
        if models.before_thinking(model):
            names.extend(PENALTIES)
    if models.reasons(provider, model):
        names += ["reasoning_effort", "thinking"]
    if provider == "gemini" and "tts" in model:
        names.append("audio")
    return names


def map_params(provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
    """`params` in Gemini's terms. Raises `UnsupportedParamsError` for values it refuses, unless `drop`."""
    mapped: dict[str, Any] = {_SAME_VALUE[name]: value for name, value in params.items() if name in _SAME_VALUE}
    if models.thinks_by_level(model):
        mapped.setdefault("temperature", 1.0)
        for name in PENALTIES:  # which Gemini 3 refuses
            mapped.pop(name, None)
    limit = params.get("max_completion_tokens", params.get("max_tokens"))
    if limit is not None:
        mapped["max_output_tokens"] = limit
    if "stop" in params:
        stop = params["stop"]
        mapped["stop_sequences"] = [stop] if isinstance(stop, str) else list(stop)[:MOST_STOP_SEQUENCES]
    if "service_tier" in params:
        tier = str(params["service_tier"])
        mapped["serviceTier"] = _SERVICE_TIERS.get(tier, tier)
    if "response_format" in params:
        _response_format(model, params["response_format"], mapped)
    _modalities(params, mapped)
    _thinking(model, params, mapped, drop)
    _tools(params, mapped, drop)
    return mapped


def _as_format(wanted: Any) -> Any:
    """`wanted`, a pydantic model by its own schema: Gemini wants objects neither closed nor all properties required."""
    if isinstance(wanted, type) and issubclass(wanted, BaseModel):
        return {"type": "json_schema", "json_schema": {"schema": wanted.model_json_schema()}}
    return wanted


def _response_format(model: str, wanted: Any, mapped: dict[str, Any]) -> None:
    wanted = _as_format(wanted)
    if not isinstance(wanted, Mapping):
        return
    if wanted.get("type") == "text":
        mapped["response_mime_type"] = "text/plain"
        return
    mapped["response_mime_type"] = "application/json"
    schema = wanted.get("response_schema")
    if schema is None and isinstance(wanted.get("json_schema"), Mapping):
        schema = wanted["json_schema"].get("schema")
    if not isinstance(schema, Mapping):
        return
    if models.takes_json_schema(model):
        mapped["response_json_schema"] = schema
    else:
        mapped["response_schema"] = answer_schema(schema)


def _modalities(params: Mapping[str, Any], mapped: dict[str, Any]) -> None:
    if "modalities" in params:
        mapped["responseModalities"] = [str(name).upper() for name in params["modalities"]]
    audio = params.get("audio")
    if not isinstance(audio, Mapping):
        return
    if audio.get("format") not in (None, "pcm16"):
        raise litellm.BadRequestError(
            message=f"audio.format: Gemini answers in pcm16 only, not {audio['format']!r}", model="", llm_provider=""
        )
    if audio.get("voice"):
        mapped["speechConfig"] = {"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": audio["voice"]}}}
    kinds = mapped.setdefault("responseModalities", [])
    if "AUDIO" not in kinds:
        kinds.append("AUDIO")


def _thinking(model: str, params: Mapping[str, Any], mapped: dict[str, Any], drop: bool) -> None:
    effort = params.get("reasoning_effort")
    if effort is not None:
        word = thinking.effort_word(effort)
        if word is not None:
            mapped["thinkingConfig"] = thinking.of_effort(model, word)
        elif not drop:
            raise litellm.UnsupportedParamsError(
                message=f"reasoning_effort={effort!r} is not one of {', '.join(thinking.EFFORTS)}. To drop it, set "
                "`litellm.drop_params=True`.",
                model=model,
                llm_provider=None,
            )
    if isinstance(params.get("thinking"), Mapping):
        mapped["thinkingConfig"] = thinking.of_thinking(model, params["thinking"])


def _tools(params: Mapping[str, Any], mapped: dict[str, Any], drop: bool) -> None:
    asked = [*(params.get("tools") or ()), *(params.get("functions") or ())]
    if isinstance(params.get("web_search_options"), Mapping):
        asked.append({"googleSearch": {}})
    config: dict[str, Any] = {}
    mixed = bool(params.get("include_server_side_tool_invocations"))
    if asked:
        tools, retrieval = convert_tools(asked)
        if declares_functions(tools) and not mixed:
            # Gemini refuses functions beside tools of its own unless their calls are part of the answer
            tools = [tool for tool in tools if "function_declarations" in tool]
        mapped["tools"] = tools
        if retrieval:
            config["retrievalConfig"] = retrieval
    if params.get("tool_choice") is not None:
        try:
            config["functionCallingConfig"] = convert_tool_choice(params["tool_choice"])
        except litellm.UnsupportedParamsError:
            if not drop:
                raise
    if mixed:
        config["includeServerSideToolInvocations"] = True
    if config:
        mapped["toolConfig"] = config


def body_fields(params: Mapping[str, Any]) -> dict[str, Any]:
    """`params`, mapped ones and a caller's native ones, as fields of the request; names nobody knows are left out."""
    body: dict[str, Any] = {}
    generation: dict[str, Any] = {}
    for name, value in params.items():
        if name in TOP_FIELDS:
            body[TOP_FIELDS[name]] = value
        elif name in GENERATION_FIELDS or camel(name) in GENERATION_FIELDS:
            generation[name] = value
        elif name in ("generationConfig", "generation_config") and isinstance(value, Mapping):
            generation = {**value, **generation}
    if generation:
        body["generationConfig"] = generation
    return body
