"""Endpoints that answer once, as steps: images, speech, transcriptions, moderations, rerankings."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import litellm
from litellm.llms.endpoint_formats import endpoint_format
from litellm.llms.endpoint_wire import EndpointCall, EndpointFormat
from litellm.pipeline.arguments import SETTINGS
from litellm.pipeline.effects import Effect, Steps
from litellm.pipeline.endpoint import resolve_endpoint
from litellm.pipeline.plain_errors import unmapped
from litellm.pipeline.polling import exchange_until_done
from litellm.pipeline.results import finish
from litellm.pipeline.run import Run, retry_count
from litellm.secret_managers.azure.signer import OPTIONS as AZURE_OPTIONS
from litellm.secret_managers.google.settings import ARGUMENTS as GOOGLE_OPTIONS

CALL_OPTIONS = ("api_version", "organization", "extra_query", "metadata", *AZURE_OPTIONS, *GOOGLE_OPTIONS)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint. `inputs` are the arguments it works on, `params` OpenAI's parameters for it."""

    name: str
    inputs: tuple[str, ...]
    params: frozenset[str]
    response: Callable[..., Any]
    cost: Callable[[Run, Any], float | None] | None = None
    """US dollars for a response; None when its model has no price. Where there is none, the price is by tokens."""
    mock: Callable[[Run, Any], dict[str, Any]] | None = None
    """The response's arguments for a `mock_response`."""
    shown: frozenset[str] = frozenset()
    """Arguments that callbacks see among the parameters, beside `params`."""
    asked: Callable[[dict[str, Any]], Any] | None = None
    """What callbacks see as the messages, where it is not `input` or `prompt`."""
    resolve: Callable[[Run], None] | None = None
    """Completes model, address and key of a call, where they are not those of a model's provider."""
    format_of: Callable[[str], EndpointFormat | None] | None = None
    """The format of a provider, where it is not in `endpoint_formats`."""


def plain_steps(endpoint: Endpoint) -> Callable[[dict[str, Any], str], Steps[Any]]:
    """The steps of a call to `endpoint`, for given arguments. They raise the exceptions of `litellm.exceptions`."""

    def steps(arguments: dict[str, Any], call_type: str) -> Steps[Any]:
        run = Run(arguments, call_type, asked=endpoint.asked)
        wire: EndpointFormat | None = None
        try:
            if endpoint.resolve is not None:
                endpoint.resolve(run)
            elif run.asked_model or not run.provider:
                run.resolve_provider()
            run.price = endpoint.cost
            mock = arguments.get("mock_response")
            if mock is not None and endpoint.mock is not None:
                return finish(run, endpoint.response(**endpoint.mock(run, mock)))
            wire = _format_of(endpoint, run.provider)
            if wire is None:
                raise litellm.BadRequestError(
                    message=f"{run.provider} has no {endpoint.name} that is known here.",
                    model=run.model,
                    llm_provider=run.provider,
                )
            return (yield from sent(endpoint, run, wire))
        except Exception as error:
            raise (unmapped(run, wire, error) or run.failed(error)) from error

    return steps


def _format_of(endpoint: Endpoint, provider: str) -> EndpointFormat | None:
    if endpoint.format_of is not None:
        return endpoint.format_of(provider)
    return endpoint_format(endpoint.name, provider)


def sent(endpoint: Endpoint, run: Run, wire: EndpointFormat) -> Generator[Effect, Any, Any]:
    """The steps of a call to `endpoint` in the format `wire`, for a `run` whose provider is known."""
    call = endpoint_call(endpoint, run, wire)
    request = wire.sign_in(call, wire.build_request(call))
    if not wire.sdk_retries or endpoint.name == "image_edit":
        run.show_url(request.url)
    reply = yield from exchange_until_done(run, wire, call, request)
    run.log_reply(reply)
    run.shown_provider = wire.shown_provider(run.provider)
    data = wire.parse_response(call, reply.headers, reply.body)
    response = finish(run, endpoint.response(**data), reply.headers)
    if wire.shows_model and getattr(response, "usage", None) is not None:
        response._hidden_params["model"] = run.model
    return response


def endpoint_call(endpoint: Endpoint, run: Run, wire: EndpointFormat) -> EndpointCall:
    """`run` resolved for `wire`. Raises `UnsupportedParamsError` for parameters that the provider does not take."""
    arguments = run.arguments
    params = _params(endpoint, run, wire)
    run.retries = retry_count(run, wire.sdk_retries, arguments.get("max_retries"))
    if endpoint.resolve is None:
        resolve_endpoint(run)
    if run.logging is not None:
        shown = endpoint.params | endpoint.shown
        run.note_params({name: value for name, value in arguments.items() if name in shown}, params)
    return EndpointCall(
        provider=run.provider,
        model=run.model,
        inputs={name: arguments[name] for name in endpoint.inputs if name in arguments},
        params=params,
        api_base=run.api_base,
        api_key=run.api_key,
        headers={**(arguments.get("headers") or {}), **(arguments.get("extra_headers") or {})},
        options={name: arguments[name] for name in CALL_OPTIONS if name in arguments},
    )


def _params(endpoint: Endpoint, run: Run, wire: EndpointFormat) -> dict[str, Any]:
    arguments = run.arguments
    drop = arguments.get("drop_params")
    drop = bool(litellm.drop_params if drop is None else drop)
    left_out = set(arguments.get("additional_drop_params") or ())
    allowed = set(arguments.get("allowed_openai_params") or ())
    supported = wire.supported_params(run.provider, run.model)
    openai: dict[str, Any] = {}
    own: dict[str, Any] = {}
    for name, value in arguments.items():
        if name in left_out or name in endpoint.inputs:
            continue
        if name in endpoint.params:
            if supported is None or name in supported or name in allowed:
                openai[name] = value
            elif not drop:
                raise litellm.UnsupportedParamsError(
                    message=f"{run.provider} does not support the parameter {name} for model={run.model}. "
                    "To drop it, set `litellm.drop_params=True`.",
                    model=None,
                    llm_provider=None,
                )
        elif name not in SETTINGS and name not in ("extra_headers", "max_retries"):
            own[name] = value
    return {**wire.map_params(run.provider, run.model, openai, drop=drop), **own}
