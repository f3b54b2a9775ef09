"""A bar chart as SVG, for the benchmark's results."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Final

_ROW, _LEFT, _WIDTH, _RIGHT = 22, 290, 420, 70
_TOP: Final = 40


def bar_chart(title: str, rows: Sequence[tuple[str, float]]) -> str:
    """An SVG document with a horizontal bar for each `(name, times faster)`, on a logarithmic scale."""
    top = max([10.0, *[value for _, value in rows]])
    height, width = _TOP + _ROW * len(rows) + 10, _LEFT + _WIDTH + _RIGHT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<text x="10" y="22" font-weight="bold">Times faster: {escape(title)}</text>',
    ]
    for number, (name, value) in enumerate(rows):
        y = _TOP + number * _ROW
        length = max(1.0, _WIDTH * math.log(max(value, 1.0)) / math.log(top))
        parts += [
            f'<text x="{_LEFT - 8}" y="{y + 14}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{_LEFT}" y="{y + 3}" width="{length:.1f}" height="{_ROW - 7}" fill="#b7410e"/>',
            f'<text x="{_LEFT + length + 6:.1f}" y="{y + 14}">{value:.1f}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])
