"""OpenAI tools, and those that Google runs itself, as Gemini's `tools` and `toolConfig`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import litellm
from litellm.llms.gemini.schema import function_schema

HOSTED: Mapping[str, str] = {
    "googlesearch": "googleSearch", "googlesearchretrieval": "googleSearchRetrieval",
    "enterprisewebsearch": "enterpriseWebSearch", "urlcontext": "url_context", "codeexecution": "code_execution",
    "googlemaps": "googleMaps", "computeruse": "computerUse", "websearch": "googleSearch",
    "websearchpreview": "googleSearch", "filesearch": "fileSearch", "retrieval": "retrieval",
    "vertexaisearch": "vertexAiSearch", "mcpservers": "mcpServers",
}  # fmt: skip
"""Tools that Google runs, by their names in small letters without underscores."""
_DECLARATIONS = ("function_declarations", "functionDeclarations")
_MODES: Mapping[str, str] = {"auto": "AUTO", "none": "NONE", "required": "ANY"}
_PLACE = ("latitude", "longitude", "languageCode", "language_code")
_UPPER = re.compile(r"_([a-z])")


def convert_tools(tools: list[Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """`tools` as (functions to declare and Google's own tools, retrieval config for `toolConfig`)."""
    functions: list[dict[str, Any]] = []
    hosted: dict[str, Any] = {}
    retrieval: dict[str, Any] = {}
    for tool in tools:
        tool = tool if isinstance(tool, dict) else tool.model_dump(exclude_none=True)
        declared = _declared(tool)
        if declared is not None:
            functions.extend(declared)
            continue
        for name, settings in _hosted(tool):
            if name == "googleMaps":
                settings, place = _maps(settings)
                retrieval.update(place)
            elif name == "computerUse":
                settings = _computer_use(settings)
            hosted[name] = settings
    made: list[dict[str, Any]] = [{"function_declarations": functions}] if functions else []
    made.extend({name: settings} for name, settings in hosted.items())
    return made, retrieval


def declares_functions(tools: list[dict[str, Any]]) -> bool:
    """Whether any of Gemini's `tools` declares functions."""
    return any("function_declarations" in tool for tool in tools)


def _declared(tool: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The functions that `tool` declares; None when it is no function tool."""
    for key in _DECLARATIONS:
        if isinstance(tool.get(key), list):
            return [_declaration(function) for function in tool[key]]
    if isinstance(tool.get("function"), dict):
        return [_declaration(tool["function"])]
    if "name" in tool and tool.get("type") in (None, "function", "custom"):
        return [_declaration(tool)]
    return None


def _declaration(function: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"name": function.get("name")}
    if function.get("description"):
        made["description"] = function["description"]
    parameters = function.get("parameters", function.get("input_schema"))
    if isinstance(parameters, Mapping):
        made["parameters"] = function_schema(parameters)
    for key in ("parametersJsonSchema", "response", "responseJsonSchema", "behavior"):
        if function.get(key) is not None:
            made[key] = function[key]
    return made


def _hosted(tool: dict[str, Any]) -> list[tuple[str, Any]]:
    """Names and settings of the tools that Google runs in `tool`: each key is one, or its `type` names it."""
    kind = tool.get("type")
    if isinstance(kind, str):
        name = HOSTED.get(_folded(kind))
        if name is None:
            return []
        settings = {} if name == "googleSearch" else {key: value for key, value in tool.items() if key != "type"}
        return [(name, settings)]
    return [
        (HOSTED.get(_folded(key), key), {} if value is None else value)
        for key, value in tool.items()
        if key != "cache_control"
    ]


def _folded(name: str) -> str:
    return re.sub(r"_\d{8}$", "", name).replace("_", "").lower()


def _maps(settings: Any) -> tuple[Any, dict[str, Any]]:
    """Google Maps: where the user is belongs into the retrieval config."""
    if not isinstance(settings, dict):
        return {}, {}
    kept = {key: value for key, value in settings.items() if key not in _PLACE}
    place: dict[str, Any] = {}
    if "latitude" in settings and "longitude" in settings:
        place["latLng"] = {"latitude": settings["latitude"], "longitude": settings["longitude"]}
    language = settings.get("languageCode", settings.get("language_code"))
    if language:
        place["languageCode"] = language
    return kept, place


def _computer_use(settings: Any) -> dict[str, Any]:
    made = {camel(key): value for key, value in settings.items()} if isinstance(settings, dict) else {}
    environment = made.get("environment")
    if isinstance(environment, str) and not environment.startswith("ENVIRONMENT_"):
        made["environment"] = f"ENVIRONMENT_{environment.upper()}"
    return made


def camel(name: str) -> str:
    """`snake_case` as `camelCase`."""
    return _UPPER.sub(lambda found: found[1].upper(), name)


def convert_tool_choice(choice: Any) -> dict[str, Any]:
    """Gemini's `functionCallingConfig` for OpenAI's `tool_choice`.

    Raises `UnsupportedParamsError` for a word, `BadRequestError` for an object, that Gemini has no mode for.
    """
    if isinstance(choice, str):
        if choice not in _MODES:
            raise litellm.UnsupportedParamsError(
                message=f"Gemini does not support tool_choice={choice!r}; it is one of {', '.join(_MODES)}, or an "
                "object that names a function. To drop it, set `litellm.drop_params=True`.",
                model=None,
                llm_provider=None,
            )
        return {"mode": _MODES[choice]}
    function = choice.get("function") if isinstance(choice, dict) else None
    name = function.get("name") if isinstance(function, dict) else None
    if name is None and isinstance(choice, dict):
        if choice.get("type") in _MODES:
            return {"mode": _MODES[choice["type"]]}
        name = choice.get("name")
    if not isinstance(name, str):
        raise litellm.BadRequestError(message=f"tool_choice: {choice!r} names no function", model="", llm_provider="")
    return {"mode": "ANY", "allowed_function_names": [name]}
