"""What a call would send, without sending it."""

from __future__ import annotations

from typing import Any

import litellm
from litellm.litellm_core_utils.get_llm_provider_logic import get_llm_provider
from litellm.litellm_core_utils.token_counter import token_counter
from litellm.llms.formats import chat_format
from litellm.llms.param_mapping import map_chat_params
from litellm.types.openai_object import OpenAIObject
from litellm.types.provider_registry import PROVIDERS


class TokenCountResponse(OpenAIObject):
    """How many tokens a prompt is, and who counted them."""

    total_tokens: int
    request_model: str
    model_used: str
    tokenizer_type: str


def get_optional_params(
    model: str,
    custom_llm_provider: str = "",
    drop_params: bool | None = None,
    additional_drop_params: list[str] | None = None,
    allowed_openai_params: list[str] | None = None,
    **params: Any,
) -> dict[str, Any]:
    """OpenAI's `params` as the provider takes them; those that are None are left out.

    Raises `UnsupportedParamsError` for parameters that it does not take, unless they are to be dropped.
    """
    if not custom_llm_provider:
        model, custom_llm_provider, _, _ = get_llm_provider(model)
    given = {name: value for name, value in params.items() if value is not None and name != "messages"}
    return map_chat_params(
        chat_format(custom_llm_provider, model),
        custom_llm_provider,
        model,
        given,
        drop=bool(litellm.drop_params if drop_params is None else drop_params),
        additional_drop=additional_drop_params or (),
        allowed=allowed_openai_params or (),
    )


def get_api_base(model: str, optional_params: dict[str, Any] | Any = None) -> str | None:
    """Where a call of `model` goes; None when that is not known before it is made."""
    given = optional_params if isinstance(optional_params, dict) else vars(optional_params or object) or {}
    if given.get("api_base"):
        return str(given["api_base"])
    try:
        _, provider, _, base = get_llm_provider(model, given.get("custom_llm_provider"))
    except litellm.BadRequestError:
        return None
    row = PROVIDERS.get(provider)
    return base or (row.api_base if row else None)


async def acount_tokens(model: str, messages: list[Any] | None = None, **_: Any) -> TokenCountResponse:
    """How many tokens `messages` are for `model`, counted here."""
    bare, _provider, _key, _base = get_llm_provider(model)
    total = token_counter(model=bare, messages=messages or [])
    return TokenCountResponse(
        total_tokens=total, request_model=model, model_used=bare, tokenizer_type="local_tokenizer"
    )
