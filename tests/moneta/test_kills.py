"""kill -9 of the process that settles and of Lago, in the middle of load (`benches.moneta` does it twenty times)."""

from __future__ import annotations

from pathlib import Path

from benches.moneta import kills


def test_every_answered_call_is_one_event(tmp_path: Path) -> None:
    assert kills(tmp_path, None, "ledger", events=400, count=2, fail=0.1)
