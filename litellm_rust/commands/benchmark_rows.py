"""One line of the benchmark of upstream: a call off and on, and the goal that it is held to."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

HEADINGS: Final = (
    f"{'':38}{'off':>11}{'on':>11}{'faster':>9}{'goal':>7}{'CPU off':>12}{'on':>11}{'less':>9}{'MiB off':>9}{'on':>6}"
)
# Time and processor time of a call, in seconds.
Times = tuple[float, float]


@dataclass(frozen=True)
class Effort:
    """How long to measure."""

    seconds: float
    """Time for each row, as far as it has enough calls in it."""
    pairs: int
    """How often it is measured off and on in turn."""
    warm_calls: int
    """Calls before each measurement that do not count."""


def effort(seconds: float, *, quick: bool) -> Effort:
    """The effort of a run; a quick one gives a first impression, not figures to publish."""
    return Effort(min(seconds, 0.1), 3, 2) if quick else Effort(seconds, 9, 3)


@dataclass(frozen=True)
class Row:
    """One measured call: medians over the pairs, in microseconds of time and of CPU."""

    name: str
    off_us: float
    on_us: float
    ratio: float
    """Median of the pairs' ratios of time."""
    off_cpu_us: float
    on_cpu_us: float
    cpu_ratio: float
    goal: float
    """How many times faster it is to be, at least."""
    off_mib: float | None = None
    """Memory of the process without acceleration, where it is one of its own."""
    on_mib: float | None = None

    @property
    def met(self) -> bool:
        """Whether the goal is met."""
        return self.ratio >= self.goal

    def line(self) -> str:
        """The row for people."""
        missed = "" if self.met else " !"
        memory = "" if self.off_mib is None or self.on_mib is None else f"{self.off_mib:9.0f}{self.on_mib:6.0f}"
        return (
            f"{self.name:38}{self.off_us:11,.1f}{self.on_us:11,.1f}{self.ratio:8.1f}x{f'{self.goal:g}x':>7}"
            f"{self.off_cpu_us:12,.1f}{self.on_cpu_us:11,.1f}{self.cpu_ratio:8.1f}x{memory}{missed}"
        )


@dataclass(frozen=True)
class EnableTime:
    """How long `enable()` takes."""

    ms: float
    goal_ms: float

    def line(self) -> str:
        """The time for people."""
        return f"enable() takes {self.ms:.1f} ms (goal: {self.goal_ms:g} ms)"


def row_of(
    name: str,
    pairs: Sequence[tuple[Times, Times]],
    scale: float,
    goal: float,
    memory: tuple[float | None, float | None] = (None, None),
) -> Row:
    """The row for pairs of measurements, off and on; `scale` makes microseconds of them."""

    def median(mode: int, kind: int) -> float:
        return statistics.median(pair[mode][kind] for pair in pairs) * scale

    def ratio(kind: int) -> float:
        return statistics.median(off[kind] / max(on[kind], 1e-9) for off, on in pairs)

    return Row(name, median(0, 0), median(1, 0), ratio(0), median(0, 1), median(1, 1), ratio(1), goal, *memory)
