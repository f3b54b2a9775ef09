"""Code of a guardrail that comes as text: `apply_guardrail(inputs, request_data, input_type)` that gives `allow()`,
`block(reason)` or `modify(texts=…)`. It runs in this process with all its rights, so it is off unless it is enabled.
"""

from __future__ import annotations

import asyncio
import inspect
import re
from typing import Any

from starlette.exceptions import HTTPException

from litellm.integrations.custom_guardrail import CustomGuardrail
from litellm.proxy.guardrails.stored import CUSTOM_CODE, custom_code_enabled
from litellm.types.guardrails import GenericGuardrailAPIInputs, InputType

TIMEOUT_S = 5.0
FUNCTION = "apply_guardrail"


def allow() -> dict[str, Any]:
    """Let it pass."""
    return {"action": "allow"}


def block(reason: str, detection_info: dict[str, Any] | None = None) -> dict[str, Any]:
    """Refuse it."""
    found: dict[str, Any] = {"action": "block", "reason": reason}
    return found | ({"detection_info": detection_info} if detection_info else {})


def modify(texts: list[str] | None = None, images: Any = None, tool_calls: Any = None) -> dict[str, Any]:
    """Change it."""
    given = {"texts": texts, "images": images, "tool_calls": tool_calls}
    return {"action": "modify", **{name: value for name, value in given.items() if value is not None}}


_GIVEN = {
    "allow": allow, "block": block, "modify": modify,
    "regex_match": lambda text, pattern: re.search(pattern, text) is not None,
    "regex_replace": lambda text, pattern, by: re.sub(pattern, by, text),
    "contains": lambda text, part: part in text,
    "contains_any": lambda text, parts: any(part in text for part in parts),
}  # fmt: skip


class CustomCodeGuardrail(CustomGuardrail):
    """`custom_code`: the code."""

    def __init__(self, custom_code: str | None = None, **kwargs: Any) -> None:
        """Raises ValueError where code is not enabled, or is wrong."""
        if not custom_code_enabled():
            raise ValueError(f"custom_code runs code; {CUSTOM_CODE}=true allows it")
        self._function = compiled(custom_code or "")
        super().__init__(**kwargs)

    async def apply_guardrail(
        self, inputs: GenericGuardrailAPIInputs, request_data: dict[str, Any], input_type: InputType,
        logging_obj: Any = None,
    ) -> GenericGuardrailAPIInputs:  # fmt: skip
        """What the code says."""
        said = await called(self._function, inputs, request_data, input_type)
        if said.get("action") == "block":
            message = self.render_violation_message(str(said.get("reason") or "Content blocked"))
            raise HTTPException(400, {"error": message})  # type: ignore[arg-type]
        if said.get("action") == "modify" and said.get("texts") is not None:
            return {**inputs, "texts": said["texts"]}
        return inputs


def compiled(code: str) -> Any:
    """The function of a code. Raises ValueError for code that does not run or does not define it."""
    names: dict[str, Any] = dict(_GIVEN)
    try:
        exec(compile(code, "<custom_code>", "exec"), names)
    except Exception as error:
        raise ValueError(f"custom_code: {type(error).__name__}: {error}") from error
    found = names.get(FUNCTION)
    if not callable(found):
        raise ValueError(f"custom_code: defines no function {FUNCTION}")
    return found


async def called(function: Any, inputs: Any, data: Any, input_type: str) -> dict[str, Any]:
    """What the function gives. Raises TimeoutError, and what the function raises."""
    if inspect.iscoroutinefunction(function):
        said = await asyncio.wait_for(function(inputs, data, input_type), TIMEOUT_S)
    else:
        said = await asyncio.wait_for(asyncio.to_thread(function, inputs, data, input_type), TIMEOUT_S)
    return said if isinstance(said, dict) else allow()


async def tested(code: str, test_input: Any, data: Any, input_type: str) -> dict[str, Any]:
    """Upstream's answer of `/guardrails/test_custom_code`."""
    try:
        function = compiled(code)
    except ValueError as error:
        return {"success": False, "result": None, "error": str(error), "error_type": "compilation"}
    try:
        result = await called(function, test_input, data, input_type)
    except Exception as error:  # noqa: BLE001 - the answer of a test is what its code raised
        return {
            "success": False,
            "result": None,
            "error": f"{type(error).__name__}: {error}",
            "error_type": "execution",
        }
    return {"success": True, "result": result, "error": None, "error_type": None}
