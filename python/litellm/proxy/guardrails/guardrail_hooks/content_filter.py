"""The content filter: patterns and words that are masked or refused, without asking anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml
from starlette.exceptions import HTTPException

from litellm.integrations.custom_guardrail import CustomGuardrail
from litellm.proxy.config.problems import suggestion
from litellm.proxy.guardrails.patterns import PATTERNS, Pattern, masked
from litellm.types.guardrails import GenericGuardrailAPIInputs, InputType

REDACTION = "[{pattern_name}_REDACTED]"
KEYWORD_REDACTION = "[KEYWORD_REDACTED]"
_ACTIONS = ("BLOCK", "MASK")
_LEVELS = {"low": 0, "medium": 1, "high": 2}


@dataclass(frozen=True, slots=True)
class Rule:
    """What is looked for, what is done about it, and what a refusal says."""

    name: str
    find: Pattern
    blocks: bool
    mask: str
    message: str
    detail: Mapping[str, Any]


class ContentFilterGuardrail(CustomGuardrail):
    """`patterns`: prebuilt ones by name, or regular expressions; `blocked_words`, `blocked_words_file` and
    `categories` with a `category_file`: words. Each has an `action`, `BLOCK` or `MASK`.
    """

    def __init__(
        self,
        patterns: Sequence[Mapping[str, Any]] | None = None,
        blocked_words: Sequence[Mapping[str, Any]] | None = None,
        blocked_words_file: str | None = None,
        categories: Sequence[Mapping[str, Any]] | None = None,
        severity_threshold: str | None = None,
        pattern_redaction_format: str | None = None,
        keyword_redaction_tag: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Raises ValueError for a wrong pattern, word or file, OSError for a file that cannot be read."""
        self._redaction = pattern_redaction_format or REDACTION
        self._keyword_mask = keyword_redaction_tag or KEYWORD_REDACTION
        words = list(blocked_words or ())
        if blocked_words_file:
            words += blocked_words_of(Path(blocked_words_file).read_text("utf-8"))
        rules = [self._pattern(index, entry) for index, entry in enumerate(patterns or ())]
        rules += [self._word(f"blocked_words[{index}]", entry) for index, entry in enumerate(words)]
        rules += [rule for entry in categories or () for rule in self._category(entry, severity_threshold)]
        self.rules = sorted(rules, key=lambda rule: not rule.blocks)
        super().__init__(**kwargs)

    async def apply_guardrail(
        self, inputs: GenericGuardrailAPIInputs, request_data: dict[str, Any], input_type: InputType,
        logging_obj: Any = None,
    ) -> GenericGuardrailAPIInputs:  # fmt: skip
        """The texts, masked; refuses one that a blocking rule finds something in."""
        return {**inputs, "texts": [self.filtered(text) for text in inputs.get("texts") or ()]}

    def filtered(self, text: str) -> str:
        """The text, masked. Raises HTTPException 400 for what is blocked."""
        spans: list[tuple[int, int, str]] = []
        for rule in self.rules:
            for start, end in rule.find.find(text):
                if rule.blocks:
                    self._block(rule)
                spans.append((start, end, rule.mask))
        return masked(text, spans) if spans else text

    def _block(self, rule: Rule) -> NoReturn:
        message = self.render_violation_message(rule.message, rule.detail)
        raise HTTPException(400, {"error": message, **rule.detail})  # type: ignore[arg-type]

    def _pattern(self, index: int, entry: Mapping[str, Any]) -> Rule:
        place = f"patterns[{index}]"
        kind, name = entry.get("pattern_type"), str(entry.get("name") or entry.get("pattern_name") or "")
        if kind == "prebuilt":
            known = str(entry.get("pattern_name"))
            if known not in PATTERNS:
                raise ValueError(f"{place}.pattern_name: unknown pattern {known!r}{suggestion(known, PATTERNS)}")
            found = PATTERNS[known]
        elif kind == "regex":
            name = name or f"custom_{index + 1}"
            found = Pattern(_checked(f"{place}.pattern", entry.get("pattern")))
        else:
            raise ValueError(f"{place}.pattern_type: expected prebuilt or regex")
        mask = self._redaction.replace("{pattern_name}", name.upper())
        message = f"Content blocked: {name} pattern detected"
        return Rule(name, found, _blocks(place, entry), mask, message, {"pattern": name})

    def _word(self, place: str, entry: Mapping[str, Any]) -> Rule:
        word = entry.get("keyword")
        if not isinstance(word, str) or not word.strip():
            raise ValueError(f"{place}.keyword: a text is required")
        message = f"Content blocked: keyword '{word}' detected"
        detail = {"keyword": word, "description": entry.get("description")}
        return Rule(word, Pattern(word_regex(word)), _blocks(place, entry), self._keyword_mask, message, detail)

    def _category(self, entry: Mapping[str, Any], default_threshold: str | None) -> Iterator[Rule]:
        name, file = str(entry.get("category") or ""), entry.get("category_file")
        if entry.get("enabled") is False:
            return
        if not file:
            raise ValueError(f"categories: {name!r} needs a category_file with its keywords")
        given = yaml.safe_load(Path(str(file)).read_text("utf-8"))
        threshold = _LEVELS.get(str(entry.get("severity_threshold") or default_threshold or "medium"), 1)
        action = str(entry.get("action") or (given or {}).get("default_action") or "BLOCK").upper()
        for item in (given or {}).get("keywords") or ():
            if _LEVELS.get(str(item.get("severity") or "medium"), 1) < threshold:
                continue
            word = str(item.get("keyword") or "")
            message = f"Content blocked: {name} category keyword '{word}' detected"
            detail = {"category": name, "keyword": word, "severity": item.get("severity")}
            yield Rule(word, Pattern(word_regex(word)), action == "BLOCK", self._keyword_mask, message, detail)


def word_regex(word: str) -> str:
    """A whole word or phrase, in any case, with any white space between its words."""
    inner = r"\s+".join(re.escape(part) for part in word.split())
    return rf"(?i)(?<!\w){inner}(?!\w)"


def _checked(place: str, regex: Any) -> str:
    if not isinstance(regex, str) or not regex:
        raise ValueError(f"{place}: a regular expression is required")
    try:
        re.compile(regex)
    except re.error as error:
        raise ValueError(f"{place}: {error}") from error
    return regex


def _blocks(place: str, entry: Mapping[str, Any]) -> bool:
    action = str(getattr(entry.get("action"), "value", entry.get("action") or "BLOCK")).upper()
    if action not in _ACTIONS:
        raise ValueError(f"{place}.action: expected BLOCK or MASK")
    return action == "BLOCK"


def blocked_words_of(content: str) -> list[dict[str, Any]]:
    """The words of a file. Raises ValueError that tells everything that is wrong with it."""
    problems = blocked_words_problems(content)
    if problems:
        raise ValueError("; ".join(problems))
    return [dict(entry) for entry in yaml.safe_load(content)["blocked_words"]]


def blocked_words_problems(content: str) -> list[str]:
    """What is wrong with a file of blocked words: YAML with a list `blocked_words` of `keyword` and `action`."""
    try:
        given = yaml.safe_load(content)
    except yaml.YAMLError as error:
        return [f"Invalid YAML syntax: {error}"]
    entries = given.get("blocked_words") if isinstance(given, dict) else None
    if not isinstance(entries, list):
        return ["Invalid format: file must contain 'blocked_words' key with a list"]
    found = []
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict):
            found.append(f"Entry {index}: must be an object")
            continue
        found += [f"Entry {index}: missing '{name}' field" for name in ("keyword", "action") if name not in entry]
        if "action" in entry and entry["action"] not in _ACTIONS:
            found.append(f"Entry {index}: action must be 'BLOCK' or 'MASK', got '{entry['action']}'")
    return found
