"""The reference of every setting, as Markdown; `python -m litellm.proxy.config.reference` prints it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from litellm.proxy.config.jwt_settings import JwtSettings
from litellm.proxy.config.schema import KNOWN, NO_EFFECT, REFUSED

DESCRIPTIONS: Mapping[str, Mapping[str, str]] = json.loads(
    Path(__file__).with_name("descriptions.json").read_text("utf-8")
)
"""Section → setting → what it does."""

_INTRODUCTION = """# Config reference

Every key that a `config.yaml` may hold, with its type, made from the tables that configs are checked with
(`python -m litellm.proxy.config.reference`). Any other key stops the start. Settings without a description are
LiteLLM's: those of `litellm_settings` become `litellm.<name>`, those of `router_settings` arguments of the
[Router](router/index.md). Settings that have no effect here are accepted, and each start that meets one says so. Those
that would protect somebody, and do not here, are refused: the gateway does not start with them.
"""
_TITLES = {
    "config": "The top of the file",
    "general_settings": "`general_settings`",
    "litellm_settings": "`litellm_settings`",
    "router_settings": "`router_settings`",
}
_TYPES = {"str": "text", "int": "whole number", "float": "number", "bool": "yes or no", "list": "list",
          "dict": "mapping", "any": "anything"}  # fmt: skip


def reference() -> str:
    """The whole page."""
    parts = [_INTRODUCTION]
    for section, title in _TITLES.items():
        described, without = DESCRIPTIONS.get(section, {}), {**NO_EFFECT[section], **REFUSED.get(section, {})}
        ranks = {name: (name not in described, name in without, name) for name in KNOWN[section]}
        names = sorted(ranks, key=ranks.__getitem__)
        described = {
            **described,
            **{name: f"has no effect here: {reason}" for name, reason in NO_EFFECT[section].items()},
        }
        described |= {name: f"is refused: {reason}" for name, reason in REFUSED.get(section, {}).items()}
        rows = [(name, _TYPES[KNOWN[section][name]], described.get(name, "")) for name in names]
        parts.append("\n".join([f"## {title}\n", *_table(("key", "type", "what it does"), rows)]) + "\n")
    rows = [(name, _type(field), _default(field)) for name, field in sorted(JwtSettings.model_fields.items())]
    title = "## `general_settings.litellm_jwtauth`\n"
    parts.append("\n".join([title, *_table(("key", "type", "default"), rows)]) + "\n")
    return "\n".join(parts)


def _table(head: tuple[str, ...], rows: list[tuple[str, str, str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "| --- | --- | --- |"
    for name, *rest in rows:
        yield " | ".join(["| `" + name + "`", *rest]).rstrip() + " |"


def _type(field: FieldInfo) -> str:
    kinds = [kind for kind in (get_args(field.annotation) or (field.annotation,)) if kind not in (type(None), ...)]
    words: dict[Any, str] = {str: "text", bool: "yes or no", float: "number"}
    if all(isinstance(kind, str) for kind in kinds):
        return " or ".join(f"`{kind}`" for kind in kinds)
    listed = "tuple" in str(field.annotation)
    inner = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
    if inner is not None:
        return "list of mappings: " + ", ".join(f"`{name}`" for name in inner.model_fields)
    return "list of texts" if listed else words.get(kinds[0], "anything")


def _default(field: FieldInfo) -> str:
    value = field.default
    if value in (None, ()):
        return ""
    return ", ".join(f"`{item}`" for item in value) if isinstance(value, tuple) else f"`{json.dumps(value)}`"


if __name__ == "__main__":
    sys.stdout.write(reference())
