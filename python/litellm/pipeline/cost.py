"""What a response cost, as part of a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from litellm.pipeline.run import Run


def cost_of(response: Any, run: Run) -> float | None:
    """US dollars for `response`; None when the model has no price."""
    from litellm.cost_calculator import completion_cost

    try:
        return float(completion_cost(completion_response=response, model=run.model, custom_llm_provider=run.provider))
    except Exception:  # noqa: BLE001
        return None
