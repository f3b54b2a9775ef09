"""The price of a response: upstream's `completion_cost`."""

from __future__ import annotations

from typing import Any, Final

from litellm_rust.patches.patch import Function, Patch

FEATURE: Final = "cost_calculation"


def _completion_cost(original: Function, module: Any) -> Function:
    from litellm_rust.patches.call import completion_cost

    return completion_cost.completion_cost(original, module)


PATCHES: Final = (
    Patch(
        FEATURE,
        "litellm.cost_calculator",
        "completion_cost",
        ("completion_response",),
        build=_completion_cost,
        modules=("litellm.main", "litellm.types.utils"),
    ),
)
