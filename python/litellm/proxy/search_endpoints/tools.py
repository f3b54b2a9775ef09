"""The search tools that are served: the config's, and those of the database."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from litellm.proxy.config.problems import ConfigError
from litellm.proxy.config.settings import ProxyConfig

if TYPE_CHECKING:
    from litellm import Router

_NAMESPACE = uuid.UUID("5be0ee12-9a38-4c1c-8d1c-4b1a0b6d2a77")


@dataclass(frozen=True, slots=True)
class SearchTool:
    """`params` is `litellm_params`: `search_provider`, and what searches by it get of the tool."""

    search_tool_id: str
    search_tool_name: str
    params: Mapping[str, Any]
    info: Mapping[str, Any] | None = None
    from_config: bool = True
    created_at: Any = field(default=None, compare=False)
    updated_at: Any = field(default=None, compare=False)

    @property
    def provider(self) -> str:
        """Who searches."""
        return str(self.params["search_provider"])


class ActiveSearchTools:
    """What the gateway serves, kept in its router. A tool of the database takes the place of the config's namesakes."""

    def __init__(self, router: Router | None = None) -> None:
        self._router = router
        self.active: tuple[SearchTool, ...] = ()
        self.names: frozenset[str] = frozenset()
        self._config: Sequence[SearchTool] = ()
        self._stored: Sequence[SearchTool] = ()

    def configure(self, config: ProxyConfig) -> None:
        """Serve the config's tools. Raises ConfigError for a wrong one, and leaves all as it was."""
        self._config = config_tools(config)
        self._join()

    def store(self, tools: Iterable[SearchTool]) -> None:
        """Serve the database's tools."""
        self._stored = tuple(tools)
        self._join()

    def _join(self) -> None:
        stored = {tool.search_tool_name for tool in self._stored}
        kept = [tool for tool in self._config if tool.search_tool_name not in stored]
        self.active = (*kept, *self._stored)
        self.names = frozenset(tool.search_tool_name for tool in self.active)
        if self._router is not None:
            self._router.search_tools = [
                {"search_tool_name": tool.search_tool_name, "litellm_params": dict(tool.params)} for tool in self.active
            ]

    def named(self, name: str) -> list[SearchTool]:
        """The tools of that name."""
        return [tool for tool in self.active if tool.search_tool_name == name]


def config_tools(config: ProxyConfig) -> Sequence[SearchTool]:
    """The config's `search_tools`. Raises ConfigError that names every mistake."""
    entries = config.sections.get("search_tools") or config.router_settings.get("search_tools") or ()
    found = [
        config.problem(f"search_tools[{index}]" + (f".{key}" if key else ""), message)
        for index, entry in enumerate(entries)
        for key, message in problems(entry)
    ]
    if found:
        raise ConfigError(found)
    return [
        SearchTool(
            str(entry.get("search_tool_id") or uuid.uuid5(_NAMESPACE, f"{index}:{entry['search_tool_name']}")),
            entry["search_tool_name"], dict(entry["litellm_params"]), entry.get("search_tool_info"),
        )
        for index, entry in enumerate(entries)
    ]  # fmt: skip


def problems(entry: Any) -> Iterator[tuple[str, str]]:
    """What is wrong with a tool: (key below it, message)."""
    from litellm.llms.search.providers import SEARCH_PROVIDERS

    if not isinstance(entry, Mapping):
        yield "", "expected a mapping with search_tool_name and litellm_params"
        return
    name, params = entry.get("search_tool_name"), entry.get("litellm_params")
    if not isinstance(name, str) or not name or "/" in name or name == "tools":
        yield "search_tool_name", "a text without / is required: the name that requests ask for"
    if not isinstance(params, Mapping):
        yield "litellm_params", "a mapping with search_provider is required"
    elif params.get("search_provider") not in SEARCH_PROVIDERS:
        yield "litellm_params.search_provider", f"expected one of {', '.join(SEARCH_PROVIDERS)}"
    elif not _is_price(params.get("input_cost_per_query")):
        yield "litellm_params.input_cost_per_query", "expected US dollars for a search, 0 or more"


def _is_price(given: Any) -> bool:
    try:
        return given is None or 0 <= float(given) < math.inf
    except (TypeError, ValueError):
        return False
