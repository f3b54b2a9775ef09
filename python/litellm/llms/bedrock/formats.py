"""Which API under Bedrock a model's chat speaks."""

from __future__ import annotations

from litellm.exceptions import NotFoundError
from litellm.llms.bedrock.converse.chat import ConverseChat
from litellm.llms.bedrock.route import route_of
from litellm.llms.wire import ChatCall, WireFormat, WireRequest


def bedrock_chat(model: str) -> WireFormat:
    """The chat format of `model`."""
    route = route_of(model)
    if route.api == "converse":
        return ConverseChat()
    return UnknownChat()


class UnknownChat(ConverseChat):
    """A model that no API is known to serve: its parameters can be asked for, a call cannot be made."""

    def build_request(self, call: ChatCall) -> WireRequest:
        """Raises `NotFoundError`."""
        raise NotFoundError(
            message=f"Bedrock: it cannot be told which API serves {call.model!r}. Say so by a prefix: "
            "bedrock/converse/… or bedrock/invoke/…",
            model=call.model,
            llm_provider=call.provider,
        )
