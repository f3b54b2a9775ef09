"""What the UI's forms for guardrails are made of: derived from the guardrails themselves."""

from __future__ import annotations

import importlib
import inspect
import typing
from typing import Any

from litellm.integrations.custom_guardrail import CustomGuardrail
from litellm.proxy.guardrails.guardrail_hooks.presidio_entities import ENTITIES
from litellm.proxy.guardrails.patterns import PATTERNS
from litellm.proxy.guardrails.registry import BUILT_IN, HOOKS
from litellm.proxy.guardrails.spec import EVENTS

_ACTIONS = ["BLOCK", "MASK"]
_KINDS = {bool: "boolean", int: "number", float: "number", str: "string"}
_COMMON = frozenset({"self", "kwargs", *inspect.signature(CustomGuardrail.__init__).parameters})


def add_guardrail_settings() -> dict[str, Any]:
    """`/guardrails/ui/add_guardrail_settings`."""
    patterns = [
        {"name": name, "display_name": name.replace("_", " ").title(), "category": row.category, "description": ""}
        for name, row in PATTERNS.items()
    ]
    return {
        "supported_entities": [name for names in ENTITIES.values() for name in names],
        "supported_actions": _ACTIONS,
        "supported_modes": list(EVENTS),
        "supported_modes_by_provider": {kind: list(row.modes) for kind, row in BUILT_IN.items()},
        "providers_without_directional_logging_only_scope": [],
        "pii_entity_categories": [{"category": name, "entities": list(names)} for name, names in ENTITIES.items()],
        "content_filter_settings": {
            "prebuilt_patterns": patterns,
            "pattern_categories": sorted({row.category for row in PATTERNS.values()}),
            "supported_actions": _ACTIONS, "content_categories": [],
        },
        "decision_model_providers": [],
    }  # fmt: skip


def provider_specific_params() -> dict[str, Any]:
    """`/guardrails/ui/provider_specific_params`: by guardrail, its settings and what the UI calls it."""
    return {kind: {**_params(kind), "ui_friendly_name": row.title} for kind, row in BUILT_IN.items()}


def _params(kind: str) -> dict[str, Any]:
    row = BUILT_IN[kind]
    cls = getattr(importlib.import_module(f"{HOOKS}.{row.module}"), row.cls)
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        init = vars(base).get("__init__")
        if init is None or not issubclass(base, CustomGuardrail) or base is CustomGuardrail:
            continue
        hints = typing.get_type_hints(init)
        for name, parameter in inspect.signature(init).parameters.items():
            if name not in _COMMON:
                found[name] = _described(parameter, hints.get(name))
    return found


def _described(parameter: inspect.Parameter, hint: Any) -> dict[str, Any]:
    kinds = [item for item in typing.get_args(hint) or (hint,) if item is not type(None)]
    kind = next((_KINDS[item] for item in kinds if item in _KINDS), "nested")
    default = parameter.default if isinstance(parameter.default, (str, int, float, bool)) else None
    shown = {"description": parameter.name.replace("_", " "), "required": False, "type": kind}
    return shown | ({"default_value": default} if default is not None else {})
