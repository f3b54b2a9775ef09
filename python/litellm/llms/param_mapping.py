"""From OpenAI's parameters to a provider's: what it does not take is refused, or dropped where that is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import litellm
from litellm.llms.wire import WireFormat

MOST_STOPS = 4
"""Stop sequences that are sent at most, unless `litellm.disable_stop_sequence_limit`: what OpenAI takes."""
NEVER_REFUSED = frozenset({"user", "stream", "stream_options", "max_retries", "extra_headers"})


def map_chat_params(
    wire: WireFormat,
    provider: str,
    model: str,
    params: Mapping[str, Any],
    *,
    drop: bool = False,
    additional_drop: Iterable[str] = (),
    allowed: Iterable[str] = (),
) -> dict[str, Any]:
    """`params` as `provider` takes them for `model`.

    `drop` leaves out what it does not take, `additional_drop` names more to leave out, `allowed` names parameters to
    send although it is not known to take them. Raises `UnsupportedParamsError` naming what it does not take.
    """
    dropped = set(additional_drop)
    allowed = tuple(allowed)
    supported = {*wire.supported_params(provider, model), *getattr(wire, "prompted_params", ())}
    kept: dict[str, Any] = {}
    refused: list[str] = []
    for name, value in params.items():
        if name in dropped:
            continue
        if name in supported:
            kept[name] = value
        elif name not in allowed and name not in NEVER_REFUSED and not (name == "n" and value == 1):
            refused.append(name)
    if refused and not drop:
        raise litellm.UnsupportedParamsError(
            message=(
                f"{provider} does not support parameters: {refused}, for model={model}. To drop these, set "
                f"`litellm.drop_params=True`; to send them all the same, `allowed_openai_params={refused}`."
            ),
            model=None,
            llm_provider=None,
        )
    stops = kept.get("stop")
    if isinstance(stops, list) and len(stops) > MOST_STOPS and not litellm.disable_stop_sequence_limit:
        kept["stop"] = stops[:MOST_STOPS]
    if "max_completion_tokens" in kept:  # the later of two limits counts where a provider knows but one
        kept["max_completion_tokens"] = kept.pop("max_completion_tokens")
    mapped = wire.map_params(provider, model, kept, drop=drop)
    for name in allowed:
        if name in params and name not in dropped:
            mapped.setdefault(name, params[name])
    for path in dropped:
        if "." in path or "[" in path:
            _drop_nested(mapped, path.replace("[*]", ".*").split("."))
    return mapped


def _drop_nested(value: Any, path: list[str]) -> None:
    """Deletes what `path` names below `value`; `*` stands for every item of a list."""
    head, rest = path[0], path[1:]
    if head == "*":
        for item in value if isinstance(value, list) else ():
            if rest:
                _drop_nested(item, rest)
    elif isinstance(value, dict) and head in value:
        if rest:
            _drop_nested(value[head], rest)
        else:
            del value[head]
