"""The quirks of OpenAI-compatible providers, by name.

Facts as LiteLLM 1.106.2 shows them through `get_supported_openai_params`, `get_optional_params` and recorded calls.
A provider that is not listed is `USUAL`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.openai.params import OPENAI_CHAT_PARAMS
from litellm.llms.openai_like.profile import OPENAI, Profile, When

LIMIT_RENAMED: Mapping[str, str] = {"max_completion_tokens": "max_tokens"}


def _names(names: str) -> tuple[str, ...]:
    return tuple(names.split())


def _params(*, add: str = "", without: str = "") -> tuple[str, ...]:
    """OpenAI's usual parameters and some more, or some fewer."""
    left_out = _names(without)
    return (*(name for name in OPENAI_CHAT_PARAMS if name not in left_out), *_names(add))


def _like(**quirks: Any) -> Profile:
    """Replies are read as OpenAI's own, their models named after the provider."""
    return Profile(**{"names_provider_in_model": True, **quirks})


def _handled(**quirks: Any) -> Profile:
    """Replies are read by the generic reader: messages have no fields of their own."""
    return Profile(**{"sdk_retries": False, "message_fields": False, "names_empty_reply": False, **quirks})


def _plain(**quirks: Any) -> Profile:
    """Replies pass through as they are."""
    return Profile(
        **{
            "sdk_retries": False,
            "choice_fields": False,
            "message_fields": False,
            "names_itself": False,
            "unreadable_status": None,
            **quirks,
        }
    )


_THINKS = When("supports_reasoning", add=("reasoning_effort",))
"""Takes an effort for the models that the catalogue says can reason."""


def _from_catalogue(**quirks: Any) -> Profile:
    """Takes tools and an effort only for models that the catalogue says can use them."""
    return _like(**{"tools_need_catalogue": True, "when": (_THINKS,), **quirks})


_NIM_TOOLS = ("tools", "tool_choice", "parallel_tool_calls", "response_format")
_NIM_MORE = (*_NIM_TOOLS, "frequency_penalty", "presence_penalty")
USUAL = _like(renames=LIMIT_RENAMED)
PROFILES: Mapping[str, Profile] = {
    "openai": OPENAI,
    "ai21": _like(
        params=_names(
            "tools response_format max_tokens max_completion_tokens temperature stop n stream seed tool_choice"
        ),
        renames=LIMIT_RENAMED,
    ),
    "ai21_chat": _like(
        params=_names(
            "tools response_format max_tokens max_completion_tokens temperature stop n stream seed tool_choice"
        ),
        renames=LIMIT_RENAMED,
    ),
    "amazon_nova": _plain(
        keeps_cache_control=True,
        params=_names(
            "top_p temperature max_tokens max_completion_tokens metadata stop stream stream_options "
            "tools tool_choice reasoning_effort"
        ),
        renames=LIMIT_RENAMED,
        names_provider_in_model=True,
    ),
    "apertis": _from_catalogue(renames=LIMIT_RENAMED),
    "assemblyai": _from_catalogue(),
    "azure_ai": _like(
        left_out=frozenset({"thinking_blocks", "reasoning_content"}),
        openai_families=True,
        flattens_content=True,
        message_fields=False,
        names_provider_in_model=True,
        when=(
            When("supports_tool_choice", said="not true", without=("tool_choice",)),
            When(name="grok-(4|code|3-mini)", without=("stop",)),
        ),
    ),
    "baseten": _like(
        params=_names(
            "max_tokens max_completion_tokens response_format seed stop stream temperature top_p "
            "tool_choice tools user presence_penalty frequency_penalty stream_options"
        ),
        renames=LIMIT_RENAMED,
    ),
    "cerebras": _like(
        when=(_THINKS,),
        params=_names(
            "max_tokens max_completion_tokens response_format seed stop stream temperature top_p "
            "tool_choice tools user max_retries extra_headers"
        ),
        renames=LIMIT_RENAMED,
    ),
    "charity_engine": _from_catalogue(renames=LIMIT_RENAMED),
    "chatgpt": _like(
        openai_families=True,
    ),
    "chutes": _from_catalogue(renames=LIMIT_RENAMED),
    "clarifai": _like(
        params=_names(
            "max_tokens max_completion_tokens response_format stream temperature top_p tool_choice "
            "tools presence_penalty frequency_penalty stream_options"
        )
    ),
    "cloudflare": _handled(),
    "codestral": _like(
        left_out=frozenset({"thinking_blocks", "reasoning_content"}),
        call_index=False,
        flattens_content=True,
        tool_choice_objects=False,
        params=_names(
            "stream temperature top_p max_tokens max_completion_tokens tools tool_choice seed stop "
            "response_format parallel_tool_calls"
        ),
        renames={**LIMIT_RENAMED, "seed": "random_seed"},
        name_roles=frozenset({"tool"}),
        empty_assistant=False,
        tool_choice_values={"required": "any"},
    ),
    "cognition": _from_catalogue(),
    "cometapi": _handled(),
    "compactifai": _plain(names_provider_in_model=True),
    "cortecs": _from_catalogue(),
    "darkbloom": _from_catalogue(renames=LIMIT_RENAMED),
    "dashscope": _like(params=_params(add="reasoning_effort"), keeps_cache_control=True),
    "databricks": _plain(
        keeps_cache_control=True,
        marks_in_parts=True,
        params=_names(
            "stream stop temperature top_p max_tokens max_completion_tokens n response_format tools "
            "tool_choice reasoning_effort thinking"
        ),
        renames=LIMIT_RENAMED,
        names_provider_in_model=True,
    ),
    "datarobot": _plain(renames=LIMIT_RENAMED),
    "deepinfra": _like(
        when=(_THINKS,),
        params=_names(
            "stream frequency_penalty function_call functions logit_bias max_tokens "
            "max_completion_tokens n presence_penalty stop temperature top_p response_format tools "
            "tool_choice"
        ),
        renames=LIMIT_RENAMED,
    ),
    "deepseek": _handled(flattens_content=True, thinking_switch=True, params=_params(add="thinking reasoning_effort")),
    "docker_model_runner": _like(renames=LIMIT_RENAMED, flattens_content=True),
    "edenai": _handled(streams_usage=True),
    "featherless_ai": _like(
        params=_names(
            "stream frequency_penalty function_call functions logit_bias max_tokens "
            "max_completion_tokens n presence_penalty stop temperature top_p"
        ),
        renames=LIMIT_RENAMED,
    ),
    "fireworks_ai": _plain(
        left_out=frozenset({"thinking_blocks"}),
        strict_tools=False,
        when=(
            When("supports_function_calling", said="false", without=("tools", "parallel_tool_calls")),
            When("supports_tool_choice", add=("tool_choice",)),
            When("supports_reasoning", add=("reasoning_effort", "reasoning_history", "thinking")),
        ),
        streams_usage=True,
        tool_choice_values={"required": "any"},
        params=_names(
            "stream max_completion_tokens max_tokens temperature top_p top_k frequency_penalty "
            "presence_penalty n stop response_format user logprobs prompt_truncate_len "
            "context_length_exceeded_behavior seed top_logprobs min_p typical_p repetition_penalty "
            "mirostat_target mirostat_lr logit_bias echo echo_last ignore_eos prompt_cache_key "
            "prompt_cache_isolation_key raw_output perf_metrics_in_response return_token_ids "
            "safe_tokenization service_tier speculation prediction stream_options sampling_mask tools "
            "parallel_tool_calls"
        ),
        renames=LIMIT_RENAMED,
        names_provider_in_model=True,
    ),
    "gdc": _like(params=_params(add="vertex_project vertex_location"), renames=LIMIT_RENAMED),
    "github_copilot": _like(
        openai_families=True,
        when=(When(name="claude", add=("thinking", "reasoning_effort")),),
    ),
    "gradient_ai": _plain(
        params=_names(
            "frequency_penalty max_tokens max_completion_tokens presence_penalty stop stream "
            "stream_options temperature top_p k kb_filters filter_kb_content_by_query_metadata "
            "instruction_override include_functions_info include_retrieval_info "
            "include_guardrails_info provide_citations retrieval_method"
        )
    ),
    "groq": _plain(
        when=(When("supports_web_search", said="not true", without=("web_search_options",)), _THINKS),
        browser_search="gpt-oss",
        schema_by_tool=True,
        known_service_tiers=frozenset({"auto", "default", "flex"}),
        params=_params(without="max_retries"),
        renames=LIMIT_RENAMED,
    ),
    "helicone": _from_catalogue(),
    "heroku": _handled(flattens_content=True),
    "hosted_vllm": _handled(
        left_out=frozenset({"thinking_blocks"}),
        strict_tools=False,
        thinking_as_effort=True,
        params=_params(add="reasoning_effort thinking"),
    ),
    "huggingface": _handled(
        tool_images=True,
        keeps_cache_control=True,
    ),
    "hyperbolic": _like(
        params=_names(
            "messages model stream temperature top_p max_tokens frequency_penalty presence_penalty "
            "stop n tools tool_choice response_format seed user"
        )
    ),
    "inception": _like(
        params=_names(
            "max_tokens max_completion_tokens temperature stop tools tool_choice stream "
            "stream_options response_format reasoning_effort reasoning_summary reasoning_summary_wait "
            "diffusing realtime"
        ),
        renames=LIMIT_RENAMED,
    ),
    "lemonade": _plain(renames=LIMIT_RENAMED, names_provider_in_model=True),
    "libertai": _from_catalogue(renames=LIMIT_RENAMED),
    "litellm_proxy": _like(
        keeps_cache_control=True,
        params=_params(add="user reasoning_effort thinking verbosity include_server_side_tool_invocations"),
    ),
    "llamafile": _like(),
    "lm_studio": _like(),
    "maritalk": _plain(
        keeps_cache_control=True,
        says_stream=True,
        params=_names(
            "frequency_penalty presence_penalty top_p top_k temperature max_tokens n stop stream "
            "stream_options tools tool_choice"
        ),
        names_provider_in_model=True,
    ),
    "meta": _from_catalogue(),
    "meta_llama": _like(),
    "minimax": _handled(
        keeps_cache_control=True,
        when=(When("supports_reasoning", add=("thinking",)),),
        params=_params(add="reasoning_split"),
    ),
    "mistral": _handled(
        left_out=frozenset({"thinking_blocks", "reasoning_content"}),
        call_index=False,
        unreadable_status=None,
        when=(When(name="magistral", add=("thinking", "reasoning_effort")), _THINKS),
        reasoning_prompt="magistral",
        flattens_content=True,
        tool_choice_objects=False,
        params=_names(
            "stream temperature top_p max_tokens max_completion_tokens tools tool_choice seed stop "
            "response_format parallel_tool_calls"
        ),
        renames={**LIMIT_RENAMED, "seed": "random_seed"},
        name_roles=frozenset({"tool"}),
        empty_assistant=False,
        tool_choice_values={"required": "any"},
    ),
    "modelscope": _like(flattens_content=True),
    "moonshot": _like(
        prompted_choice="Please answer by calling one of the tools.",
        flattens_content=True,
        when=(_THINKS,),
        params=_params(without="functions"),
        renames=LIMIT_RENAMED,
    ),
    "morph": _like(params=_names("messages model stream")),
    "nadir": _handled(
        params=_names(
            "extra_headers frequency_penalty max_retries max_tokens presence_penalty response_format "
            "stream temperature top_p"
        )
    ),
    "nano-gpt": _from_catalogue(renames=LIMIT_RENAMED),
    "neosantara": _from_catalogue(renames=LIMIT_RENAMED),
    "novita": _like(headers={"x-novita-source": "litellm"}),
    "nscale": _like(
        params=_names(
            "max_tokens n temperature top_p stream logprobs top_logprobs frequency_penalty "
            "presence_penalty response_format stop logit_bias"
        )
    ),
    "nvidia_nim": _like(
        when=(
            When(
                name="(recurrentgemma-2b|gemma-2-27b-it|gemma-2-9b-it)$", without=(*_NIM_MORE, "max_completion_tokens")
            ),
            When(name="codegemma-1.1-7b$", without=(*_NIM_TOOLS, "seed")),
            When(name="nemotron-4-340b-instruct$", without=(*_NIM_MORE, "stop", "seed")),
        ),
        params=_names(
            "stream temperature top_p frequency_penalty presence_penalty max_tokens "
            "max_completion_tokens stop seed tools tool_choice parallel_tool_calls response_format"
        ),
        renames=LIMIT_RENAMED,
    ),
    "openrouter": _handled(
        keeps_cache_control="claude|gemini|minimax|glm",
        marks_in_parts=True,
        fixed_params={"usage": {"include": True}},
        headers={"http-referer": "https://litellm.ai", "x-title": "liteLLM"},
        params=_params(add="reasoning_effort thinking"),
    ),
    "ovhcloud": _handled(),
    "parasail": _from_catalogue(),
    "perplexity": _like(
        when=(_THINKS, When("supports_web_search", add=("web_search_options",))),
        headers={"x-pplx-integration": "litellm"},
        params=_names(
            "frequency_penalty max_tokens max_completion_tokens presence_penalty response_format "
            "stream temperature top_p max_retries extra_headers"
        ),
    ),
    "pinstripes": _from_catalogue(renames=LIMIT_RENAMED),
    "poe": _from_catalogue(renames=LIMIT_RENAMED),
    "prism": _from_catalogue(),
    "publicai": _from_catalogue(renames=LIMIT_RENAMED, flattens_content=True),
    "qwen_ai_platform": _like(params=_params(add="reasoning_effort"), keeps_cache_control=True),
    "qwencloud": _like(params=_params(add="reasoning_effort"), keeps_cache_control=True),
    "ragflow": _handled(tool_images=True, keeps_cache_control=True),
    "reka": _from_catalogue(),
    "sagemaker_chat": _handled(),
    "sagemaker_nova": _handled(params=_params(add="top_k reasoning_effort allowed_token_ids truncate_prompt_tokens")),
    "sail": _like(
        params=_names(
            "max_tokens max_completion_tokens modalities prediction n stream stream_options "
            "temperature top_p tools tool_choice function_call functions max_retries extra_headers "
            "parallel_tool_calls audio web_search_options service_tier safety_identifier "
            "prompt_cache_key prompt_cache_retention store response_format reasoning_effort user"
        )
    ),
    "sambanova": _like(
        flattens_content=True,
        when=(When("supports_function_calling", add=("tools", "tool_choice", "parallel_tool_calls")),),
        params=_names(
            "max_completion_tokens max_tokens response_format stop stream stream_options temperature top_p top_k"
        ),
        renames=LIMIT_RENAMED,
    ),
    "sap": _like(
        params=_names(
            "frequency_penalty logit_bias logprobs top_logprobs max_tokens max_completion_tokens "
            "prediction n presence_penalty seed stop stream stream_options temperature top_p tools "
            "tool_choice function_call functions extra_headers parallel_tool_calls response_format "
            "timeout"
        )
    ),
    "scaleway": _from_catalogue(),
    "scx-ai": _from_catalogue(renames=LIMIT_RENAMED),
    "snowflake": _plain(
        keeps_cache_control=True,
        tool_images=True,
        says_stream=True,
        params=_names("temperature max_tokens max_completion_tokens top_p stream tools tool_choice"),
        names_provider_in_model=True,
    ),
    "synthetic": _from_catalogue(renames=LIMIT_RENAMED),
    "tencent": _like(
        when=(When("supports_reasoning", add=("thinking", "reasoning_effort")),),
    ),
    "tensormesh": _from_catalogue(renames=LIMIT_RENAMED),
    "together_ai": _handled(
        left_out=frozenset({"thinking_blocks"}),
        when=(_THINKS,),
    ),
    "v0": _like(params=_names("messages model stream tools tool_choice")),
    "vercel_ai_gateway": _like(params=_params(add="extra_body")),
    "vllm": _handled(thinking_as_effort=True, params=_params(add="reasoning_effort thinking")),
    "volcengine": _like(
        params=_names(
            "frequency_penalty logit_bias logprobs top_logprobs max_completion_tokens max_tokens n "
            "presence_penalty seed stop stream stream_options temperature top_p tools tool_choice "
            "function_call functions max_retries extra_headers thinking"
        ),
        renames=LIMIT_RENAMED,
    ),
    "wandb": _like(
        when=(When("supports_reasoning", said="not true of a known model", without=("reasoning_effort",)),),
        params=_params(add="reasoning_effort"),
        renames=LIMIT_RENAMED,
    ),
    "watsonx": _plain(
        params=_names(
            "temperature max_tokens top_p frequency_penalty stop seed stream tools tool_choice "
            "logprobs top_logprobs n presence_penalty response_format reasoning_effort"
        ),
        names_provider_in_model=True,
    ),
    "xai": _handled(
        strict_tools=False,
        when=(When(name="grok-(4|code|3-mini)", without=("stop", "frequency_penalty")), _THINKS),
        name_roles=frozenset({"user"}),
        params=_names(
            "logit_bias logprobs max_completion_tokens max_tokens n parallel_tool_calls "
            "presence_penalty response_format seed stream stream_options temperature tool_choice "
            "tools top_logprobs top_p user web_search_options stop frequency_penalty"
        ),
        renames=LIMIT_RENAMED,
    ),
    "xiaomi_mimo": _from_catalogue(renames=LIMIT_RENAMED),
    "zai": _like(
        keeps_cache_control=True,
        when=(When("supports_reasoning", add=("thinking",)),),
        params=_names("max_tokens stream stream_options temperature top_p stop tools tool_choice"),
    ),
}


def profile_of(provider: str) -> Profile:
    """The quirks of `provider`."""
    return PROFILES.get(provider, USUAL)
