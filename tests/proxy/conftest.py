"""A gateway with deployments of every temper, for the tests of the proxy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.conftest import deployment, gateway_config
from tests.support.databases import database_env, postgres
from tests.support.gateway import Gateway

__all__ = ["database_env", "postgres", "proxy"]

HOOKS = '''
"""Callbacks of the tests: each acts on a marker in the first message."""

from litellm.integrations.custom_logger import CustomLogger


def says(data, marker):
    return marker in str(data.get("messages"))


class Hooks(CustomLogger):
    async def async_pre_call_hook(self, user_api_key_dict, cache, data, call_type):
        if says(data, "HOOK-REFUSE"):
            return "the hook says no"
        if says(data, "HOOK-CHANGE"):
            return {**data, "messages": [{"role": "user", "content": f"changed {call_type}"}]}

    async def async_moderation_hook(self, data, user_api_key_dict, call_type):
        if says(data, "HOOK-MODERATE"):
            from fastapi import HTTPException
            raise HTTPException(400, "immoderate")

    async def async_post_call_success_hook(self, data, user_api_key_dict, response):
        if says(data, "HOOK-ANSWER"):
            response.choices[0].message.content = "answered by the hook"
            return response

    async def async_post_call_streaming_iterator_hook(self, user_api_key_dict, response, request_data):
        async for chunk in response:
            if says(request_data, "HOOK-STREAM") and chunk.choices and chunk.choices[0].delta.content:
                chunk.choices[0].delta.content = chunk.choices[0].delta.content.upper()
            yield chunk

    async def async_post_call_response_headers_hook(self, data, user_api_key_dict, response):
        return {"x-by-hook": "yes"}


hooks = Hooks()
'''


@pytest.fixture(scope="session")
def proxy(provider_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A running gateway with hooks, aliases, wildcards and defaults."""
    folder = tmp_path_factory.mktemp("proxy")
    (folder / "my_hooks.py").write_text(HOOKS)
    config: dict[str, Any] = gateway_config(provider_url)
    config["model_list"].append(deployment("any/*", provider_url, model="openai/*"))
    own_price = {"input_cost_per_token": 0.5, "output_cost_per_token": 0.25}
    config["model_list"].append(deployment("dear", provider_url, **own_price))
    config["model_list"].append(deployment("forwards", provider_url))
    config["litellm_settings"] = {
        "callbacks": ["my_hooks.hooks"],
        "model_group_settings": {"forward_client_headers_to_llm_api": ["forward*"]},
    }
    config["router_settings"] |= {"model_group_alias": {"alias": "gpt", "secret": {"model": "gpt", "hidden": True}}}
    config["general_settings"] |= {"completion_model": "gpt", "embedding_model": "embed"}
    with Gateway(folder, config) as running:
        yield running
