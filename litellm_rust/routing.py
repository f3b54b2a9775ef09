"""Deployments, their load, and the choice among them: `RoutingTable`, native or its twin by the flag `routing`.

The strategies are LiteLLM's `routing_strategy` names and `rate-limit-aware` (lowest share of any limit in use).
"""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING, Any

from litellm_rust import _native
from litellm_rust._twins import routing as _twin
from litellm_rust.shadow_table import make_table

__all__ = ["STRATEGIES", "RoutingTable"]

STRATEGIES = _twin.STRATEGIES
_tables: weakref.WeakSet[_native.RoutingTable | _twin.RoutingTable] = weakref.WeakSet()

if TYPE_CHECKING:
    RoutingTable = _native.RoutingTable
else:

    def RoutingTable(*args: Any, **kwargs: Any) -> Any:
        """A `_native.RoutingTable`, its twin's, or both, as the flag `routing` says. Takes what they take."""
        table = make_table("routing", _twin.RoutingTable, _native.RoutingTable, *args, **kwargs)
        _tables.add(table)
        return table


def _after_fork() -> None:
    for table in _tables:
        table._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
