"""Worker processes that do not outlive the process that started them."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal


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
