"""OpenAI's Responses API: a response, its parts, and the events of a stream."""

from litellm.types.responses.main import (
    DeleteResponseResult,
    InputTokensDetails,
    OutputTokensDetails,
    ResponseAPIUsage,
    ResponsesAPIResponse,
)

__all__ = [
    "DeleteResponseResult",
    "InputTokensDetails",
    "OutputTokensDetails",
    "ResponseAPIUsage",
    "ResponsesAPIResponse",
]
