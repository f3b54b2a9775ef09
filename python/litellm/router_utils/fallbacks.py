"""Which model groups stand in for one that failed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from litellm import exceptions
from litellm.router_utils.settings import RouterSettings

ANY_MODEL = "*"


def listed_for(model: str, fallbacks: Iterable[Any] | None) -> list[Any] | None:
    """The fallbacks of `model`: its own, else those of its name without the provider, else those of `*`.

    Items are `{model: [targets]}`, or, in a request, the targets themselves. None when there are none.
    """
    if not fallbacks:
        return None
    table: dict[str, list[Any]] = {}
    targets: list[Any] = []
    for item in fallbacks:
        if isinstance(item, dict) and "model" not in item:
            table.update({key: value if isinstance(value, list) else [value] for key, value in item.items()})
        else:
            targets.append(item)
    if targets:
        return targets
    for name in (model, model.split("/", 1)[-1], ANY_MODEL):
        if name in table:
            return table[name]
    return None


def for_error(error: Exception, model: str, kwargs: dict[str, Any], settings: RouterSettings) -> list[Any]:
    """The targets to try after `error` from `model`: model names, or dicts that change the request as well.

    A request's own lists in `kwargs` come before the router's. A prompt that is too long goes to the context window
    fallbacks and a refused one to the content policy fallbacks; where those name none, to the general ones.
    """

    def lists(name: str) -> list[Any] | None:
        own = kwargs.get(name)
        return listed_for(model, own if own is not None else getattr(settings, name))

    special: list[Any] | None = None
    if isinstance(error, exceptions.ContextWindowExceededError):
        special = lists("context_window_fallbacks")
    elif isinstance(error, exceptions.ContentPolicyViolationError):
        special = lists("content_policy_fallbacks")
    return special or lists("fallbacks") or []
