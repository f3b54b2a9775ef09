"""Limits and budgets, native or their twins by the flag `rate_limiting`.

`LimitTable.check([(key, limit, window_s, cost), …])` uses every limit of a request or none. A window of 0 seconds
limits parallel requests, given back by `refund(key, 0, 1)`. `BudgetTable` reserves, settles and releases pico-dollars.
`next_reset(duration, now)` is the end of a budget period (`30s`, `1h`, `1d`, `1mo`), aligned to the UTC calendar.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litellm_rust import _native, flags
from litellm_rust._twins import limits as _twin

__all__ = ["BudgetTable", "LimitTable", "next_reset"]

next_reset = _native.next_reset

if TYPE_CHECKING:
    BudgetTable = _native.BudgetTable
    LimitTable = _native.LimitTable
else:

    def LimitTable(**kwargs: Any) -> Any:
        """A `_native.LimitTable`, or the twin's when the flag `rate_limiting` is off. Takes what they take."""
        return (_native if flags.enabled("rate_limiting") else _twin).LimitTable(**kwargs)

    def BudgetTable(**kwargs: Any) -> Any:
        """A `_native.BudgetTable`, or the twin's when the flag `rate_limiting` is off. Takes what they take."""
        return (_native if flags.enabled("rate_limiting") else _twin).BudgetTable(**kwargs)
