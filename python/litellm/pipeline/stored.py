"""What providers keep, as steps: files, batches, fine-tuning jobs, vector stores, … One request each."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import litellm
from litellm.llms.custom_httpx.reply import Reply
from litellm.llms.endpoint_wire import EndpointCall
from litellm.llms.openai.stored import PROVIDERS, Build
from litellm.llms.wire import SHAPE_ERRORS, decode_object, misshapen
from litellm.pipeline.attempt import exchange
from litellm.pipeline.effects import Steps
from litellm.pipeline.endpoint import resolve_endpoint
from litellm.pipeline.plain import CALL_OPTIONS
from litellm.pipeline.results import described, hidden_params
from litellm.pipeline.run import Run, retry_count

DEFAULT_PROVIDER = "openai"
FILES = "files, batches or fine-tuning"
Read = Callable[[Run, Reply], Any]


def stored_steps(
    build: Build, read: Read, *, kind: str = FILES, providers: Collection[str] = PROVIDERS, sdk: bool = True,
    price: Callable[[Run, Any], float | None] | None = None, mock: Callable[[Run, Any], Any] | None = None,
    stream: bool = False,
) -> Callable[[dict[str, Any], str], Steps[Any]]:  # fmt: skip
    """The steps of a request that `build` makes of a call and its arguments, and whose reply `read` understands.

    `kind` is what `providers` keep, in words. With `sdk`, a failed request is sent again as OpenAI's SDK would.
    `mock` makes the result of a `mock_response`. Of a `stream`, `read` gets the reply unread; its result is not told to
    callbacks.
    """

    def steps(arguments: dict[str, Any], call_type: str) -> Steps[Any]:
        run = Run(_placed(arguments, providers), call_type)
        run.price = price
        try:
            if run.provider not in providers:
                raise litellm.BadRequestError(
                    message=f"custom_llm_provider: {run.provider} has no {kind} known here",
                    model="",
                    llm_provider=run.provider,
                )
            if price is not None:
                run.note_params({}, {})
            mocked = arguments.get("mock_response")
            if mocked is not None and mock is not None:
                result = mock(run, mocked)
            else:
                run.retries = retry_count(run, sdk, arguments.get("max_retries"))
                resolve_endpoint(run)
                reply = yield from exchange(run, build(_call(run), run.arguments), stream=stream)
                if stream:
                    run.log_stream()
                    return read(run, reply)
                run.log_reply(reply)
                result = _read(read, run, reply)
            if run.logging is not None:
                run.logging.success(result)
            return result
        except Exception as error:
            raise run.failed(error) from error

    return steps


def _read(read: Read, run: Run, reply: Reply) -> Any:
    try:
        return read(run, reply)
    except SHAPE_ERRORS as error:
        raise misshapen(error) from error


def _placed(arguments: dict[str, Any], providers: Collection[str]) -> dict[str, Any]:
    """The arguments with their provider, which a deployment's model (`azure/gpt-4o`) tells as well."""
    provider = arguments.get("custom_llm_provider", DEFAULT_PROVIDER)
    prefix, _, model = str(arguments.get("model") or "").partition("/")
    if model and prefix in providers and provider in (DEFAULT_PROVIDER, prefix):
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


def priced(kind: type[Any]) -> Read:
    """Reads a JSON object as a `kind` that also knows what it cost."""

    def read(run: Run, reply: Reply) -> Any:
        return described(run, kind(**decode_object(reply.body)), reply.headers)

    return read


def plain(run: Run, reply: Reply) -> dict[str, Any]:
    """Reads a JSON object as a dict."""
    return decode_object(reply.body)


def raw(run: Run, reply: Reply) -> bytes:
    """The bytes as they are."""
    return reply.body
