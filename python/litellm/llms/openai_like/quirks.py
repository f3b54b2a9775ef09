"""What a profile makes of parameters and replies."""

from __future__ import annotations

import re
from typing import Any

from litellm.litellm_core_utils.model_facts import model_facts
from litellm.llms.openai_like.profile import Profile

JSON_TOOL = "json_tool_call"
EFFORT_BUDGETS = (("low", 2048), ("medium", 4096))
"""Upper ends of the thinking budgets that LiteLLM calls low and medium effort."""


def apply_quirks(profile: Profile, provider: str, model: str, params: dict[str, Any]) -> dict[str, Any]:
    """`params`, OpenAI's, as the provider of `profile` takes them. Changes and returns `params`."""
    for name, theirs in profile.renames.items():
        if name in params:
            value = params.pop(name)
            params[theirs] = value
    _tool_choice(profile, params)
    if profile.browser_search is not None:
        _browser_search(profile.browser_search, model, params)
    if profile.reasoning_prompt is not None and re.search(profile.reasoning_prompt, model):
        _reasoning_prompt(params)
    if not profile.strict_tools and params.get("tools"):
        params["tools"] = [_not_strict(tool) for tool in params["tools"]]
    _thinking(profile, params)
    if profile.schema_by_tool:
        _schema_by_tool(provider, model, params)
    return params


def _tool_choice(profile: Profile, params: dict[str, Any]) -> None:
    choice = params.get("tool_choice")
    if choice is not None and not params.get("tools"):
        del params["tool_choice"]
    elif isinstance(choice, str):
        params["tool_choice"] = profile.tool_choice_values.get(choice, choice)
    elif choice is not None and not profile.tool_choice_objects:
        del params["tool_choice"]


def _browser_search(models: str, model: str, params: dict[str, Any]) -> None:
    if re.search(models, model) and params.pop("web_search_options", None) is not None:
        params["tools"] = [*params.get("tools", ()), {"type": "browser_search"}]


def _reasoning_prompt(params: dict[str, Any]) -> None:
    """Mistral's own prompt for thinking, in the place of a budget or an effort, which Magistral has not."""
    effort, thinking = params.pop("reasoning_effort", None), params.pop("thinking", None)
    off = isinstance(thinking, dict) and thinking.get("type") == "disabled"
    if not off and (thinking is not None or effort not in (None, "none")):
        params["prompt_mode"] = "reasoning"


def _not_strict(tool: Any) -> Any:
    function = tool.get("function") if isinstance(tool, dict) else None
    if not isinstance(function, dict) or "strict" not in function:
        return tool
    return {**tool, "function": {name: value for name, value in function.items() if name != "strict"}}


def _thinking(profile: Profile, params: dict[str, Any]) -> None:
    if profile.thinking_switch:
        effort, thinking = params.pop("reasoning_effort", None), params.pop("thinking", None)
        wanted = isinstance(thinking, dict) and thinking.get("type") == "enabled"
        if wanted or effort not in (None, "none"):
            params["thinking"] = {"type": "enabled"}
        elif effort is not None or (isinstance(thinking, dict) and thinking.get("type") == "disabled"):
            params["thinking"] = {"type": "disabled"}
    elif profile.thinking_as_effort and isinstance(params.get("thinking"), dict):
        thinking = params.pop("thinking")
        if thinking.get("type") == "enabled":
            params.setdefault("reasoning_effort", effort_of(int(thinking.get("budget_tokens") or 0)))


def effort_of(budget: int) -> str:
    """The effort word for a thinking budget in tokens."""
    for word, below in EFFORT_BUDGETS:
        if budget < below:
            return word
    return "high"


def _schema_by_tool(provider: str, model: str, params: dict[str, Any]) -> None:
    """Asks for a JSON schema by a tool that must be called, for models that cannot be asked otherwise."""
    wanted = params.get("response_format")
    if not isinstance(wanted, dict) or model_facts(provider, model).get("supports_response_schema"):
        return
    schema_by_tool(params)


def schema_by_tool(params: dict[str, Any]) -> None:
    """Turns the schema that `response_format` asks for into a tool that must be called."""
    wanted = params.get("response_format") or {}
    schema = (wanted.get("json_schema") or {}).get("schema") or wanted.get("response_schema")
    if schema is None:
        return
    del params["response_format"]
    function = {"name": JSON_TOOL, "parameters": schema}
    params["tools"] = [*params.get("tools", ()), {"type": "function", "function": function}]
    params["tool_choice"] = {"type": "function", "function": {"name": JSON_TOOL}}
    params["json_mode"] = True


def answer_by_tool(choice: dict[str, Any]) -> None:
    """Makes the call of the JSON tool in `choice` its content."""
    message = choice["message"]
    calls = message.get("tool_calls") or []
    answers = [call for call in calls if (call.get("function") or {}).get("name") == JSON_TOOL]
    if not answers:
        return
    message["content"] = answers[0]["function"].get("arguments")
    rest = [call for call in calls if call not in answers]
    if rest:
        message["tool_calls"] = rest
    else:
        message.pop("tool_calls", None)
        choice["finish_reason"] = "stop"
