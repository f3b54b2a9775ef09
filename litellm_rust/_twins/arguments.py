"""Argument checks of the twins: the same exception classes as the native module raises."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any, SupportsFloat, SupportsIndex

_I64 = 1 << 63


def real(name: str, value: SupportsFloat | SupportsIndex) -> float:
    """`value` as a float. Raises TypeError for what is no number."""
    if not (hasattr(type(value), "__float__") or hasattr(type(value), "__index__")):
        raise TypeError(f"{name}: expected a number, got {type(value).__name__}")
    return float(value)


def number(name: str, value: SupportsFloat | SupportsIndex) -> float:
    """`value` as a finite float >= 0. Raises TypeError for what is no number, ValueError that names it otherwise."""
    converted = real(name, value)
    if not math.isfinite(converted) or converted < 0:
        raise ValueError(f"{name}: expected a finite number >= 0, got {value}")
    return converted


def whole(name: str, value: SupportsIndex) -> int:
    """`value` as an int in 64 bits. Raises TypeError, or OverflowError that names it."""
    converted = operator.index(value)
    if not -_I64 <= converted < _I64:
        raise OverflowError(f"{name}: {converted} does not fit in 64 bits")
    return converted


def integer(name: str, value: SupportsIndex) -> int:
    """`value` as an int >= 0 in 64 bits. Raises TypeError, OverflowError or ValueError that names it."""
    converted = whole(name, value)
    if converted < 0:
        raise ValueError(f"{name}: expected an integer >= 0, got {converted}")
    return converted


def size(name: str, value: SupportsIndex) -> int:
    """`value` as a number of bytes. Raises TypeError, or OverflowError that names it for what no memory has."""
    converted = operator.index(value)
    if not 0 <= converted < 2 * _I64:
        raise OverflowError(f"{name}: {converted} is no size")
    return converted


def text(name: str, value: Any) -> str:
    """`value` as a str, which may have lone surrogates. Raises TypeError."""
    if not isinstance(value, str):
        raise TypeError(f"{name}: expected a string, got {type(value).__name__}")
    return value


def string(name: str, value: Any) -> str:
    """`value` as a str. Raises TypeError, or UnicodeEncodeError for lone surrogates."""
    text(name, value).encode()
    return str(value)


def boolean(name: str, value: Any) -> bool:
    """`value` as a bool. Raises TypeError."""
    if not isinstance(value, bool):
        raise TypeError(f"{name}: expected a bool, got {type(value).__name__}")
    return value


def sequence(name: str, value: Any) -> Sequence[Any]:
    """`value` as a sequence that is no string. Raises TypeError."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise TypeError(f"{name}: expected a sequence, got {type(value).__name__}")
    return value


def numbers(name: str, value: Any) -> list[float]:
    """`value` as a list of finite floats >= 0. Raises TypeError, or ValueError that names it."""
    return [number(name, item) for item in sequence(name, value)]


def strings(name: str, value: Any) -> list[str] | None:
    """`value` as a list of strings, or None. Raises TypeError."""
    if value is None:
        return None
    if isinstance(value, str):
        raise TypeError(f"{name}: expected an iterable of strings, got a string")
    return [string(name, item) for item in value]
