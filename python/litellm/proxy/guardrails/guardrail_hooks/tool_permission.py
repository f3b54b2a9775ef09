"""Which tools a request may offer and a model may call."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.exceptions import HTTPException

from litellm.integrations.custom_guardrail import CustomGuardrail
from litellm.proxy.guardrails.tool_calls import name_of
from litellm.types.guardrails import GenericGuardrailAPIInputs, InputType

_DECISIONS = ("allow", "deny")


@dataclass(frozen=True, slots=True)
class _Rule:
    id: str
    name: str
    allows: bool
    params: Mapping[str, str]
    """Patterns that values of a call's arguments have to match, by the path of the argument (`to[]`, `a.b`)."""

    def names(self, tool: str) -> bool:
        """Whether the rule is about a tool: by its name, with `*` for anything, or by a regular expression."""
        return re.fullmatch(self.name, tool) is not None


class ToolPermissionGuardrail(CustomGuardrail):
    """`rules` in order, each with `tool_name` and `decision`; `default_action` for tools of no rule;
    `on_disallowed_action`: `block` refuses, `rewrite` takes the tools out of the request.
    """

    def __init__(
        self,
        rules: Sequence[Mapping[str, Any]] | None = None,
        default_action: str = "deny",
        on_disallowed_action: str = "block",
        **kwargs: Any,
    ) -> None:
        """Raises ValueError for a rule that is wrong."""
        if default_action.lower() not in _DECISIONS:
            raise ValueError("default_action: expected allow or deny")
        if on_disallowed_action.lower() not in ("block", "rewrite"):
            raise ValueError("on_disallowed_action: expected block or rewrite")
        self._allows = default_action.lower() == "allow"
        self._rewrites = on_disallowed_action.lower() == "rewrite"
        self._rules = [_rule(index, entry) for index, entry in enumerate(rules or ())]
        super().__init__(**kwargs)

    async def apply_guardrail(
        self, inputs: GenericGuardrailAPIInputs, request_data: dict[str, Any], input_type: InputType,
        logging_obj: Any = None,
    ) -> GenericGuardrailAPIInputs:  # fmt: skip
        """Refuses tools that are not allowed, or takes them out."""
        for call in inputs.get("tool_calls") or ():
            function = call["function"]
            if reason := self._denied(str(function.get("name") or ""), function.get("arguments")):
                self._refuse(reason)
        tools = inputs.get("tools") or []
        denied = [(tool, reason) for tool in tools if (reason := self._denied(name_of(tool), None))]
        if denied and not self._rewrites:
            self._refuse(denied[0][1])
        if denied:
            gone = [tool for tool, _ in denied]
            return {**inputs, "tools": [tool for tool in tools if tool not in gone]}
        return inputs

    def _refuse(self, reason: str) -> None:
        message = self.render_violation_message("Violated guardrail policy", {"detection_message": reason})
        raise HTTPException(400, {"error": message, "detection_message": reason})  # type: ignore[arg-type]

    def _denied(self, tool: str, arguments: Any) -> str | None:
        """Why a tool may not be used; None when it may."""
        for rule in self._rules:
            if not rule.names(tool):
                continue
            if not rule.allows:
                return f"Tool '{tool}' denied by rule '{rule.id}'"
            if arguments is not None and (path := _mismatch(rule.params, arguments)) is not None:
                return f"Tool '{tool}' denied by rule '{rule.id}': parameter '{path}' is not allowed"
            return None
        return None if self._allows else f"Tool '{tool}' denied by default action"


def _rule(index: int, entry: Mapping[str, Any]) -> _Rule:
    place = f"rules[{index}]"
    decision = str(entry.get("decision") or "").lower()
    if decision not in _DECISIONS:
        raise ValueError(f"{place}.decision: expected allow or deny")
    name = str(entry.get("tool_name") or "*")
    params = {str(path): str(regex) for path, regex in (entry.get("allowed_param_patterns") or {}).items()}
    for key, regex in (("tool_name", name.replace("*", ".*")), *params.items()):
        try:
            re.compile(regex)
        except re.error as error:
            raise ValueError(f"{place}.{key}: {error}") from error
    return _Rule(str(entry.get("id") or index), name.replace("*", ".*") if _glob(name) else name, decision == "allow",
                 params)  # fmt: skip


def _glob(name: str) -> bool:
    """Whether a name uses `*` as a wildcard, and nothing else of regular expressions."""
    return "*" in name and ".*" not in name


def _mismatch(params: Mapping[str, str], arguments: Any) -> str | None:
    """The path of the first argument that does not match its pattern. Arguments that are no JSON match none."""
    if not params:
        return None
    if isinstance(arguments, str):
        try:
            arguments = orjson.loads(arguments or "{}")
        except orjson.JSONDecodeError:
            return next(iter(params))
    for path, regex in params.items():
        for value in _values(arguments, path.split(".")):
            if re.fullmatch(regex, str(value)) is None:
                return path
    return None


def _values(value: Any, path: list[str]) -> list[Any]:
    if not path:
        return [value]
    name, many = path[0].removesuffix("[]"), path[0].endswith("[]")
    inner = value.get(name) if isinstance(value, Mapping) else None
    if inner is None:
        return []
    items = inner if many and isinstance(inner, list) else [inner]
    return [found for item in items for found in _values(item, path[1:])]
