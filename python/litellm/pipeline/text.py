"""Text completions, as steps: by the provider's own API where it has one, through chat where it has not."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any

import litellm
from litellm.litellm_core_utils.rules import check_answer, check_input
from litellm.litellm_core_utils.streaming_handler import ChunkFlow, CustomStreamWrapper
from litellm.litellm_core_utils.text_stream import TextCompletionStreamWrapper
from litellm.llms.openai import completions
from litellm.llms.sse import splitter
from litellm.llms.wire import ChatCall
from litellm.pipeline.arguments import SETTINGS
from litellm.pipeline.attempt import exchange
from litellm.pipeline.chat import chat_steps, decoded, decoded_async
from litellm.pipeline.effects import Effect, Steps
from litellm.pipeline.endpoint import resolve_endpoint
from litellm.pipeline.results import described, finish
from litellm.pipeline.run import Run, retry_count
from litellm.secret_managers.azure.signer import OPTIONS as AZURE_OPTIONS
from litellm.types.ids import new_id
from litellm.types.utils import TextCompletionResponse

Text = TextCompletionResponse | TextCompletionStreamWrapper
_NOT_BODY = SETTINGS | {"extra_headers", "max_retries", "stream"}


def text_steps(arguments: dict[str, Any], call_type: str) -> Steps[Text]:
    """The steps of a text completion with `arguments`. Raises the exceptions of `litellm.exceptions`."""
    run = Run(arguments, call_type)
    try:
        run.resolve_provider()
        if run.provider in completions.NATIVE and "mock_response" not in arguments:
            check_input([{"content": arguments.get("prompt")}], run.asked_model)
            return (yield from _sent(run))
    except Exception as error:
        raise run.failed(error) from error
    return (yield from _by_chat(run))


def _sent(run: Run) -> Generator[Effect, Any, Text]:
    arguments = run.arguments
    left_out = set(arguments.get("additional_drop_params") or ())
    params = {k: v for k, v in arguments.items() if k not in _NOT_BODY and k not in left_out}
    run.retries = retry_count(run, True, arguments.get("max_retries"))
    resolve_endpoint(run)
    run.note_params(params, params)
    if run.provider == "openai":
        run.show_provider("text-completion-openai")
    stream = bool(arguments.get("stream"))
    call = ChatCall(
        provider=run.provider,
        model=run.model,
        messages=[],
        params=params,
        api_base=run.api_base,
        api_key=run.api_key,
        headers={**(arguments.get("headers") or {}), **(arguments.get("extra_headers") or {})},
        stream=stream,
        options={k: arguments[k] for k in ("api_version", "organization", *AZURE_OPTIONS) if k in arguments},
    )
    reply = yield from exchange(run, completions.build_request(call, arguments.get("prompt")), stream=stream)
    if stream:
        run.log_stream()
        read: Any = decoded_async if run.is_async else decoded
        source = read(reply.response, splitter("sse"), completions.stream_decoder())
        if run.logging is not None:
            return TextCompletionStreamWrapper(_heard(run, source), run.model, run.failed)
        return TextCompletionStreamWrapper(source, run.model, run.map_error)
    run.log_reply(reply)
    data = completions.parse_response(reply.body)
    if run.provider == "azure_text":
        data["created"] = int(time.time())
    else:
        run.shown_provider = None
    made = TextCompletionResponse(**data)
    if made.choices:
        check_answer(made.choices[0].text, run.asked_model, lambda: described(run, made, reply.headers))
    response: TextCompletionResponse = finish(run, made, reply.headers)
    return response


def _heard(run: Run, source: Any) -> Any:
    """`source`, with callbacks told when it begins and of the whole text when it ends."""
    flow = ChunkFlow(model=run.model, provider=run.provider, keep=True)
    return _heard_async(run, flow, source) if run.is_async else _heard_sync(run, flow, source)


def _heard_sync(run: Run, flow: ChunkFlow, source: Iterator[list[dict[str, Any]]]) -> Iterator[list[dict[str, Any]]]:
    for chunks in source:
        _hear(run, flow, chunks)
        yield chunks
    _tell(run, flow)


async def _heard_async(
    run: Run, flow: ChunkFlow, source: AsyncIterator[list[dict[str, Any]]]
) -> AsyncIterator[list[dict[str, Any]]]:
    async for chunks in source:
        _hear(run, flow, chunks)
        yield chunks
    _tell(run, flow)


def _hear(run: Run, flow: ChunkFlow, chunks: list[dict[str, Any]]) -> None:
    if run.logging is not None and not flow.started:
        run.logging.begin_stream()
    for chunk in chunks:
        choices = [{**choice, "delta": {"content": choice.get("text")}} for choice in chunk.get("choices") or ()]
        flow.take({**chunk, "choices": choices})


def _tell(run: Run, flow: ChunkFlow) -> None:
    flow.end()
    if run.logging is not None:
        run.logging.success(flow.complete(), cache_hit=False)


def _by_chat(run: Run) -> Generator[Effect, Any, Text]:
    arguments = {k: v for k, v in run.arguments.items() if k != "prompt"}
    arguments["messages"] = prompt_messages(run.arguments.get("prompt"))
    arguments["text_completion"] = True
    if run.logging is not None:
        run.logging.shape = as_text
        arguments["litellm_logging_obj"] = run.logging
    call_type = "acompletion" if run.is_async else "completion"
    response = yield from chat_steps(arguments, call_type)
    if isinstance(response, CustomStreamWrapper):
        return TextCompletionStreamWrapper(response, run.model, run.map_error)
    return as_text(response)


def as_text(response: Any) -> TextCompletionResponse:
    """A chat completion as a text completion."""
    made = TextCompletionResponse(
        id=response.id or new_id("cmpl-"),
        object="text_completion",
        created=int(time.time()),
        model=response.model,
        choices=[
            {
                "index": choice.index,
                "text": choice.message.content or "",
                "logprobs": None,
                "finish_reason": choice.finish_reason,
            }
            for choice in response.choices
        ],
        usage=response.get("usage"),
    )
    made._hidden_params = response._hidden_params
    return made


def prompt_messages(prompt: Any) -> list[dict[str, Any]]:
    """`prompt` as a chat: each of several prompts is a message."""
    prompts = prompt if isinstance(prompt, list) else [prompt]
    if not all(isinstance(text, str) for text in prompts):
        raise litellm.BadRequestError(
            message="prompt: token ids need a provider with a text completions API; give this one text",
            model=None,
            llm_provider=None,
        )
    return [{"role": "user", "content": text} for text in prompts]
