"""OpenAI messages as Gemini's: a system instruction, and contents that alternate between user and model."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import Any

from litellm.llms.gemini import models
from litellm.llms.gemini.parts import InvalidPart, content_parts, data_part
from litellm.llms.openai.messages import as_dict
from litellm.llms.wire import decode_json

SIGNATURE_MARK = "__thought__"
"""Between a tool call's id and its thought signature, for clients that keep nothing else of a call."""
NO_SIGNATURE = base64.b64encode(b"skip_thought_signature_validator").decode()
"""What Gemini 3 takes in the place of the signature of a call that it did not make itself."""
NOTHING_SAID = {"role": "user", "parts": [{"text": "."}]}
_SYSTEM_ROLES = ("system", "developer")
_TOOL_ROLES = ("tool", "function")


class InvalidMessage(ValueError):
    """A message that has no place in Gemini's format."""


def convert_messages(messages: list[Any], model: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """OpenAI messages as (parts of the system instruction, contents). Raises `InvalidMessage` for one not sayable."""
    builder = _Contents(with_ids=models.thinks_by_level(model))
    system: list[dict[str, Any]] = []
    for index, raw in enumerate(messages):
        message = raw if isinstance(raw, dict) else as_dict(raw)
        role = message.get("role")
        try:
            if role in _SYSTEM_ROLES:
                system.append({"text": _flat_text(message.get("content"))})
            elif role == "user":
                builder.user(message)
            elif role == "assistant":
                builder.model(message)
            elif role in _TOOL_ROLES:
                builder.tool(message)
            else:
                raise InvalidMessage(f"role {role!r} is not one that Gemini knows")
        except InvalidPart as error:
            raise InvalidMessage(f"messages[{index}]: {error}") from error
    return system, builder.contents or [NOTHING_SAID]


def said_by_users(messages: list[Any]) -> list[Any]:
    """`messages` for a model without system instructions: what they hold is said by the user, where it stands."""
    plain = [raw if isinstance(raw, dict) else as_dict(raw) for raw in messages]
    return [{**each, "role": "user"} if each.get("role") in _SYSTEM_ROLES else each for each in plain]


class _Contents:
    """Collects turns; neighbours of one role become one, but a tool's result never joins what the user says."""

    def __init__(self, *, with_ids: bool) -> None:
        self.contents: list[dict[str, Any]] = []
        self._with_ids = with_ids
        self._names: dict[str, str] = {}
        self._joins: str | None = None

    def _add(self, kind: str, role: str, parts: Iterable[dict[str, Any]]) -> None:
        if self._joins == kind:
            self.contents[-1]["parts"].extend(parts)
        else:
            self.contents.append({"role": role, "parts": list(parts)})
        self._joins = kind

    def user(self, message: Mapping[str, Any]) -> None:
        parts = content_parts(message.get("content"))
        if not any("text" in part for part in parts):
            parts.append({"text": " "})  # Vertex AI refuses a turn without text
        self._add("user", "user", parts)

    def model(self, message: Mapping[str, Any]) -> None:
        fields = message.get("provider_specific_fields") or {}
        calls = message.get("tool_calls") or ()
        thoughts = _thoughts(message)
        content = message.get("content")
        said = content_parts(content) if content is not None else []
        said = [part for part in said if "text" in part]
        signature = _text_signature(fields, calls, message.get("thinking_blocks") or ())
        if said and signature is not None:
            said[-1] = {**said[-1], "thoughtSignature": signature}
        parts = [*thoughts, *said, *_images(message), *self._calls(calls)]
        if message.get("function_call"):
            parts.append(self._call(message["function_call"], None, None))
        parts.extend(_server_side_tools(fields))
        if self._with_ids:
            _sign_first_call(parts)
        if parts:
            self._add("model", "model", parts)
        else:
            self._joins = None

    def _calls(self, calls: Iterable[Any]) -> list[dict[str, Any]]:
        made = []
        for raw in calls:
            call = raw if isinstance(raw, dict) else as_dict(raw)
            function = call.get("function") or {}
            call_id, _, hidden = str(call.get("id") or "").partition(SIGNATURE_MARK)
            self._names[call_id] = str(function.get("name") or "")
            made.append(self._call(function, call_id or None, call_signature(call) or hidden or None))
        return made

    def _call(self, function: Mapping[str, Any], call_id: str | None, signature: str | None) -> dict[str, Any]:
        called: dict[str, Any] = {"name": function.get("name"), "args": _arguments(function)}
        if call_id and self._with_ids:
            called["id"] = call_id
        part: dict[str, Any] = {"function_call": called}
        if signature:
            part["thoughtSignature"] = signature
        return part

    def tool(self, message: Mapping[str, Any]) -> None:
        call_id = str(message.get("tool_call_id") or "").partition(SIGNATURE_MARK)[0]
        name = self._names.get(call_id) or message.get("name")
        if not name:
            raise InvalidMessage(
                f"the tool message for call {call_id!r} answers no call of an assistant message, and has no 'name'"
            )
        parts = content_parts(message.get("content"))
        text = "".join(part["text"] for part in parts if "text" in part)
        answer: dict[str, Any] = {"name": name, "response": _result(text)}
        if call_id and self._with_ids:
            answer["id"] = call_id
        media = [part for part in parts if "text" not in part]
        if media:
            answer["parts"] = media
        self._add("tool", "user", [{"function_response": answer}])


def _flat_text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(str(part.get("text") or "") for part in content or () if isinstance(part, dict))


def _thoughts(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the model thought, with its signatures where it gave them."""
    blocks = [block for block in message.get("thinking_blocks") or () if block.get("thinking")]
    signed = [block for block in blocks if block.get("signature")]
    if not signed:
        reasoning = message.get("reasoning_content")
        return [{"text": reasoning, "thought": True}] if reasoning else []
    parts = []
    for block in blocks:
        part: dict[str, Any] = {"text": block["thinking"], "thought": True}
        if block.get("signature"):
            part["thoughtSignature"] = block["signature"]
        parts.append(part)
    return parts


def call_signature(call: Mapping[str, Any]) -> str | None:
    """The thought signature that a tool call, or its function, carries."""
    for holder in (call, call.get("function") or {}):
        signature = (holder.get("provider_specific_fields") or {}).get("thought_signature")
        if isinstance(signature, str):
            return signature
    return None


def _text_signature(fields: Mapping[str, Any], calls: Iterable[Any], blocks: Iterable[Any]) -> str | None:
    """The signature of the message's text: the first that is no call's, no thought's and no server-side tool's."""
    signatures = list(fields.get("thought_signatures") or ())
    taken = [call_signature(call if isinstance(call, dict) else as_dict(call)) for call in calls]
    taken += [block.get("signature") for block in blocks]
    taken += [run.get("thought_signature") for run in fields.get("server_side_tool_invocations") or ()]
    for signature in taken:
        if signature in signatures:
            signatures.remove(signature)
    return signatures[0] if signatures else None


def _images(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Images that the model made in an earlier turn."""
    parts = []
    for image in message.get("images") or ():
        url = (image.get("image_url") or {}).get("url")
        if isinstance(url, str):
            parts.append(data_part(url, None))
    return parts


def _server_side_tools(fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Calls of Google's own tools in an earlier turn, each with its answer."""
    parts: list[dict[str, Any]] = []
    for run in fields.get("server_side_tool_invocations") or ():
        call: dict[str, Any] = {"toolCall": {"toolType": run.get("tool_type"), "id": run.get("id")}}
        if run.get("args") is not None:
            call["toolCall"]["args"] = run["args"]
        if run.get("thought_signature"):
            call["thoughtSignature"] = run["thought_signature"]
        parts.append(call)
        if run.get("response") is not None:
            answer = {"toolType": run.get("tool_type"), "id": run.get("id"), "response": run["response"]}
            parts.append({"toolResponse": answer})
    return parts


def _sign_first_call(parts: list[dict[str, Any]]) -> None:
    """Gemini 3 demands a signature on the first call of a turn."""
    for part in parts:
        if "function_call" in part:
            part.setdefault("thoughtSignature", NO_SIGNATURE)
            return


def _arguments(function: Mapping[str, Any]) -> Any:
    arguments = function.get("arguments")
    if not isinstance(arguments, str):
        return arguments or {}
    if not arguments.strip():
        return {}
    try:
        return decode_json(arguments)
    except ValueError as error:
        name = function.get("name")
        raise InvalidMessage(f"the arguments of the tool call {name!r} are not valid JSON: {error}") from error


def _result(text: str) -> dict[str, Any]:
    """A tool's result has to be an object: the JSON object that `text` is, or else one that holds it."""
    if text.lstrip().startswith("{"):
        try:
            value = decode_json(text)
        except ValueError:
            return {"content": text}
        if isinstance(value, dict):
            return value
    return {"content": text}
