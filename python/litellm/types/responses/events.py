"""The events of a streamed response, each a class of its own."""

from __future__ import annotations

from typing import Any, ClassVar

from litellm.types.openai_object import OpenAIObject
from litellm.types.responses.main import ResponsesAPIResponse
from litellm.types.responses.parts import as_part


class ResponsesStreamEvent(OpenAIObject):
    """Any event; `type` says which."""

    type: str = ""

    def __init__(self, **fields: Any) -> None:
        response = fields.get("response")
        if isinstance(response, dict):
            fields["response"] = ResponsesAPIResponse(**response)
        for name in ("item", "part"):
            if name in fields:
                fields[name] = as_part(fields[name])
        self._fill({"type": fields.pop("type", type(self).event_type)}, fields)

    event_type: ClassVar[str] = ""

    def __init_subclass__(cls, event: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.event_type = event


class ResponseCreatedEvent(ResponsesStreamEvent, event="response.created"):
    """The response exists; nothing is in it."""


class ResponseInProgressEvent(ResponsesStreamEvent, event="response.in_progress"):
    """The model is at work."""


class ResponseCompletedEvent(ResponsesStreamEvent, event="response.completed"):
    """The whole response."""


class ResponseFailedEvent(ResponsesStreamEvent, event="response.failed"):
    """The response, with the error that ended it."""


class ResponseIncompleteEvent(ResponsesStreamEvent, event="response.incomplete"):
    """The response, cut off at a limit."""


class OutputItemAddedEvent(ResponsesStreamEvent, event="response.output_item.added"):
    """An output item begins."""


class OutputItemDoneEvent(ResponsesStreamEvent, event="response.output_item.done"):
    """An output item is whole."""


class ContentPartAddedEvent(ResponsesStreamEvent, event="response.content_part.added"):
    """A part of a message begins."""


class ContentPartDoneEvent(ResponsesStreamEvent, event="response.content_part.done"):
    """A part of a message is whole."""


class OutputTextDeltaEvent(ResponsesStreamEvent, event="response.output_text.delta"):
    """More text."""


class OutputTextAnnotationAddedEvent(ResponsesStreamEvent, event="response.output_text.annotation.added"):
    """A citation of the text."""


class OutputTextDoneEvent(ResponsesStreamEvent, event="response.output_text.done"):
    """A text is whole."""


class RefusalDeltaEvent(ResponsesStreamEvent, event="response.refusal.delta"):
    """More of a refusal."""


class RefusalDoneEvent(ResponsesStreamEvent, event="response.refusal.done"):
    """A refusal is whole."""


class FunctionCallArgumentsDeltaEvent(ResponsesStreamEvent, event="response.function_call_arguments.delta"):
    """More of a function call's arguments."""


class FunctionCallArgumentsDoneEvent(ResponsesStreamEvent, event="response.function_call_arguments.done"):
    """A function call's arguments are whole."""


class ReasoningSummaryPartAddedEvent(ResponsesStreamEvent, event="response.reasoning_summary_part.added"):
    """A part of the reasoning's summary begins."""


class ReasoningSummaryTextDeltaEvent(ResponsesStreamEvent, event="response.reasoning_summary_text.delta"):
    """More of the reasoning's summary."""


class ReasoningSummaryTextDoneEvent(ResponsesStreamEvent, event="response.reasoning_summary_text.done"):
    """A text of the reasoning's summary is whole."""


class ReasoningSummaryPartDoneEvent(ResponsesStreamEvent, event="response.reasoning_summary_part.done"):
    """A part of the reasoning's summary is whole."""


class ErrorEvent(ResponsesStreamEvent, event="error"):
    """The provider gives up."""


class GenericEvent(ResponsesStreamEvent):
    """An event of a kind that has no class here: those of built-in tools, and new ones."""


EVENT_CLASSES: dict[str, type[ResponsesStreamEvent]] = {
    kind.event_type: kind for kind in ResponsesStreamEvent.__subclasses__() if kind.event_type
}
FINAL_EVENTS = frozenset({"response.completed", "response.failed", "response.incomplete"})


def stream_event(data: dict[str, Any]) -> ResponsesStreamEvent:
    """The event that `data` describes."""
    return EVENT_CLASSES.get(data.get("type", ""), GenericEvent)(**data)
