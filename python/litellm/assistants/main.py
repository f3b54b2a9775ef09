"""Assistants, threads, messages and runs at OpenAI and Azure, each call blocking and on an event loop."""

from __future__ import annotations

from typing import Any

import litellm
from litellm.assistants.streaming import AssistantStreamManager, AsyncAssistantStreamManager
from litellm.llms.custom_httpx.reply import Reply
from litellm.llms.openai import stored
from litellm.llms.openai.stored import Build
from litellm.llms.wire import decode_object
from litellm.pipeline.arguments import given
from litellm.pipeline.effects import Sleep, Steps, run_async, run_sync
from litellm.pipeline.run import Run as Call
from litellm.pipeline.stored import DEFAULT_PROVIDER, Read, as_object, stored_steps
from litellm.types.assistants import Assistant, AssistantDeleted, Message, Run, Thread
from litellm.types.files import AsyncCursorPage, SyncCursorPage

__all__ = [
    "a_add_message",
    "acreate_assistants",
    "acreate_thread",
    "add_message",
    "adelete_assistant",
    "aget_assistants",
    "aget_messages",
    "aget_thread",
    "arun_thread",
    "arun_thread_stream",
    "create_assistants",
    "create_thread",
    "delete_assistant",
    "get_assistants",
    "get_messages",
    "get_thread",
    "run_thread",
    "run_thread_stream",
]

MAX_RUN_S = 660.0
"""OpenAI ends a run after ten minutes."""
POLL_S = 1.0
_BETA = {"openai-beta": "assistants=v2"}
_LISTED = {"limit": 20, "order": "desc"}
_ASSISTANT = (
    "model", "name", "description", "instructions", "tools", "tool_resources", "metadata", "temperature", "top_p",
    "response_format",
)  # fmt: skip
_RUN = (
    "assistant_id", "additional_instructions", "instructions", "metadata", "model", "tools", "additional_messages",
    "max_completion_tokens", "max_prompt_tokens", "temperature", "top_p", "tool_choice", "response_format",
    "truncation_strategy", "parallel_tool_calls",
)  # fmt: skip
_MESSAGE = ("role", "content", "attachments", "metadata")
_WORKING = frozenset({"queued", "in_progress", "cancelling"})


def _asks(method: str, path: str, names: tuple[str, ...] = (), query: dict[str, Any] | None = None) -> Build:
    """The request to `path`, with these of the arguments as its body."""
    ask = stored.asks(method, path, body=names, query=tuple(query or ()), headers=_BETA)
    return lambda call, asked: ask(call, {**(query or {}), **asked})


def _page_of(kind: type[Any]) -> Read:
    def read(run: Call, reply: Reply) -> Any:
        data = decode_object(reply.body)
        data["data"] = [kind(**item) for item in data.get("data") or ()]
        return AsyncCursorPage[Any](**data) if run.is_async else SyncCursorPage[Any](**data)

    return read


_CREATE_ASSISTANT = stored_steps(_asks("POST", "/assistants", _ASSISTANT), as_object(Assistant))
_GET_ASSISTANTS = stored_steps(_asks("GET", "/assistants", query=_LISTED), _page_of(Assistant))
_DELETE_ASSISTANT = stored_steps(_asks("DELETE", "/assistants/{assistant_id}"), as_object(AssistantDeleted))
_CREATE_THREAD = stored_steps(_asks("POST", "/threads", ("messages", "metadata", "tool_resources")), as_object(Thread))
_GET_THREAD = stored_steps(_asks("GET", "/threads/{thread_id}"), as_object(Thread))
_ADD_MESSAGE = stored_steps(_asks("POST", "/threads/{thread_id}/messages", _MESSAGE), as_object(Message))
_GET_MESSAGES = stored_steps(_asks("GET", "/threads/{thread_id}/messages"), _page_of(Message))
_CREATE_RUN = stored_steps(_asks("POST", "/threads/{thread_id}/runs", _RUN), as_object(Run))
_STREAM_RUN = stored_steps(
    _asks("POST", "/threads/{thread_id}/runs", (*_RUN, "stream")), lambda call, reply: (call, reply.response),
    stream=True,
)  # fmt: skip
_GET_RUN = stored_steps(_asks("GET", "/threads/{thread_id}/runs/{run_id}"), as_object(Run))


def _run_steps(arguments: dict[str, Any], call_type: str) -> Steps[Run]:
    """Starts a run, and asks for it until it waits for the caller or has ended."""
    run: Run = yield from _CREATE_RUN(dict(arguments), call_type)
    waited = 0.0
    while getattr(run, "status", None) in _WORKING:
        if waited >= MAX_RUN_S:
            raise litellm.Timeout(
                message=f"the run {run.id} has not ended after {waited:.0f} s", model="",
                llm_provider=str(arguments["custom_llm_provider"]),
            )  # fmt: skip
        yield Sleep(POLL_S)
        waited += POLL_S
        run = yield from _GET_RUN({**arguments, "run_id": run.id}, call_type)
    return run


def create_assistants(custom_llm_provider: str, model: str, **kwargs: Any) -> Assistant:
    """A new assistant, with `name`, `instructions`, `tools` and what else OpenAI's API takes.

    Raises the exceptions of `litellm.exceptions`, as all of these do.
    """
    made: Assistant = run_sync(_CREATE_ASSISTANT(given(locals(), kwargs), "create_assistants"))
    return made


async def acreate_assistants(custom_llm_provider: str, **kwargs: Any) -> Assistant:
    """`create_assistants` on an event loop."""
    made: Assistant = await run_async(_CREATE_ASSISTANT(given(locals(), kwargs), "acreate_assistants"))
    return made


def get_assistants(custom_llm_provider: str, **kwargs: Any) -> Any:
    """A page of the assistants, the newest first."""
    return run_sync(_GET_ASSISTANTS(given(locals(), kwargs), "get_assistants"))


async def aget_assistants(custom_llm_provider: str, **kwargs: Any) -> Any:
    """`get_assistants` on an event loop."""
    return await run_async(_GET_ASSISTANTS(given(locals(), kwargs), "aget_assistants"))


def delete_assistant(custom_llm_provider: str, assistant_id: str, **kwargs: Any) -> AssistantDeleted:
    """Deletes an assistant."""
    made: AssistantDeleted = run_sync(_DELETE_ASSISTANT(given(locals(), kwargs), "delete_assistant"))
    return made


async def adelete_assistant(custom_llm_provider: str, **kwargs: Any) -> AssistantDeleted:
    """`delete_assistant` on an event loop."""
    made: AssistantDeleted = await run_async(_DELETE_ASSISTANT(given(locals(), kwargs), "adelete_assistant"))
    return made


def create_thread(custom_llm_provider: str, messages: Any = None, metadata: Any = None, **kwargs: Any) -> Thread:
    """A new thread, which may begin with messages."""
    made: Thread = run_sync(_CREATE_THREAD(given(locals(), kwargs), "create_thread"))
    return made


async def acreate_thread(custom_llm_provider: str, **kwargs: Any) -> Thread:
    """`create_thread` on an event loop."""
    made: Thread = await run_async(_CREATE_THREAD(given(locals(), kwargs), "acreate_thread"))
    return made


def get_thread(custom_llm_provider: str, thread_id: str, **kwargs: Any) -> Thread:
    """A thread."""
    made: Thread = run_sync(_GET_THREAD(given(locals(), kwargs), "get_thread"))
    return made


async def aget_thread(custom_llm_provider: str, thread_id: str, **kwargs: Any) -> Thread:
    """`get_thread` on an event loop."""
    made: Thread = await run_async(_GET_THREAD(given(locals(), kwargs), "aget_thread"))
    return made


def add_message(custom_llm_provider: str, thread_id: str, role: str, content: str, **kwargs: Any) -> Message:
    """A new message at the end of a thread."""
    made: Message = run_sync(_ADD_MESSAGE(given(locals(), kwargs), "add_message"))
    return made


async def a_add_message(custom_llm_provider: str, thread_id: str, role: str, content: str, **kwargs: Any) -> Message:
    """`add_message` on an event loop."""
    made: Message = await run_async(_ADD_MESSAGE(given(locals(), kwargs), "a_add_message"))
    return made


def get_messages(custom_llm_provider: str, thread_id: str, **kwargs: Any) -> Any:
    """A page of a thread's messages, the newest first."""
    return run_sync(_GET_MESSAGES(given(locals(), kwargs), "get_messages"))


async def aget_messages(custom_llm_provider: str, thread_id: str, **kwargs: Any) -> Any:
    """`get_messages` on an event loop."""
    return await run_async(_GET_MESSAGES(given(locals(), kwargs), "aget_messages"))


def run_thread(custom_llm_provider: str, thread_id: str, assistant_id: str, **kwargs: Any) -> Any:
    """Lets an assistant answer in a thread, and waits until it has, or waits for the caller itself.

    With `stream=True` as `run_thread_stream`.
    """
    arguments = given(locals(), kwargs)
    if arguments.pop("stream", None):
        return run_thread_stream(**arguments)
    return run_sync(_run_steps(arguments, "run_thread"))


async def arun_thread(custom_llm_provider: str, thread_id: str, assistant_id: str, **kwargs: Any) -> Any:
    """`run_thread` on an event loop."""
    arguments = given(locals(), kwargs)
    if arguments.pop("stream", None):
        return arun_thread_stream(**arguments)
    return await run_async(_run_steps(arguments, "arun_thread"))


def run_thread_stream(*, event_handler: Any = None, **kwargs: Any) -> AssistantStreamManager:
    """A run whose events come as they happen: `with run_thread_stream(…) as stream: for event in stream: …`.

    Takes the arguments of `run_thread`. `event_handler` is one of OpenAI's SDK, and is then what `with` gives.
    """
    arguments = given({"custom_llm_provider": DEFAULT_PROVIDER}, kwargs) | {"stream": True}
    return AssistantStreamManager(_STREAM_RUN(arguments, "run_thread"), event_handler)


def arun_thread_stream(*, event_handler: Any = None, **kwargs: Any) -> AsyncAssistantStreamManager:
    """`run_thread_stream` on an event loop: `async with`, `async for`."""
    arguments = given({"custom_llm_provider": DEFAULT_PROVIDER}, kwargs) | {"stream": True}
    return AsyncAssistantStreamManager(_STREAM_RUN(arguments, "arun_thread"), event_handler)
