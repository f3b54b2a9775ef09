"""The price of a response: upstream's `completion_cost`."""

from __future__ import annotations

from typing import Final

from litellm_rust.patches.patch import Patch, later

FEATURE: Final = "cost_calculation"

PATCHES: Final = (
    Patch(
        FEATURE,
        "litellm.cost_calculator",
        "completion_cost",
        ("completion_response",),
        build=later("call.completion_cost", "completion_cost"),
        modules=("litellm.main", "litellm.types.utils"),
        build_shadow=later("call.completion_cost", "completion_cost_compared"),
    ),
)
