"""The journal: what a process owes to the database, kept in a file that survives kill -9.

A line a record: the CRC-32 of its JSON in hexadecimal, a space, the JSON, a newline. A record is written with one
`write`, so the operating system has it when the call returns; a torn last line fails its checksum and is dropped.
Losing the machine's power may lose the last moments unless `fsync` is on.

Each process writes its own file and holds its lock for as long as it lives; a file whose lock is free belongs to a
process that has ended, and is taken over by whoever starts next.

Records: `{"k": "r", "id", "pico", …}` reserved, with what the request costs once it is sent, `{"k": "p", "id", "pico"}`
cost so far, `{"k": "s", "id", "row"}` settled. The native front's files, `Segments`, have two more:
`{"k": "n", "id", "end"}` ended there, and `{"k": "x", "id"}` given up there, so that it counts as never reserved.
"""

from __future__ import annotations

import json
import os
import uuid
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import orjson
from filelock import FileLock, Timeout

COMPACT_ABOVE = 4 << 20
"""Bytes of a file before what is done with is dropped from it."""


def _line(record: dict[str, Any]) -> bytes:
    try:
        body = orjson.dumps(record)
    except TypeError:  # an amount beyond 64 bits
        body = json.dumps(record, separators=(",", ":")).encode()
    return b"%08x %s\n" % (zlib.crc32(body), body)


def settled_line(row: Mapping[str, Any]) -> bytes:
    """The line of a settlement."""
    return _line({"k": "s", "id": row["request_id"], "row": row})


def settled_row(line: bytes) -> dict[str, Any]:
    """The row in the line of a settlement. Lines wait in the row's place: they take half of its memory."""
    body = line[9:]  # after the checksum
    row: dict[str, Any] = orjson.loads(body)["row"]
    if isinstance(row["spend_pico"], int):
        return row
    exact: dict[str, Any] = json.loads(body)["row"]  # an amount beyond 64 bits
    return exact


def read_records(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a file; damaged lines are left out."""
    for line in path.read_bytes().split(b"\n"):
        checksum, _, body = line.partition(b" ")
        try:
            if int(checksum, 16) == zlib.crc32(body):
                yield json.loads(body)
        except ValueError:
            continue


class Journal:
    """This process's file."""

    def __init__(self, folder: Path, *, fsync: bool = False) -> None:
        self._folder, self._fsync = folder, fsync
        self.owner = uuid.uuid4().hex
        """This process's name, also among the processes on the database."""
        self.path = folder / f"journal-{self.owner}.log"
        self._lock = FileLock(self.path.with_suffix(".lock"))
        self._file = -1
        self._size = 0
        self._live: dict[str, dict[str, bytes]] = {}
        """Id → kind of record → its line, of what the database does not have yet."""

    def open(self) -> None:
        """Make the file and take its lock."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lock.acquire(timeout=0)
        self._file = os.open(self.path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)

    def close(self) -> None:
        """Give the file up; one that holds nothing is removed."""
        os.close(self._file)
        if not self._live:
            self.path.unlink(missing_ok=True)
        self._lock.release()
        if not self._live:
            Path(self._lock.lock_file).unlink(missing_ok=True)

    def write(self, record: dict[str, Any]) -> bytes:
        """Add a record; it survives this process once the call returns. Gives its line.

        Raises OSError when it cannot be kept whole.
        """
        data = _line(record)
        if os.write(self._file, data) != len(data):
            os.ftruncate(self._file, self._size)
            raise OSError(f"{self.path.name}: the disk took only a part of a record")
        if self._fsync:
            os.fsync(self._file)
        self._size += len(data)
        if record["k"] == "s":  # says all that the others did
            self._live[record["id"]] = {"s": data}
        else:
            self._live.setdefault(record["id"], {})[record["k"]] = data
        return data

    @property
    def refused(self) -> Path:
        """Settlements that no form of the database takes, for whoever looks after it: a line of JSON each."""
        return self._folder / "refused.jsonl"

    def refuse(self, row: Mapping[str, Any]) -> None:
        """Keep a settlement in `refused`."""
        with open(os.open(self.refused, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600), "a", encoding="utf-8") as file:
            file.write(json.dumps(row, default=str) + "\n")
            self._settle(file)

    def done(self, ids: list[str]) -> None:
        """Forget what the database now has."""
        for one in ids:
            self._live.pop(one, None)
        if not self._live:
            os.truncate(self.path, 0)
            self._size = 0
        elif self._size > COMPACT_ABOVE:
            self._compact()

    def _compact(self) -> None:
        fresh = self.path.with_suffix(".new")
        data = b"".join(line for kinds in self._live.values() for line in kinds.values())
        with open(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
            self._settle(file)
        os.replace(fresh, self.path)
        os.close(self._file)
        self._file = os.open(self.path, os.O_WRONLY | os.O_APPEND)
        self._size = len(data)

    def _settle(self, file: IO[Any]) -> None:
        """Have what was written survive the machine as well, where that is asked for."""
        if self._fsync:
            file.flush()
            os.fsync(file.fileno())

    def abandoned(self) -> Iterator[tuple[Path, FileLock]]:
        """The files of processes that have ended, each with its lock taken."""
        for path in sorted(self._folder.glob("journal-*.log")):
            if path == self.path:
                continue
            lock = FileLock(path.with_suffix(".lock"))
            try:
                lock.acquire(timeout=0)
            except Timeout:
                continue
            if path.exists():
                yield path, lock
            lock.release()


class Segments:
    """The two files that the native front of a process writes in turn, beside `journal`; held as that is."""

    def __init__(self, journal: Journal) -> None:
        self.paths = (
            journal.path.with_stem(f"{journal.path.stem}-a"),
            journal.path.with_stem(f"{journal.path.stem}-b"),
        )
        self._locks = [FileLock(path.with_suffix(".lock")) for path in self.paths]

    def open(self) -> None:
        """Take the files' locks."""
        for lock in self._locks:
            lock.acquire(timeout=0)

    def close(self, *, empty: bool) -> None:
        """Give the files up; those that hold nothing are removed."""
        for path, lock in zip(self.paths, self._locks, strict=True):
            if empty:
                path.unlink(missing_ok=True)
            lock.release()
            if empty:
                Path(lock.lock_file).unlink(missing_ok=True)


Ended = tuple[dict[str, Any], dict[str, Any]]


def unsettled(path: Path) -> tuple[list[dict[str, Any]], list[Ended], list[dict[str, Any]]]:
    """What an ended process owes: settled rows; reservations and how the native front ended them; open reservations.

    The latter have their last cost as `pico`.
    """
    reserved: dict[str, dict[str, Any]] = {}
    rows: list[dict[str, Any]] = []
    ended: list[Ended] = []
    for record in read_records(path):
        kind, one = record["k"], record["id"]
        if kind == "r":
            reserved[one] = {**record, "pico": record.get("pico", 0)}
        elif kind == "p" and one in reserved:
            reserved[one]["pico"] = max(record["pico"], reserved[one]["pico"])
        elif kind == "s":
            reserved.pop(one, None)
            rows.append(record["row"])
        elif kind == "n" and one in reserved:
            ended.append((reserved.pop(one), record["end"]))
        elif kind == "x":
            reserved.pop(one, None)
    return rows, ended, list(reserved.values())


def owner_of(path: Path) -> str:
    """The name of the process that wrote a file."""
    return path.stem.removeprefix("journal-")


def remove(path: Path, lock: FileLock) -> None:
    """Remove an ended process's file."""
    path.unlink(missing_ok=True)
    Path(lock.lock_file).unlink(missing_ok=True)
