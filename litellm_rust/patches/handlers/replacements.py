"""What takes the place of `post` of upstream's handlers, and of the method in which aiohttp sends for httpx."""

from __future__ import annotations

import functools
import sys
from typing import Any

from litellm_rust.patches.call.replacements import service
from litellm_rust.patches.patch import Function


@functools.cache
def _clients() -> Any:
    from litellm_rust.patches.handlers.clients import Clients  # with the first request, for it takes time to load

    return Clients(sys.modules["litellm"], service().connections, service().state.busy_sending)


def post_async(original: Function, owner: Any) -> Function:
    async def post(self: Any, *args: Any, **kwargs: Any) -> Any:
        handler = _clients().stand_in(self, is_async=True) if type(self) is owner else self
        return await original(handler, *args, **kwargs)

    return post


def post(original: Function, owner: Any) -> Function:
    def post(self: Any, *args: Any, **kwargs: Any) -> Any:
        handler = _clients().stand_in(self, is_async=False) if type(self) is owner else self
        return original(handler, *args, **kwargs)

    return post


def handle_async_request(original: Function, owner: Any) -> Function:
    async def handle_async_request(self: Any, request: Any) -> Any:
        response = await _clients().answered(self, request) if type(self) is owner else None
        return await original(self, request) if response is None else response

    return handle_async_request
