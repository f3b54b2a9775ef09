"""The check of a config against every setting name that LiteLLM knows (`settings.json`: section → name → type)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from litellm.proxy.config.document import Document, Place, dotted
from litellm.proxy.config.jwt_settings import JwtSettings
from litellm.proxy.config.problems import ConfigProblem, suggestion

KNOWN: Mapping[str, Mapping[str, str]] = json.loads(Path(__file__).with_name("settings.json").read_text("utf-8"))
NO_EFFECT: Mapping[str, Mapping[str, str]] = json.loads(Path(__file__).with_name("no_effect.json").read_text("utf-8"))
"""Of `KNOWN`, the names that nothing here reads, and why: a config may hold them, and its owner is told."""
REFUSED: Mapping[str, Mapping[str, str]] = json.loads(Path(__file__).with_name("refused.json").read_text("utf-8"))
"""Of `KNOWN`, the names that would protect somebody, and do not here: a config that asks for them is refused."""
OWN_SECTIONS: Mapping[str, str] = {"moneta": "dict"}
"""Top-level sections that upstream does not have."""
SECTIONS = ("litellm_settings", "router_settings", "general_settings")
DEPLOYMENT_KEYS = frozenset({"model_name", "litellm_params", "model_info", "blocked", "rpm", "tpm"})

_TYPES: Mapping[str, tuple[type, ...]] = {
    "bool": (bool,), "int": (int,), "float": (int, float), "str": (str,), "list": (list,), "dict": (dict,)
}  # fmt: skip
_WORDS = {
    "bool": "true or false", "int": "a whole number", "float": "a number", "str": "a text", "list": "a list",
    "dict": "a mapping",
}  # fmt: skip
_UNSET: tuple[Any, ...] = (None, False, [], {})
"""Values that ask for nothing."""
_BOOLEANS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}


def check(document: Document) -> Iterator[ConfigProblem]:
    """Every unknown key, missing key and wrong type in `document`, whose `os.environ/` references are resolved.

    Texts that came from the environment are converted in place to the number or boolean that is asked for.
    """
    yield from _check_section(document, (), document.data, {**KNOWN["config"], **OWN_SECTIONS})
    for name in SECTIONS:
        section = document.data.get(name)
        if isinstance(section, dict):
            yield from _check_section(document, (name,), section, KNOWN[name])
    yield from _refused(document)
    yield from _check_typed(document)
    for name, check_entry in (("model_list", _check_deployment), ("credential_list", _check_credential)):
        entries = document.data.get(name)
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            yield from check_entry(document, (name, index), entry)


def _check_section(
    document: Document, place: Place, section: dict[str, Any], known: Mapping[str, str]
) -> Iterator[ConfigProblem]:
    for key, value in list(section.items()):
        kind = known.get(str(key))
        if kind is None:
            where = f"in {dotted(place)}" if place else "at the top of the file"
            hint = _belonging(str(key)) or suggestion(str(key), known)
            yield document.problem((*place, str(key)), f"unknown key {where}{hint}", str(key))
        elif value is not None and kind != "any":
            section[key] = value = _convert(value, kind)
            if not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind != "bool"):
                yield document.problem((*place, key), f"expected {_WORDS[kind]}, got {describe(value)}")
            elif isinstance(value, float) and not math.isfinite(value):
                yield document.problem((*place, key), f"expected {_WORDS[kind]}, got {value}")


def _belonging(key: str) -> str:
    """`; it belongs in …` for a key of another section."""
    sections = [name for name in SECTIONS if key in KNOWN[name]]
    return f"; it belongs in {sections[0]}" if sections else ""


def unread(document: Document) -> Iterator[ConfigProblem]:
    """Every setting of a checked `document` that has no effect here."""
    for section, names in NO_EFFECT.items():
        place = () if section == "config" else (section,)
        given = document.data if section == "config" else document.data.get(section) or {}
        for name, reason in names.items():
            if given.get(name) not in _UNSET:
                yield document.problem((*place, name), f"known from LiteLLM, but it has no effect here: {reason}")


def _refused(document: Document) -> Iterator[ConfigProblem]:
    """Every setting of `document` that its owner relies on, and that could not be kept here."""
    for section, names in REFUSED.items():
        given = document.data.get(section)
        for name, reason in names.items():
            if isinstance(given, dict) and given.get(name) not in _UNSET:
                yield document.problem((section, name), f"not available here: {reason}")


def check_section(document: Document, name: str) -> Iterator[ConfigProblem]:
    """What is wrong in one of `SECTIONS`."""
    yield from _check_section(document, (name,), document.data[name], KNOWN[name])
    yield from _refused(document)
    yield from _check_typed(document)


def _check_typed(document: Document) -> Iterator[ConfigProblem]:
    """The parts of sections that have a type of their own."""
    for section, name, model in (("general_settings", "litellm_jwtauth", JwtSettings),):
        inside = document.data.get(section)
        given = inside.get(name) if isinstance(inside, dict) else None
        if not isinstance(given, dict):
            continue
        try:
            model.model_validate(given)
        except ValidationError as error:
            for item in error.errors(include_input=False):
                place = (section, name, *item["loc"])
                unknown = item["type"] == "extra_forbidden"
                hint = suggestion(str(place[-1]), model.model_fields) if unknown else ""
                yield document.problem(place, f"unknown key{hint}" if unknown else item["msg"])


def _check_deployment(document: Document, place: Place, entry: object) -> Iterator[ConfigProblem]:
    if not isinstance(entry, dict):
        yield document.problem(place, f"expected a mapping with model_name and litellm_params, got {describe(entry)}")
        return
    for key in entry:
        if key not in DEPLOYMENT_KEYS:
            yield document.problem((*place, str(key)), f"unknown key{suggestion(str(key), DEPLOYMENT_KEYS)}")
    if not isinstance(entry.get("model_name"), str) or not entry["model_name"]:
        yield document.problem((*place, "model_name"), "a text is required: the name that clients ask for")
    params = entry.get("litellm_params")
    if not isinstance(params, dict):
        yield document.problem((*place, "litellm_params"), "a mapping is required: how the model is called")
    elif not isinstance(params.get("model"), str) or not params["model"]:
        yield document.problem((*place, "litellm_params", "model"), "a text is required, for example openai/gpt-4o")
    if not isinstance(entry.get("model_info") or {}, dict):
        yield document.problem((*place, "model_info"), f"expected a mapping, got {describe(entry['model_info'])}")


def _check_credential(document: Document, place: Place, entry: object) -> Iterator[ConfigProblem]:
    if not isinstance(entry, dict):
        remedy = "expected a mapping with credential_name and credential_values"
        yield document.problem(place, f"{remedy}, got {describe(entry)}")
        return
    if not isinstance(entry.get("credential_name"), str) or not entry["credential_name"]:
        yield document.problem((*place, "credential_name"), "a text is required: what deployments refer to")
    if not isinstance(entry.get("credential_values"), dict):
        yield document.problem((*place, "credential_values"), "a mapping is required, for example {api_key: …}")


def _convert(value: Any, kind: str) -> Any:
    if not isinstance(value, str):
        return value
    if kind == "bool":
        return _BOOLEANS.get(value.strip().lower(), value)
    if kind in ("int", "float"):
        try:
            return int(value) if kind == "int" else float(value)
        except ValueError:
            return value
    return value


def describe(value: object) -> str:
    """What a value is, for a message: its type, never its content, which may be a secret."""
    names = {dict: "a mapping", list: "a list", str: "a text", bool: "a boolean", int: "a number", float: "a number"}
    return "nothing" if value is None else names.get(type(value), type(value).__name__)
