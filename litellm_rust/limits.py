"""Limits and budgets, native or their twins by the flag `rate_limiting`.

`LimitTable.check([(key, limit, window_s, cost), …])` uses every limit of a request or none. A window of 0 seconds
limits parallel requests, given back by `refund(key, 0, 1)`. `BudgetTable` reserves, settles and releases pico-dollars.
`next_reset(duration, now)` is the end of a budget period (`30s`, `1h`, `1d`, `1mo`), aligned to the UTC calendar.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litellm_rust import _native
from litellm_rust._twins import limits as _twin
from litellm_rust.shadow_table import make_table

__all__ = ["BudgetTable", "LimitTable", "next_reset"]

next_reset = _native.next_reset

if TYPE_CHECKING:
    BudgetTable = _native.BudgetTable
    LimitTable = _native.LimitTable
else:

    def LimitTable(**kwargs: Any) -> Any:
        """A `_native.LimitTable`, its twin's, or both, as the flag `rate_limiting` says. Takes what they take."""
        return make_table("rate_limiting", _twin.LimitTable, _native.LimitTable, **kwargs)

    def BudgetTable(**kwargs: Any) -> Any:
        """A `_native.BudgetTable`, its twin's, or both, as the flag `rate_limiting` says. Takes what they take."""
        return make_table("rate_limiting", _twin.BudgetTable, _native.BudgetTable, **kwargs)
