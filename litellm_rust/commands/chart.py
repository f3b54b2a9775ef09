"""A bar chart as SVG, for the benchmark's results."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape
from typing import Final

from litellm_rust.commands.benchmark_rows import Row

_ROW, _LEFT, _WIDTH, _RIGHT = 30, 290, 440, 70
_TOP, _BOTTOM, _BAR, _LABEL = 64, 14, 9, 36
_TIME, _CPU, _GOAL = "#b7410e", "#e9b48f", "#333333"
_DECADES: Final = (1, 3, 10, 30, 100, 300, 1_000, 3_000)


def bar_chart(title: str, rows: Sequence[Row]) -> str:
    """An SVG document with a row each: how many times less time and processor time, on a logarithmic scale."""
    top = max([10.0, *[max(row.ratio, row.cpu_ratio, row.goal) for row in rows]])
    height, width = _TOP + _ROW * len(rows) + _BOTTOM, _LEFT + _WIDTH + _RIGHT

    def x(value: float) -> float:
        return _LEFT + _WIDTH * math.log(max(value, 1.0)) / math.log(top)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<text x="10" y="20" font-weight="bold">{escape(title)}</text>',
        *_legend(),
        *[_axis(x(value), value, height) for value in _DECADES if value <= top],
    ]
    for number, row in enumerate(rows):
        parts += _bars(row, _TOP + number * _ROW, x)
    return "\n".join([*parts, "</svg>", ""])


def _legend() -> list[str]:
    entries = ((10, _TIME, "times faster"), (130, _CPU, "times less processor time"))
    boxes = [
        f'<rect x="{x}" y="31" width="10" height="10" fill="{colour}"/><text x="{x + 15}" y="40">{text}</text>'
        for x, colour, text in entries
    ]
    return [*boxes, f'<path d="M310 29v14" stroke="{_GOAL}" stroke-width="2"/><text x="318" y="40">goal</text>']


def _axis(x: float, value: float, height: int) -> str:
    return (
        f'<path d="M{x:.1f} {_TOP - 4}V{height - _BOTTOM}" stroke="#dddddd"/>'
        f'<text x="{x:.1f}" y="{_TOP - 8}" text-anchor="middle" fill="#777777" font-size="10">{value}</text>'
    )


def _bars(row: Row, y: int, x: Callable[[float], float]) -> list[str]:
    def bar(value: float, top: int, colour: str) -> str:
        end = max(_LEFT + 1.0, x(value))
        # A label does not cross the goal's mark.
        label = x(row.goal) if 0 <= x(row.goal) - end < _LABEL else end
        text = f'<text x="{label + 6:.1f}" y="{top + _BAR - 1}" font-size="10">{value:.1f}</text>'
        return f'<rect x="{_LEFT}" y="{top}" width="{end - _LEFT:.1f}" height="{_BAR}" fill="{colour}"/>{text}'

    goal = f'<path d="M{x(row.goal):.1f} {y + 1}v22" stroke="{_GOAL}" stroke-width="2"/>'
    return [
        f'<text x="{_LEFT - 8}" y="{y + 16}" text-anchor="end">{escape(row.name)}</text>',
        bar(row.ratio, y + 3, _TIME),
        bar(row.cpu_ratio, y + 3 + _BAR, _CPU),
        *([goal] if row.goal > 1 else []),
    ]
