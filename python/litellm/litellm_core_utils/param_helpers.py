"""Helpers that make parameters of a call out of Python objects and named credentials."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from typing import Any

import litellm


def function_to_dict(input_function: Callable[..., Any]) -> dict[str, Any]:
    """A Python function as an OpenAI tool's `function`: its name, docstring and parameters' types.

    Parameters without a default are required. Types beyond JSON's own are strings.
    """
    words = {int: "integer", float: "number", bool: "boolean", str: "string", list: "array", dict: "object"}
    hints = typing.get_type_hints(input_function)
    properties: dict[str, Any] = {}
    required = []
    for name, parameter in inspect.signature(input_function).parameters.items():
        hint = hints.get(name, str)
        properties[name] = {"type": words.get(typing.get_origin(hint) or hint, "string")}
        if parameter.default is inspect.Parameter.empty:
            required.append(name)
    described: dict[str, Any] = {
        "name": input_function.__name__,
        "description": inspect.getdoc(input_function) or "",
        "parameters": {"type": "object", "properties": properties},
    }
    if required:
        described["parameters"]["required"] = required
    return described


def validate_and_fix_thinking_param(thinking: dict[str, Any] | None) -> dict[str, Any] | None:
    """`thinking` with its budget under Anthropic's name, `budget_tokens`."""
    if thinking is None or "budgetTokens" not in thinking:
        return thinking
    fixed = {name: value for name, value in thinking.items() if name != "budgetTokens"}
    fixed.setdefault("budget_tokens", thinking["budgetTokens"])
    return fixed


def load_credentials_from_list(kwargs: dict[str, Any]) -> None:
    """Fills in what the credential that `litellm_credential_name` names holds, where `kwargs` says nothing else."""
    name = kwargs.pop("litellm_credential_name", None)
    if name is None:
        return
    for item in litellm.credential_list:
        if item["credential_name"] == name:
            for field, value in item["credential_values"].items():
                kwargs.setdefault(field, value)
