"""Files, batches and fine-tuning jobs, as steps: one request each, to the provider that keeps them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import litellm
from litellm.llms.custom_httpx.reply import Reply
from litellm.llms.endpoint_wire import EndpointCall
from litellm.llms.openai.stored import PROVIDERS
from litellm.llms.wire import WireRequest, decode_object
from litellm.pipeline.attempt import exchange
from litellm.pipeline.effects import Steps
from litellm.pipeline.endpoint import resolve_endpoint
from litellm.pipeline.plain import CALL_OPTIONS
from litellm.pipeline.results import hidden_params
from litellm.pipeline.run import Run, retry_count

DEFAULT_PROVIDER = "openai"
Build = Callable[[EndpointCall, dict[str, Any]], WireRequest]
Read = Callable[[Run, Reply], Any]


def stored_steps(build: Build, read: Read) -> Callable[[dict[str, Any], str], Steps[Any]]:
    """The steps of a request that `build` makes of a call and its arguments, and whose reply `read` understands."""

    def steps(arguments: dict[str, Any], call_type: str) -> Steps[Any]:
        run = Run(_placed(arguments), call_type)
        try:
            if run.provider not in PROVIDERS:
                raise litellm.BadRequestError(
                    message=f"custom_llm_provider: {run.provider} has no files, batches or fine-tuning known here",
                    model="",
                    llm_provider=run.provider,
                )
            run.retries = retry_count(run, True, arguments.get("max_retries"))
            resolve_endpoint(run)
            request = build(_call(run), run.arguments)
            reply = yield from exchange(run, request)
            run.log_reply(reply)
            result = read(run, reply)
            if run.logging is not None:
                run.logging.success(result)
            return result
        except Exception as error:
            raise run.failed(error) from error

    return steps


def _placed(arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments with their provider, which a deployment's model (`azure/gpt-4o`) tells as well."""
    provider = arguments.get("custom_llm_provider", DEFAULT_PROVIDER)
    prefix, _, model = str(arguments.get("model") or "").partition("/")
    if model and prefix in PROVIDERS and provider in (DEFAULT_PROVIDER, prefix):
        return {**arguments, "custom_llm_provider": prefix, "model": model}
    return {**arguments, "custom_llm_provider": provider}


def _call(run: Run) -> EndpointCall:
    arguments = run.arguments
    return EndpointCall(
        provider=run.provider,
        model="",
        inputs={},
        params={},
        api_base=run.api_base,
        api_key=run.api_key,
        headers={**(arguments.get("headers") or {}), **(arguments.get("extra_headers") or {})},
        options={name: arguments[name] for name in CALL_OPTIONS if name in arguments},
    )


def as_object(kind: type[Any]) -> Read:
    """Reads a JSON object as a `kind`."""

    def read(run: Run, reply: Reply) -> Any:
        return kind(**decode_object(reply.body))

    return read


def with_hidden(kind: type[Any], **known: Any) -> Read:
    """Reads a JSON object as a `kind` that also knows what its headers were."""

    def read(run: Run, reply: Reply) -> Any:
        result = kind(**decode_object(reply.body))
        result._hidden_params = {**hidden_params(run, reply.headers), **known}
        return result

    return read
