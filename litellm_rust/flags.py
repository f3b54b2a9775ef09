"""Which features run natively: one typed table, read once at start, changeable at run time.

A flag comes, first match wins, from `enable(features={...})` / `set_flags`, from the environment variable
`LITELLM_RUST_<FEATURE>`, and from the defaults in `feature_flags.json`. Everywhere it is one of

- `on` (`true`, `yes`, `1`) and `off` (`false`, `no`, `0`);
- `canary:<percent>`: native for that share of the keys, Python for the others, the same for a key every time. A table,
  a pool or whatever else has no key of its own goes by the name of this machine;
- `shadow`: both run, differences are counted, kept and logged, and Python's answer is returned.
"""

from __future__ import annotations

import functools
import hashlib
import json
import math
import os
import platform
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

State: TypeAlias = Literal["off", "on", "canary", "shadow"]
FlagLike: TypeAlias = "Flag | bool | str"

_WORDS: Final[dict[str, State]] = {
    **dict.fromkeys(("1", "true", "yes", "on"), "on"),
    **dict.fromkeys(("0", "false", "no", "off"), "off"),
    "shadow": "shadow",
}
_EXPECTED: Final = "expected on, off, shadow or canary:<percent>"
# A request must not be sent twice, a stream not be read twice.
NEVER_SHADOWED: Final = frozenset({"gateway", "proxy", "transport"})
_KEY_CHARS: Final = 256


@dataclass(frozen=True)
class Flag:
    """The state of one feature; `percent` is the share of keys, 0 to 100, that `canary` serves natively."""

    state: State
    percent: float = 100.0

    def __post_init__(self) -> None:
        if self.state not in get_args(State):
            raise ValueError(f"{_EXPECTED}, got {self.state!r}")
        if not 0 <= self.percent <= 100:
            raise ValueError(f"canary: expected 0 to 100 percent, got {self.percent}")

    @classmethod
    def parse(cls, value: FlagLike) -> Flag:
        """A flag from a bool, from text such as `canary:10`, or from itself. Raises ValueError, TypeError."""
        if isinstance(value, Flag):
            return value
        if isinstance(value, bool):
            return cls("on" if value else "off")
        if not isinstance(value, str):
            raise TypeError(f"{_EXPECTED}, got {type(value).__name__}")
        word, colon, percent = value.strip().lower().partition(":")
        if colon and word == "canary":
            return cls("canary", _percent(percent))
        if colon or word not in _WORDS:
            raise ValueError(f"{_EXPECTED}, got {value!r}")
        return cls(_WORDS[word])

    def __str__(self) -> str:
        return f"canary:{self.percent:g}" if self.state == "canary" else self.state

    def covers(self, feature: str, key: str) -> bool:
        """Whether `key`'s calls of `feature` are answered natively."""
        if self.state == "canary":
            return _place(feature, key[:_KEY_CHARS]) < self.percent
        return self.state == "on"


def _percent(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 100:
        raise ValueError(f"canary: expected 0 to 100 percent, got {text!r}")
    return value


@functools.lru_cache(maxsize=4096)
def _place(feature: str, key: str) -> float:
    """Where `key` stands among all keys, in [0, 100): the same in every process, another for every feature."""
    text = f"{feature}\0{key}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=7).digest(), "big") * 100 / (1 << 56)


def environment_variable(feature: str) -> str:
    """The environment variable that sets `feature`: `token_counting` → `LITELLM_RUST_TOKEN_COUNTING`."""
    return f"LITELLM_RUST_{feature.upper()}"


def _checked(feature: str, source: str, value: FlagLike) -> Flag:
    try:
        flag = Flag.parse(value)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{source}: {error}") from None
    if flag.state == "shadow" and feature in NEVER_SHADOWED:
        raise ValueError(f"{source}: {feature} cannot run in shadow")
    return flag


def _read(feature: str, default: str) -> Flag:
    name = environment_variable(feature)
    value = os.environ.get(name)
    return _checked(feature, feature, default) if value is None else _checked(feature, name, value)


_DEFAULTS: Final[dict[str, str]] = json.loads(
    (Path(__file__).parent / "feature_flags.json").read_text(encoding="utf-8")
)
FEATURES: Final[tuple[str, ...]] = tuple(_DEFAULTS)
_flags: Final[dict[str, Flag]] = {feature: _read(feature, default) for feature, default in _DEFAULTS.items()}
_listeners: Final[list[Callable[[], None]]] = []
_lock: Final = threading.Lock()
_MACHINE: Final = platform.node()


def flag(feature: str) -> Flag:
    """The flag of `feature` now. Raises KeyError for an unknown feature."""
    return _flags[feature]


def enabled(feature: str) -> bool:
    """Whether `feature` runs natively at all: always, for some keys, or in shadow. Raises KeyError."""
    return _flags[feature].state != "off"


def native(feature: str, key: str | None = None) -> bool:
    """Whether the answer for `key` comes from the native side. Without a key, this machine's name decides.

    Raises KeyError for an unknown feature.
    """
    return _flags[feature].covers(feature, _MACHINE if key is None else key)


def set_flags(features: Mapping[str, FlagLike]) -> None:
    """Override flags at run time, e.g. `{"routing": False, "token_counting": "canary:10"}`.

    What is patched follows at once; tables and pools keep what they were made with.
    Raises ValueError or TypeError that names the feature; then nothing is changed.
    """
    for feature in features:
        if feature not in _flags:
            raise ValueError(f"unknown feature {feature!r}; known: {', '.join(FEATURES)}")
    parsed = {feature: _checked(feature, feature, value) for feature, value in features.items()}
    with _lock:
        _flags.update(parsed)
        listeners = list(_listeners)
    for listener in listeners:
        listener()


def on_change(listener: Callable[[], None]) -> None:
    """Call `listener` after every `set_flags`; a second call with the same one changes nothing."""
    with _lock:
        if listener not in _listeners:
            _listeners.append(listener)


def forget(listener: Callable[[], None]) -> None:
    """Call `listener` no more."""
    with _lock:
        if listener in _listeners:
            _listeners.remove(listener)
