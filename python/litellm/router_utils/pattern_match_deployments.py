"""Model groups whose name is a pattern: `anthropic/*`, `*-latest`, `*`."""

from __future__ import annotations

import re
from typing import Any


def specificity(pattern: str) -> tuple[int, int]:
    """How much a pattern pins down: more literal characters first, then fewer wildcards."""
    wildcards = pattern.count("*")
    return (len(pattern) - wildcards, -wildcards)


class PatternMatchRouter:
    """Finds the group whose pattern matches a model name, the most specific pattern first."""

    def __init__(self) -> None:
        self.patterns: dict[str, re.Pattern[str]] = {}

    def add_pattern(self, pattern: str) -> None:
        """Make the group called `pattern` answer for every model that matches it."""
        self.patterns[pattern] = re.compile(".*".join(f"{re.escape(part)}" for part in pattern.split("*")))
        self.patterns = dict(sorted(self.patterns.items(), key=lambda item: specificity(item[0]), reverse=True))

    def remove_pattern(self, pattern: str) -> None:
        """Forget the group called `pattern`, if it was known."""
        self.patterns.pop(pattern, None)

    def match(self, model: str) -> str | None:
        """The name of the group that answers for `model`, or None."""
        return next((pattern for pattern, expression in self.patterns.items() if expression.fullmatch(model)), None)


def fill_pattern(group: str, target: str, model: str) -> str:
    """The provider's model name for `model`, which matched the pattern `group` of a deployment of `target`.

    >>> fill_pattern("openai/*", "openai/*", "openai/gpt-4o")
    'openai/gpt-4o'
    >>> fill_pattern("claude-*", "anthropic/claude-*", "claude-3-haiku")
    'anthropic/claude-3-haiku'
    """
    if "*" not in target:
        return target
    expression = re.compile("(.*)".join(re.escape(part) for part in group.split("*")))
    found = expression.fullmatch(model)
    pieces = found.groups() if found else (model,)
    if target.count("*") > len(pieces):
        return model
    filled = target
    for piece in pieces[: target.count("*")]:
        filled = filled.replace("*", piece, 1)
    return filled


def with_model(row: dict[str, Any], model: str) -> dict[str, Any]:
    """A copy of `row` that calls the provider's `model`; the copy shares the rest."""
    return {**row, "litellm_params": {**row["litellm_params"], "model": model}}
