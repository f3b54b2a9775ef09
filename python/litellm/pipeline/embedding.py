"""Embeddings, as steps."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import litellm
from litellm.exceptions import UnsupportedParamsError
from litellm.llms.endpoint_formats import endpoint_format
from litellm.llms.openai import embeddings
from litellm.llms.wire import ChatCall
from litellm.pipeline.arguments import SETTINGS
from litellm.pipeline.attempt import exchange
from litellm.pipeline.effects import Effect, Steps
from litellm.pipeline.endpoint import resolve_endpoint
from litellm.pipeline.plain import Endpoint, sent
from litellm.pipeline.results import finish
from litellm.pipeline.run import Run, retry_count
from litellm.types.utils import EmbeddingResponse

OPENAI_PARAMS = frozenset({"dimensions", "encoding_format", "user"})
EMBEDDING = Endpoint("embedding", inputs=("input",), params=OPENAI_PARAMS, response=EmbeddingResponse)
"""What a provider with an embedding format of its own is called by."""
_NOT_BODY = SETTINGS | {"extra_headers", "max_retries", "input"}


def embedding_steps(arguments: dict[str, Any], call_type: str) -> Steps[EmbeddingResponse]:
    """The steps of an embedding call with `arguments`. Raises the exceptions of `litellm.exceptions`."""
    run = Run(arguments, call_type)
    try:
        run.resolve_provider()
        if arguments.get("mock_response") is not None:
            return _mocked(run)
        wire = endpoint_format("embedding", run.provider)
        if wire is not None:
            response: EmbeddingResponse = yield from sent(EMBEDDING, run, wire)
            return response
        return (yield from _sent(run))
    except Exception as error:
        raise run.failed(error) from error


def _sent(run: Run) -> Generator[Effect, Any, EmbeddingResponse]:
    arguments = run.arguments
    params = _params(run)
    run.retries = retry_count(run, True, arguments.get("max_retries"))
    resolve_endpoint(run)
    run.note_params(params, params)
    call = ChatCall(
        provider=run.provider,
        model=run.model,
        messages=[],
        params=params,
        api_base=run.api_base,
        api_key=run.api_key,
        headers={**(arguments.get("headers") or {}), **(arguments.get("extra_headers") or {})},
        options={k: arguments[k] for k in ("api_version", "organization", "azure_ad_token") if k in arguments},
    )
    reply = yield from exchange(run, embeddings.build_request(call, arguments.get("input")))
    run.log_reply(reply)
    data = embeddings.parse_response(reply.body)
    response: EmbeddingResponse = finish(run, EmbeddingResponse(**data), reply.headers)
    return response


def _params(run: Run) -> dict[str, Any]:
    arguments = run.arguments
    supported = embeddings.supported_params(run.provider, run.model)
    drop = arguments.get("drop_params")
    drop = litellm.drop_params if drop is None else drop
    left_out = set(arguments.get("additional_drop_params") or ())
    params: dict[str, Any] = {}
    for name, value in arguments.items():
        if name in left_out:
            continue
        if name in OPENAI_PARAMS:
            if name in supported:
                params[name] = value
            elif name != "user" and not drop:
                raise UnsupportedParamsError(
                    message=f"{run.provider} does not support the parameter {name} for model={run.model}. "
                    "To drop it, set `litellm.drop_params=True`.",
                    model=run.model,
                    llm_provider=run.provider,
                )
        elif name not in _NOT_BODY:
            params[name] = value
    return params


def _mocked(run: Run) -> EmbeddingResponse:
    vector = run.arguments["mock_response"]
    given = run.arguments.get("input")
    count = len(given) if isinstance(given, list) else 1
    data = [{"object": "embedding", "index": index, "embedding": vector} for index in range(count)]
    usage = {"prompt_tokens": 10, "completion_tokens": 0, "total_tokens": 10}
    response: EmbeddingResponse = finish(run, EmbeddingResponse(model=run.model, data=data, object="list", usage=usage))
    return response
