"""Which hooks of which callbacks are called, whatever the others do."""

from __future__ import annotations

from typing import Any

from litellm.integrations.custom_logger import CustomLogger
from litellm.litellm_core_utils.overridden import Overrides
from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.hooks.chain import HookChain

HEADERS = "async_post_call_response_headers_hook"
AUTH = UserAPIKeyAuth()


class Silent(CustomLogger):
    """A callback without hooks."""


class Headers(CustomLogger):
    """Adds a header."""

    async def async_post_call_response_headers_hook(self, data: Any, user_api_key_dict: Any, response: Any) -> Any:
        return {"x-by-hook": 1}


class Broken(CustomLogger):
    """Adds headers, or would."""

    async def async_post_call_response_headers_hook(self, data: Any, user_api_key_dict: Any, response: Any) -> Any:
        raise RuntimeError("no headers today")


async def test_a_callback_in_the_place_of_another_is_seen_though_it_has_its_address() -> None:
    callbacks: list[Any] = []
    chain, overrides = HookChain(lambda: callbacks), Overrides(lambda: callbacks, [HEADERS])
    for _ in range(3):
        callbacks.append(Silent())
        assert await chain.response_headers(AUTH, {}, None) == {}
        assert overrides.all() == {}
        callbacks.clear()
        callbacks.append(Headers())
        assert await chain.response_headers(AUTH, {}, None) == {"x-by-hook": "1"}
        assert list(overrides.all()) == [HEADERS]
        callbacks.clear()


async def test_a_hook_of_headers_that_fails_changes_no_answer(caplog: Any) -> None:
    chain = HookChain(lambda: [Broken(), Headers()])
    assert await chain.response_headers(AUTH, {}, None) == {"x-by-hook": "1"}
    error = ValueError("the provider's own")
    assert await chain.post_call_failure(AUTH, {}, error) is error
    assert error.headers == {"x-by-hook": "1"}  # type: ignore[attr-defined]
    assert "no headers today" in caplog.text
