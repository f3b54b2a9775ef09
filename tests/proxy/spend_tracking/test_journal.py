"""The journal: what was written survives; what is torn or damaged is not taken for true."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from litellm.proxy.spend_tracking import journal as journal_module
from litellm.proxy.spend_tracking.budget_windows import after, next_reset, utc_now
from litellm.proxy.spend_tracking.journal import Journal, read_records, settled_row, unsettled
from litellm.proxy.spend_tracking.settlement import clean


def only_file(folder: Path) -> Path:
    (path,) = folder.glob("journal-*.log")
    return path


def test_an_open_call_is_found_with_its_last_cost(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.open()
    journal.write({"k": "r", "id": "1", "model": "m"})
    journal.write({"k": "p", "id": "1", "pico": 7})
    journal.write({"k": "p", "id": "1", "pico": 5})
    journal.write({"k": "r", "id": "2", "model": "m"})
    journal.write({"k": "s", "id": "2", "row": {"request_id": "2"}})
    rows, ended, still_open = unsettled(only_file(tmp_path))
    assert rows == [{"request_id": "2"}]
    assert not ended
    assert [(record["id"], record["pico"]) for record in still_open] == [("1", 7)]
    journal.close()


@given(st.integers(0, 2**80), st.floats(0, 1e9), st.text())
def test_a_waiting_settlement_is_what_was_written(pico: int, seconds: float, name: str) -> None:
    row = {"request_id": "1", "spend_pico": pico, "startTime": seconds, "model": clean(name)}
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder))
        journal.open()
        assert settled_row(journal.write({"k": "s", "id": "1", "row": row})) == row
        journal.close()


def test_a_running_process_keeps_its_file_and_an_ended_one_gives_it_up(tmp_path: Path) -> None:
    running, next_one = Journal(tmp_path), Journal(tmp_path)
    running.open()
    running.write({"k": "r", "id": "1"})
    next_one.open()
    assert list(next_one.abandoned()) == []
    running.close()
    assert len(list(next_one.abandoned())) == 1
    next_one.close()


def test_a_file_is_emptied_and_compacted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_module, "COMPACT_ABOVE", 2000)
    journal = Journal(tmp_path)
    journal.open()
    for number in range(100):
        journal.write({"k": "r", "id": str(number)})
        journal.write({"k": "s", "id": str(number), "row": {}})
        if number % 2:
            journal.done([str(number)])
    assert only_file(tmp_path).stat().st_size < 10_000
    assert {record["id"] for record in read_records(only_file(tmp_path))} >= {str(n) for n in range(0, 100, 2)}
    journal.done([str(number) for number in range(100)])
    assert only_file(tmp_path).stat().st_size == 0
    journal.close()


@given(st.data())
def test_a_torn_or_damaged_end_loses_only_itself(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("torn")
    journal = Journal(folder)
    journal.open()
    written = [{"k": "r", "id": str(number), "text": "ü" * number} for number in range(4)]
    for record in written:
        journal.write(record)
    path = only_file(folder)
    whole = path.read_bytes()
    cut = data.draw(st.integers(0, len(whole)))
    path.write_bytes(whole[:cut] + data.draw(st.binary(max_size=5)))
    found = list(read_records(path))
    assert found == written[: len(found)]  # only the last line can be torn
    assert len(found) >= whole[:cut].count(b"\n")
    assert json.dumps(found)
    journal.close()


def test_a_damaged_line_hides_nothing_behind_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.open()
    path = only_file(tmp_path)
    journal.write({"k": "r", "id": "1"})
    with path.open("ab") as file:
        file.write(b"torn\n")
    journal.write({"k": "r", "id": "2"})
    assert [record["id"] for record in read_records(path)] == ["1", "2"]
    journal.close()


@pytest.mark.parametrize("duration", ["1s", "30m", "2h", "1d", "24h", "7d", "30d", "1w", "1mo", "3mo"])
def test_a_window_ends_in_the_future(duration: str) -> None:
    now = utc_now()
    assert next_reset(now, duration) > now
    assert after(now, duration) > now


@pytest.mark.parametrize("duration", ["", "1", "d", "-1d", "0h", "1y", "1.5h", "9999999999999d"])
def test_what_is_no_duration_is_refused(duration: str) -> None:
    with pytest.raises(ValueError, match=r"expected|long"):
        after(utc_now(), duration)
