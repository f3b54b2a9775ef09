"""LiteLLM with a Rust core: one OpenAI-shaped API over every provider.

Importing this loads next to nothing: a name is resolved when it is first used, from the module that `_exports` lists
it under. The settings below are plain attributes; assign to them.
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Any

from litellm import _httpx_command
from litellm._exports import EXPORTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from litellm._typed_exports import *  # noqa: F403

_httpx_command.stand_in()

# Keys and addresses for every call that names none; each provider's own is `<provider>_key`.
api_key: str | None = None
api_base: str | None = None
api_version: str | None = None
organization: str | None = None
headers: dict[str, str] | None = None
openai_key: str | None = None
anthropic_key: str | None = None
azure_key: str | None = None
groq_key: str | None = None
xai_key: str | None = None
gdc_api_base: str | None = None
cohere_key: str | None = None
replicate_key: str | None = None
huggingface_key: str | None = None
openrouter_key: str | None = None
togetherai_api_key: str | None = None
vertex_project: str | None = None
vertex_location: str | None = None
vertex_ai_safety_settings: list[dict[str, str]] | None = None

# Parameters
drop_params: bool = bool(os.environ.get("LITELLM_DROP_PARAMS"))
modify_params: bool = bool(os.environ.get("LITELLM_MODIFY_PARAMS"))
add_function_to_prompt: bool = False
enable_json_schema_validation: bool = False
disable_add_transform_inline_image_block: bool = False
disable_stop_sequence_limit: bool = False
enable_preview_features: bool = False

# Sending
num_retries: int | None = None
request_timeout: float = float(os.environ.get("REQUEST_TIMEOUT", 6000.0))
force_ipv4: bool = False
use_litellm_proxy: bool = False
disable_aiohttp_transport: bool = False
ssl_verify: bool | str = True
ssl_certificate: str | None = None
client_session: Any = None
aclient_session: Any = None
max_fallbacks: int | None = None
default_fallbacks: list[Any] | None = None
fallbacks: list[Any] | None = None
context_window_fallbacks: list[Any] | None = None
content_policy_fallbacks: list[Any] | None = None
model_fallbacks: list[Any] | None = None
allowed_fails: int = 3
model_alias_map: dict[str, str] = {}
custom_provider_map: list[Any] = []
adapters: list[Any] = []
credential_list: list[dict[str, Any]] = []
model_group_settings: Any = None
responses_session_limit: int = 1000
enable_azure_ad_token_refresh: bool = False
route_all_chat_openai_to_responses: bool = False
default_in_memory_ttl: float | None = None

# Telling
callbacks: list[Any] = []
audit_log_callbacks: list[Any] = []
success_callback: list[Any] = []
failure_callback: list[Any] = []
input_callback: list[Any] = []
pre_call_rules: list[Any] = []
post_call_rules: list[Any] = []
service_callback: list[Any] = []
_async_success_callback: list[Any] = []
_async_failure_callback: list[Any] = []
_async_input_callback: list[Any] = []
turn_off_message_logging: bool = False
redact_messages_in_exceptions: bool = False
redact_user_api_key_info: bool = False
log_raw_request_response: bool = False
standard_logging_payload_excluded_fields: list[str] | None = None
s3_callback_params: dict[str, Any] | None = None
set_verbose: bool = False
suppress_debug_info: bool = False
json_logs: bool = bool(os.environ.get("JSON_LOGS"))
telemetry: bool = False
logging: bool = True
langfuse_default_tags: list[str] | None = None
disable_streaming_logging: bool = False
disable_hf_tokenizer_download: bool = True
disable_token_counter: bool = False
default_max_internal_user_budget: float | None = None

# Money
max_budget: float = 0.0
_current_cost: float = 0.0
budget_duration: str | None = None
tag_budget_config: dict[str, Any] | None = None
cost_discount_config: dict[str, float] = {}
cost_margin_config: dict[str, Any] = {}
disable_end_user_cost_tracking: bool = False
max_end_user_budget: float | None = None
max_user_budget: float | None = None

# Caching
cache: Any = None
caching: bool = False
caching_with_models: bool = False
enable_caching_on_provider_specific_optional_params: bool = False

# The proxy
default_key_generate_params: dict[str, Any] | None = None
upperbound_key_generate_params: Any = None
default_internal_user_params: dict[str, Any] | None = None
default_team_params: dict[str, Any] | None = None
default_team_settings: list[Any] | None = None
key_alias: str | None = None

if TYPE_CHECKING:
    model_cost: dict[str, Any]


def _load_model_cost() -> dict[str, Any]:
    """The catalogue: the shipped one, with what `LITELLM_MODEL_COST_MAP_FILE` names laid over it."""
    from litellm.litellm_core_utils.get_model_cost_map import get_model_cost_map

    return get_model_cost_map()


def _provider_config(name: str) -> Any:
    """A provider's configuration class by its name; an instance where the name starts in lower case."""
    return importlib.import_module("litellm.llms.provider_configs").by_name(name)


_LAZY: Mapping[str, Callable[[], Any]] = {"model_cost": _load_model_cost}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        value = _LAZY[name]()
    elif name in EXPORTS:
        module, _, attribute = EXPORTS[name].partition(":")
        loaded = importlib.import_module(module)
        value = getattr(loaded, attribute or name) if attribute != "*" else loaded
    elif name.endswith("Config") and (config := _provider_config(name)) is not None:
        value = config
    elif name.startswith("__"):
        raise AttributeError(name)
    else:
        try:
            return importlib.import_module(f"litellm.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"litellm.{name}":
                raise
            raise AttributeError(f"module 'litellm' has no attribute {name!r}") from None
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *EXPORTS, *_LAZY})
