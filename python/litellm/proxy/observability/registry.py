"""Counters, gauges and histograms in Prometheus' text format, added up over the gateway's worker processes.

A process keeps its own numbers in dictionaries and writes them to a file of its own now and then; whichever process is
asked adds the files of the others to its own numbers. A process that starts takes over the counters of those that have
ended, so that the sums never fall.
"""

from __future__ import annotations

import json
import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAX_SERIES = 50_000
"""Series of one metric in one process; what comes beyond is counted under empty labels."""

Labels = tuple[str, ...]


@dataclass(slots=True)
class Metric:
    """A family of series. `buckets` makes it a histogram; the last bucket is infinite and not in the list."""

    name: str
    kind: str
    help: str
    labels: Labels
    buckets: tuple[float, ...] = ()
    series: dict[Labels, Any] = field(default_factory=dict)

    def _at(self, labels: Labels) -> Labels:
        if labels in self.series or len(self.series) < MAX_SERIES:
            return labels
        return ("",) * len(self.labels)

    def add(self, labels: Labels, amount: float = 1.0) -> None:
        """Count."""
        labels = self._at(labels)
        self.series[labels] = self.series.get(labels, 0.0) + amount

    def set(self, labels: Labels, value: float) -> None:
        """Note a gauge's value."""
        self.series[self._at(labels)] = value

    def observe(self, labels: Labels, value: float) -> None:
        """Note a value of a histogram."""
        labels = self._at(labels)
        found = self.series.get(labels)
        if found is None:
            found = self.series[labels] = [0.0] + [0] * (len(self.buckets) + 1)
        found[0] += value
        found[1 + bisect_left(self.buckets, value)] += 1


class Registry:
    """The metrics of this process. `folder` is where processes leave their numbers for each other."""

    def __init__(self, folder: Path | None = None) -> None:
        self.metrics: dict[str, Metric] = {}
        self._folder = folder
        self._path = None if folder is None else folder / f"{os.getpid()}.json"

    def metric(self, kind: str, name: str, help: str, labels: Sequence[str], buckets: Sequence[float] = ()) -> Metric:
        """Add a metric."""
        made = self.metrics[name] = Metric(name, kind, help, tuple(labels), tuple(buckets))
        return made

    def save(self) -> None:
        """Leave the numbers for the other processes. Raises OSError."""
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        kept = {name: [[list(key), value] for key, value in m.series.items()] for name, m in self.metrics.items()}
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(kept))
        fresh.replace(self._path)

    def take_over(self) -> None:
        """Go on with the counters of processes that have ended. Raises OSError."""
        for path in () if self._folder is None else sorted(self._folder.glob("*.json")):
            if _is_alive(path.stem) and path != self._path:
                continue
            taken = path.with_suffix(f".taken-{os.getpid()}")
            try:
                path.rename(taken)
                left = json.loads(taken.read_text())
            except (FileNotFoundError, ValueError):  # another process was first, or the file is damaged
                taken.unlink(missing_ok=True)
                continue
            for metric in self.metrics.values():
                if metric.kind != "gauge":
                    _merge(metric.series, left.get(metric.name, ()), metric)
            taken.unlink()

    def _others(self) -> Iterator[Mapping[str, Any]]:
        for path in () if self._folder is None else sorted(self._folder.glob("*.json")):
            if path != self._path:
                try:
                    yield json.loads(path.read_text())
                except (OSError, ValueError):  # it is just being written or removed
                    continue

    def text(self) -> str:
        """All numbers of all processes, in the text format 0.0.4."""
        others = list(self._others())
        return "".join(line for metric in self.metrics.values() for line in _lines(metric, others))


def _is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def _merge(series: dict[Labels, Any], given: Iterable[tuple[list[str], Any]], metric: Metric) -> None:
    """Add another process's numbers; of a gauge the first is kept."""
    for key, value in given:
        labels = tuple(key)
        if len(labels) != len(metric.labels) or (metric.buckets and len(value) != len(metric.buckets) + 2):
            continue  # counted by a process with other settings
        mine = series.get(labels)
        if mine is None:
            series[labels] = value
        elif metric.kind != "gauge":
            series[labels] = [a + b for a, b in zip(mine, value, strict=True)] if metric.buckets else mine + value


def _lines(metric: Metric, others: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    series = dict(metric.series)
    for other in others:
        _merge(series, other.get(metric.name, ()), metric)
    if not series:
        return
    shown = f"{metric.name}_total" if metric.kind == "counter" and not metric.name.endswith("_total") else metric.name
    yield f"# HELP {shown} {metric.help}\n# TYPE {shown} {metric.kind}\n"
    for labels, value in series.items():
        named = ",".join(f'{name}="{_escaped(text)}"' for name, text in zip(metric.labels, labels, strict=True))
        if not metric.buckets:
            yield f"{shown}{{{named}}} {value}\n" if named else f"{shown} {value}\n"
            continue
        total, counts, so_far = value[0], value[1:], 0
        for bound, count in zip([*map(str, metric.buckets), "+Inf"], counts, strict=True):
            so_far += count
            with_bound = f'{named},le="{bound}"' if named else f'le="{bound}"'
            yield f"{shown}_bucket{{{with_bound}}} {float(so_far)}\n"
        yield f"{shown}_count{{{named}}} {float(so_far)}\n{shown}_sum{{{named}}} {total}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
