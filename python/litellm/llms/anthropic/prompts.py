"""A chat as Anthropic's messages, for those who build their requests by hand."""

from __future__ import annotations

from typing import Any

import litellm
from litellm.llms.anthropic.messages import InvalidMessage, convert_messages


def anthropic_messages_pt(messages: list[Any], model: str, llm_provider: str) -> list[dict[str, Any]]:
    """OpenAI's `messages` as Anthropic's; the system's are left out, since they go elsewhere in a request.

    Raises `BadRequestError` for a message that Anthropic's format cannot say.
    """
    try:
        return convert_messages(messages)[1]
    except InvalidMessage as error:
        raise litellm.BadRequestError(message=str(error), model=model, llm_provider=llm_provider) from error
