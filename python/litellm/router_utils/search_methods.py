"""`Router`'s searches: by the name of a tool, one of the entries of `search_tools` that have it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from litellm.exceptions import BadRequestError
from litellm.router_utils.base import RouterBase
from litellm.secret_managers.main import resolved


class SearchMethods(RouterBase):
    """`search` and `asearch`. Of several tools of one name any may be asked, and another when it fails."""

    search_tools: Sequence[Any] | None = None

    def _sdk(self, name: str) -> Callable[..., Any]:
        raise NotImplementedError

    def search(self, query: str | list[str], search_tool_name: str | None = None, **kwargs: Any) -> Any:
        """`litellm.search` by a tool of that name; raises what it raises, ValueError for a name that there is not."""
        last: Exception | None = None
        for params in self._tools(search_tool_name or kwargs.get("model")):
            try:
                return _named(self._sdk("search")(**self._arguments(query, params, kwargs)), search_tool_name, kwargs)
            except BadRequestError:
                raise
            except Exception as error:  # noqa: BLE001 - raised below when no other tool answers
                last = error
        raise last or AssertionError("there is a tool")

    async def asearch(self, query: str | list[str], search_tool_name: str | None = None, **kwargs: Any) -> Any:
        """`search` on an event loop."""
        last: Exception | None = None
        for params in self._tools(search_tool_name or kwargs.get("model")):
            try:
                found = await self._sdk("asearch")(**self._arguments(query, params, kwargs))
                return _named(found, search_tool_name, kwargs)
            except BadRequestError:
                raise
            except Exception as error:  # noqa: BLE001 - raised below when no other tool answers
                last = error
        raise last or AssertionError("there is a tool")

    def _tools(self, name: str | None) -> Iterator[Mapping[str, Any]]:
        """The parameters of the tools of that name, in any order."""
        if not name:
            raise ValueError("search_tool_name: name the tool to search with")
        found = [tool["litellm_params"] for tool in self.search_tools or () if tool["search_tool_name"] == name]
        if not found:
            raise ValueError(f"search_tool_name: there is no search tool {name!r}")
        return iter(random.sample(found, len(found)))

    def _arguments(self, query: Any, params: Mapping[str, Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """A tool's parameters win: a request cannot send its search, or the tool's key, elsewhere."""
        asked = {name: value for name, value in kwargs.items() if name != "model"}
        own = {name: resolved(value) for name, value in params.items() if value is not None}
        retries = own.pop("max_retries", None)
        tries = {"num_retries": self.settings.num_retries if retries is None else retries}
        return {**tries, "timeout": self.settings.timeout, **asked, **own, "query": query}


def _named(response: Any, name: str | None, kwargs: Mapping[str, Any]) -> Any:
    headers = response._hidden_params.setdefault("additional_headers", {})
    headers["x-litellm-model-group"] = name or kwargs.get("model")
    return response
