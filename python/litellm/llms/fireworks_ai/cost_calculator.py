"""What calls of Fireworks AI cost, under the path that LiteLLM users import it from."""

from __future__ import annotations

from datetime import datetime

import litellm
from litellm.types.usage import Usage


def cost_per_token(model: str, usage: Usage, current_time: datetime | None = None) -> tuple[float, float]:
    """`(prompt cost, completion cost)` in USD, cached tokens at their own price.

    `current_time` is accepted and not needed: no price here depends on the hour. A model that the catalogue does not
    list has the price of its size. Raises `ModelNotMappedError` when there is neither.
    """
    found = litellm.cost_per_token(model=model, custom_llm_provider="fireworks_ai", usage_object=usage)
    prompt, completion = found
    return prompt, completion
