"""Reading, deleting and cancelling responses that a provider keeps, as steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import litellm
from litellm.llms.responses import native
from litellm.llms.responses.ids import decode_id, encode_id
from litellm.llms.wire import WireRequest, decode_object, encode_json
from litellm.pipeline.attempt import exchange
from litellm.pipeline.effects import Steps
from litellm.pipeline.responses import responses_call
from litellm.pipeline.results import finish
from litellm.pipeline.run import Run, retry_count
from litellm.types.responses import DeleteResponseResult, ResponsesAPIResponse

QUERY = ("after", "before", "include", "limit", "order")


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing to do with a kept response."""

    method: str
    suffix: str = ""
    result: Callable[..., Any] | None = ResponsesAPIResponse
    """The class of the answer; None for plain data."""
    query: tuple[str, ...] = ()
    body: bytes = b""


GET = Operation("GET")
DELETE = Operation("DELETE", result=DeleteResponseResult)
CANCEL = Operation("POST", "/cancel", body=b"{}")
INPUT_ITEMS = Operation("GET", "/input_items", result=None, query=QUERY)


def manage_steps(operation: Operation) -> Callable[[dict[str, Any], str], Steps[Any]]:
    """The steps of `operation` on the response that `response_id` names."""

    def steps(arguments: dict[str, Any], call_type: str) -> Steps[Any]:
        origin = decode_id(arguments["response_id"])
        provider = arguments.get("custom_llm_provider") or origin.provider
        run = Run({**arguments, "custom_llm_provider": provider}, call_type)
        try:
            if not provider:
                raise litellm.BadRequestError(
                    message="custom_llm_provider: name the provider that keeps the response; its id does not tell",
                    model="",
                    llm_provider="",
                )
            if native.profile_for(provider) is None:
                raise litellm.BadRequestError(message=f"{provider} keeps no responses", model="", llm_provider=provider)
            call = responses_call(run)
            query = {name: arguments[name] for name in operation.query if name in arguments}
            request = native.manage_request(call, operation.method, origin.response_id, operation.suffix, query)
            request.body = operation.body
            run.retries = retry_count(run, False, None)
            reply = yield from exchange(run, request, details=native.error_details)
            run.log_reply(reply)
            data = decode_object(reply.body)
            return _result(run, operation, data, reply.headers, origin.model_id)
        except Exception as error:
            raise run.failed(error) from error

    return steps


def _result(run: Run, operation: Operation, data: dict[str, Any], headers: Any, model_id: str | None) -> Any:
    if operation.result is None:
        return data
    if operation is GET and data.get("id"):
        data["id"] = encode_id(data["id"], run.provider, model_id)
    run.price = lambda _run, _response: 0.0  # a kept response was paid for when it was made
    run.shown_provider = None
    return finish(run, operation.result(**data), headers)


def compact_steps(arguments: dict[str, Any], call_type: str) -> Steps[Any]:
    """The steps of compacting a conversation: the same input, shorter."""
    run = Run(arguments, call_type)
    try:
        run.resolve_provider()
        if native.profile_for(run.provider) is None:
            raise litellm.BadRequestError(
                message=f"{run.provider} compacts no responses", model=run.model, llm_provider=""
            )
        call = responses_call(run)
        body = {"model": run.model, "input": arguments.get("input")}
        for name in ("instructions", "previous_response_id"):
            if name in arguments:
                body[name] = arguments[name]
        body.update(arguments.get("extra_body") or {})
        request = WireRequest("POST", native.url(call, "/compact"), native.headers(call), encode_json(body))
        run.retries = retry_count(run, False, None)
        reply = yield from exchange(run, request, details=native.error_details)
        run.log_reply(reply)
        data = decode_object(reply.body)
        data["id"] = encode_id(str(data.get("id") or ""), run.provider, None)
        run.shown_provider = None
        return finish(run, ResponsesAPIResponse(**data), reply.headers)
    except Exception as error:
        raise run.failed(error) from error
