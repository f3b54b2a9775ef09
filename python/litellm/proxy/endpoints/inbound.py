"""Cohere's, Ollama's and Bedrock's APIs for every model: their requests become chats, the answers theirs again."""

from __future__ import annotations

import time
from typing import Any

import orjson

from litellm.exceptions import BadRequestError
from litellm.llms.inbound_formats import INBOUND_FORMATS, reach_of
from litellm.llms.inbound_wire import InvalidRequest, Reach
from litellm.proxy.endpoints.routes import LLMRoute
from litellm.proxy.errors import InvalidRequestError
from litellm.proxy.request_body import Body
from litellm.proxy.state import GatewayState
from litellm.utils import get_llm_provider


def as_chat(state: GatewayState, route: LLMRoute, body: Body) -> Body:
    """The chat that `body`, whose `model` is settled, asks for. Raises InvalidRequestError that names a wrong field."""
    if route.inbound is None:
        return body
    model = body.get("model")
    try:
        chat = INBOUND_FORMATS[route.inbound].to_chat(body, _reach(state, route.inbound, model))
    except InvalidRequest as error:
        text = str(error)
        raise InvalidRequestError(text, text.partition(":")[0]) from error
    chat["model"] = model
    chat.setdefault("drop_params", True)  # a client of another API cannot know what the model takes
    if route.streams is not None:
        chat["stream"] = route.streams
    return chat


def _reach(state: GatewayState, inbound: str, model: Any) -> Reach:
    """What all deployments behind a model's name take."""
    models = []
    for deployment in state.catalog.deployments_of(model) if isinstance(model, str) else ():
        params = deployment["litellm_params"]
        try:
            plain, provider, _, _ = get_llm_provider(params["model"], params.get("custom_llm_provider"))
        except BadRequestError:  # the call will tell what is wrong with it
            return Reach()
        models.append((provider, plain))
    return reach_of(INBOUND_FORMATS[inbound], models)


class InboundEvents:
    """The chunks of a chat as a stream of the route's own API."""

    def __init__(self, inbound: str, model: str) -> None:
        self._stream = INBOUND_FORMATS[inbound].stream(model)
        self._started = time.monotonic()

    def piece(self, piece: Any) -> bytes:
        """One chunk; an event that a hook wrote itself is read again."""
        if isinstance(piece, (str, bytes)):
            data = piece.strip()[5:] if isinstance(piece, bytes) else piece.strip()[5:].encode()
            try:
                piece = orjson.loads(data)
            except orjson.JSONDecodeError:  # `[DONE]`, a comment
                return b""
        plain = piece if isinstance(piece, dict) else piece.model_dump(exclude_none=True)
        return self._stream.feed(plain)

    def end(self) -> bytes:
        """What closes the stream."""
        return self._stream.finish(time.monotonic() - self._started)


def encode_reply(inbound: str, answer: Any, model: str, took_s: float) -> bytes:
    """A whole chat completion as a reply of the API, under the model's name that was asked for."""
    plain = answer if isinstance(answer, dict) else answer.model_dump(exclude_none=True)
    return orjson.dumps(INBOUND_FORMATS[inbound].to_reply({**plain, "model": model}, took_s))


def stream_type(route: LLMRoute) -> str:
    """The media type of the route's streams."""
    return INBOUND_FORMATS[route.inbound].media_type if route.inbound else "text/event-stream"
