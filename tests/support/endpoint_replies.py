"""Answers of the scripted provider's endpoints other than chat, embeddings and messages."""

from __future__ import annotations

from collections.abc import Iterator
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from tests.support.http11 import Request
from tests.support.replies import pieces

JSON = dict[str, Any]
SOUND = b"ID3" + bytes(range(64))
PIXEL = "iVBORw0KGgo="


def form_of(request: Request) -> list[JSON] | None:
    """The parts of a multipart form; None when the request is none."""
    content_type = request.headers.get("content-type", "")
    if not content_type.startswith("multipart/form-data"):
        return None
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + request.body)
    parts = []
    for part in message.iter_parts():  # type: ignore[attr-defined]
        payload = part.get_payload(decode=True) or b""
        filename = part.get_filename()
        shown = {"value": payload.decode()} if filename is None else {"size": len(payload)}
        name = part.get_param("name", header="content-disposition")
        parts.append({"name": name, "filename": filename, "type": part.get_content_type(), **shown})
    return parts


def plain_answer(request: Request, path: str) -> tuple[bytes | JSON, str] | None:
    """The body and the media type for a path that answers once; None for the others."""
    body = request.json()
    asked: JSON = body if isinstance(body, dict) else {}
    last = path.rstrip("/")
    if last.endswith(("/images/generations", "/images/edits", "/images/variations")):
        count = int(asked.get("n") or 1)
        return {"created": 1700000000, "data": [{"b64_json": PIXEL}] * count}, "application/json"
    if last.endswith("/audio/transcriptions"):
        return {"text": "the words", "duration": 2.0, "language": "english"}, "application/json"
    if last.endswith("/listen"):
        return deepgram(), "application/json"
    if last.endswith("/audio/speech") or "/text-to-speech/" in last:
        return SOUND, "audio/mpeg"
    if last.endswith("/moderations"):
        flagged = {"flagged": False, "categories": {"violence": False}, "category_scores": {"violence": 0.0}}
        return {"id": "modr-1", "model": "omni", "results": [flagged]}, "application/json"
    if last.endswith("/rerank"):
        return rerank(asked), "application/json"
    if "/responses" in last and not (request.method == "POST" and asked.get("stream")):
        return stored_response(request.method, last, asked), "application/json"
    if "/fine_tuning/jobs" in last:
        return tuning_job(request.method, last, asked), "application/json"
    if "/vector_stores" in last:
        return {"id": "vs_1", "object": "vector_store", "created_at": 1700000000}, "application/json"
    if "/files" in last or "/batches" in last:
        return stored(request.method, last)
    return None


def deepgram() -> JSON:
    """Two speakers, one word each."""
    words = [
        {"word": word.lower(), "punctuated_word": f"{word}.", "start": float(speaker), "end": 1.0, "speaker": speaker}
        for speaker, word in enumerate(("Hello", "Hi"))
    ]
    best = {"transcript": "Hello. Hi.", "words": words}
    return {"metadata": {"duration": 2.0}, "results": {"channels": [{"alternatives": [best]}]}}


def rerank(asked: JSON) -> JSON:
    """The documents, longest first."""
    documents = asked.get("documents") or []
    order = sorted(range(len(documents)), key=lambda index: -len(str(documents[index])))[: asked.get("top_n")]
    results = [{"index": index, "relevance_score": 1.0 - rank / 10} for rank, index in enumerate(order)]
    return {"id": "rr-1", "results": results, "meta": {"billed_units": {"search_units": 1}}}


def stored(method: str, path: str) -> tuple[bytes | JSON, str]:
    """Files and batches: whatever was asked for."""
    kind = "batch" if "/batches" in path else "file"
    if path.endswith("/content"):
        return b"line one\nline two\n", "application/octet-stream"
    one: JSON = {"id": f"{kind}-1", "object": kind, "status": "processed", "created_at": 1700000000}
    if method == "DELETE":
        return {"id": one["id"], "object": kind, "deleted": True}, "application/json"
    if method == "GET" and path.endswith(("/files", "/batches")):
        return {"object": "list", "data": [one], "has_more": False}, "application/json"
    return one, "application/json"


def tuning_job(method: str, path: str, asked: JSON) -> JSON:
    """A job that runs until it is cancelled, or a page of one."""
    job: JSON = {
        "id": "ftjob-1", "object": "fine_tuning.job", "created_at": 1700000000, "model": asked.get("model", "m"),
        "hyperparameters": asked.get("hyperparameters") or {"n_epochs": "auto"}, "organization_id": "org",
        "result_files": [], "seed": 1, "training_file": asked.get("training_file", "file-1"),
        "status": "cancelled" if path.endswith("/cancel") else "running",
    }  # fmt: skip
    return {"object": "list", "data": [job], "has_more": False} if method == "GET" and path.endswith("/jobs") else job


def _said(asked: JSON) -> str:
    given = asked.get("input")
    if isinstance(given, list):
        given = given[-1].get("content") if isinstance(given[-1], dict) else given[-1]
        if isinstance(given, list):
            given = given[-1].get("text")
    return f"You said: {given}"


def response(asked: JSON, output: list[JSON], status: str = "completed") -> JSON:
    """A response with these output items."""
    usage = {"input_tokens": 5, "output_tokens": 6, "total_tokens": 11}
    details = {"input_tokens_details": {"cached_tokens": 2, "cache_write_tokens": 0}}
    details["output_tokens_details"] = {"reasoning_tokens": 3}
    return {
        "id": "resp_1", "object": "response", "created_at": 1700000000, "status": status, "model": asked.get("model"),
        "output": output, "parallel_tool_calls": True, "tool_choice": "auto", "tools": asked.get("tools") or [],
        "usage": {**usage, **details} if status == "completed" else None,
    }  # fmt: skip


def output_items(asked: JSON) -> list[JSON]:
    """A thought, an answer, and a call of each tool unless the last item is what a tool answered."""
    part = {"type": "output_text", "text": _said(asked), "annotations": []}
    items: list[JSON] = [
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Hmm."}],
         "encrypted_content": "sealed"},
        {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [part]},
    ]  # fmt: skip
    given = asked.get("input")
    answered = isinstance(given, list) and given[-1:] and given[-1].get("type") == "function_call_output"
    for index, tool in enumerate(() if answered else asked.get("tools") or ()):
        items.append(
            {"type": "function_call", "id": f"fc_{index}", "call_id": f"call_{index}", "name": tool.get("name"),
             "arguments": '{"city": "Paris"}', "status": "completed"}
        )  # fmt: skip
    return items


def stored_response(method: str, path: str, asked: JSON) -> JSON:
    """A new response, or what is asked of a kept one."""
    if method == "DELETE":
        return {"id": "resp_1", "object": "response", "deleted": True}
    if path.endswith("/input_items"):
        return {"object": "list", "data": [{"id": "msg_0", "type": "message"}], "has_more": False}
    return response(asked, output_items(asked))


def response_events(asked: JSON) -> Iterator[tuple[str, JSON]]:
    """The events of a streamed response."""
    items = output_items(asked)
    yield "response.created", {"response": response(asked, [], "in_progress")}
    for index, item in enumerate(items):
        where = {"item_id": item["id"], "output_index": index}
        empty = {"reasoning": {"summary": []}, "message": {"content": []}, "function_call": {"arguments": ""}}
        opened = {**item, **empty[item["type"]], "status": "in_progress"}
        yield "response.output_item.added", {"output_index": index, "item": opened}
        if item["type"] == "reasoning":
            for piece in pieces(item["summary"][0]["text"]):
                yield "response.reasoning_summary_text.delta", {**where, "summary_index": 0, "delta": piece}
        elif item["type"] == "message":
            for piece in pieces(item["content"][0]["text"]):
                yield "response.output_text.delta", {**where, "content_index": 0, "delta": piece}
        else:
            for piece in (item["arguments"][:5], item["arguments"][5:]):
                yield "response.function_call_arguments.delta", {**where, "delta": piece}
        yield "response.output_item.done", {"output_index": index, "item": item}
    yield "response.completed", {"response": response(asked, items)}


def text_chunks(asked: JSON) -> Iterator[JSON]:
    """The chunks of a streamed text completion."""
    for piece in ("One", " two", " three"):
        yield {"id": "cmpl-1", "object": "text_completion", "created": 1700000000, "model": asked.get("model"),
               "choices": [{"index": 0, "text": piece, "logprobs": None, "finish_reason": None}]}  # fmt: skip
    yield {"id": "cmpl-1", "object": "text_completion", "created": 1700000000, "model": asked.get("model"),
           "choices": [{"index": 0, "text": "", "logprobs": None, "finish_reason": "stop"}]}  # fmt: skip
