"""Responses, as steps: by the provider's own API where it has one, through a chat completion where it has not."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import litellm
from litellm.litellm_core_utils.streaming_handler import CustomStreamWrapper
from litellm.llms.bridged import OF_RESPONSES, within_reach
from litellm.llms.openai.schema import response_format
from litellm.llms.responses import native
from litellm.llms.responses.events import whole_events
from litellm.llms.responses.from_chat import to_response
from litellm.llms.responses.ids import decode_id, encode_id
from litellm.llms.responses.native import NativeEvents, ResponsesCall
from litellm.llms.responses.to_chat import to_chat
from litellm.llms.sse import splitter
from litellm.pipeline import responses_sessions as sessions
from litellm.pipeline.attempt import exchange
from litellm.pipeline.chat import chat_steps, decoded, decoded_async
from litellm.pipeline.cost import cost_of
from litellm.pipeline.effects import Effect, Steps
from litellm.pipeline.endpoint import resolve_endpoint
from litellm.pipeline.responses_stream import ResponsesStream, bridged_stream
from litellm.pipeline.results import finish, hidden_params
from litellm.pipeline.run import Run, retry_count
from litellm.secret_managers.azure.signer import OPTIONS as AZURE_OPTIONS
from litellm.types.responses import ResponsesAPIResponse

Answer = ResponsesAPIResponse | ResponsesStream
OPTIONS = ("api_version", "organization", *AZURE_OPTIONS)
_OWN = native.PARAMS | {"input", "text_format", "extra_body", "extra_query"}


def responses_steps(arguments: dict[str, Any], call_type: str) -> Steps[Answer]:
    """The steps of a response with `arguments`. Raises the exceptions of `litellm.exceptions`."""
    _text_format(arguments)
    run = Run(arguments, call_type)
    try:
        run.resolve_provider()
        if native.profile_for(run.provider) is not None and "mock_response" not in arguments:
            return (yield from _native(run))
        chat = _chat_arguments(run)
    except Exception as error:
        raise run.failed(error) from error
    return (yield from _bridged(run, chat))


def _text_format(arguments: dict[str, Any]) -> None:
    """A pydantic model, or a chat `response_format`, as the `text.format` that says the same."""
    wanted = response_format(arguments.pop("text_format", None))
    if isinstance(wanted, dict) and wanted.get("type") == "json_schema":
        made = {"type": "json_schema", **wanted["json_schema"]}
        arguments["text"] = {**(arguments.get("text") or {}), "format": made}


def responses_call(run: Run) -> ResponsesCall:
    """Where the responses of `run` are, and with which key."""
    arguments = run.arguments
    resolve_endpoint(run)
    return ResponsesCall(
        provider=run.provider,
        model=run.model,
        api_base=run.api_base,
        api_key=run.api_key,
        headers={**(arguments.get("headers") or {}), **(arguments.get("extra_headers") or {})},
        options={name: arguments[name] for name in OPTIONS if name in arguments},
    )


def _native(run: Run) -> Generator[Effect, Any, Answer]:
    params = _params(run)
    wanted = bool(params.pop("stream", False))
    stream = wanted and native.streams(run.provider, run.model)
    if stream:
        params["stream"] = True
    if "previous_response_id" in params:
        params["previous_response_id"] = decode_id(params["previous_response_id"]).response_id
    run.retries = retry_count(run, False, None)
    call = responses_call(run)
    run.note_params(params, params)
    request = native.build_request(call, run.arguments.get("input"), params)
    run.show_url(request.url)
    reply = yield from exchange(run, request, stream=stream, details=native.error_details)
    if stream:
        run.log_stream()
        read: Any = decoded_async if run.is_async else decoded
        source = read(reply.response, splitter("sse"), NativeEvents())
        return ResponsesStream(run, source, hidden_params(run, reply.headers), reply.response)
    run.log_reply(reply)
    data = native.parse_response(reply.body)
    if wanted:
        return ResponsesStream(run, iter([whole_events(data)]), hidden_params(run, reply.headers), encode=False)
    data["id"] = encode_id(str(data.get("id") or ""), run.provider, _model_id(run))
    response: ResponsesAPIResponse = finish(run, ResponsesAPIResponse(**data), reply.headers)
    return response


def _params(run: Run) -> dict[str, Any]:
    """The parameters of the body. Raises `UnsupportedParamsError` for those that the provider does not take."""
    arguments = run.arguments
    supported = native.supported_params(run.provider)
    drop = arguments.get("drop_params")
    drop = litellm.drop_params if drop is None else drop
    left_out = set(arguments.get("additional_drop_params") or ())
    allowed = set(arguments.get("allowed_openai_params") or ())
    params: dict[str, Any] = {}
    for name, value in arguments.items():
        if name in left_out or (name not in native.PARAMS and name not in allowed and name != "extra_body"):
            continue
        if name == "reasoning" and drop and not native.reasons(run.provider, run.model):
            continue
        if name in supported or name in allowed or name == "extra_body":
            params[name] = value
        elif not drop:
            raise litellm.UnsupportedParamsError(
                message=f"{run.provider} does not support the parameter {name} for model={run.model}. "
                "To drop it, set `litellm.drop_params=True`.",
                model=run.model,
                llm_provider=run.provider,
            )
    return params


def _model_id(run: Run) -> str | None:
    found = (run.arguments.get("model_info") or {}).get("id")
    return None if found is None else str(found)


def _chat_arguments(run: Run) -> dict[str, Any]:
    arguments = run.arguments
    previous = arguments.get("previous_response_id")
    history = sessions.messages_of(decode_id(previous).response_id) if previous else []
    chat = {name: value for name, value in arguments.items() if name not in _OWN and name != "metadata"}
    chat.update(to_chat(arguments, history))
    within_reach(run.provider, run.model, chat, OF_RESPONSES)
    chat.update(arguments.get("extra_body") or {})
    if arguments.get("metadata") and "litellm_metadata" not in arguments:
        chat["litellm_metadata"] = arguments["metadata"]
    return chat


def _bridged(run: Run, chat: dict[str, Any]) -> Generator[Effect, Any, Answer]:
    request = {name: value for name, value in run.arguments.items() if name in native.PARAMS}
    if run.logging is not None:
        chat["litellm_logging_obj"] = run.logging
    try:
        answer = yield from chat_steps(chat, "acompletion" if run.is_async else "completion")
    except tuple(litellm.LITELLM_EXCEPTION_TYPES) as error:
        error.model = run.model  # type: ignore[attr-defined]
        raise
    if isinstance(answer, CustomStreamWrapper):
        return bridged_stream(run, answer, request, chat["messages"], _model_id(run))
    data = to_response(answer.model_dump(), request)
    hidden = answer._hidden_params
    if request.get("store") is not False:
        sessions.remember(data["id"], chat["messages"], answer.choices[0].message.model_dump(exclude_none=True))
    if run.is_async:
        hidden["custom_llm_provider"] = run.provider
        data["id"] = encode_id(data["id"], run.provider, _model_id(run))
    response = ResponsesAPIResponse(**data)
    response._hidden_params = hidden
    if "response_cost" not in hidden:
        hidden["response_cost"] = cost_of(response, run)
    return response
