"""Worker processes behind one port: they do not outlive their parent, and none is connected to while they stop."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
import socket
import time

from uvicorn.supervisors import Multiprocess

STOPS_ACCEPTING_S = 0.5
"""How long after SIGTERM each worker has closed its side of the port."""


class Workers(Multiprocess):
    """uvicorn's supervisor, which closes the port when its workers do.

    While it stayed open, the system would accept connections that nobody reads from, for as long as workers drain.
    """

    def terminate_all(self) -> None:
        """Tell the workers to end their requests and stop; what connects from then on is refused."""
        super().terminate_all()
        time.sleep(STOPS_ACCEPTING_S)
        for listening in self.sockets:
            with contextlib.suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)


def stop_with_parent() -> None:
    """In a worker: drain and stop when the parent is gone, also when it was killed. Elsewhere: nothing.

    Without this, orphaned workers would hold the port, and a restarted gateway could not listen.
    """
    parent = multiprocessing.parent_process()
    if parent is None or os.name == "nt":
        return
    loop = asyncio.get_running_loop()

    def gone() -> None:
        loop.remove_reader(parent.sentinel)
        os.kill(os.getpid(), signal.SIGTERM)

    loop.add_reader(parent.sentinel, gone)
