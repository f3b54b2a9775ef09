"""What the benchmarks share."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@contextlib.contextmanager
def loopback_server() -> Iterator[str]:
    """The cheapest server (`benches/loopback_server.rs`) for the length of a `with` block; gives its base address."""
    build = ["cargo", "build", "--quiet", "--locked", "--profile", "fast", "--example", "loopback_server"]
    subprocess.run(build, cwd=ROOT, check=True)
    binary = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target") / "fast" / "examples" / "loopback_server"
    with subprocess.Popen([binary], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().rsplit(" ", 1)[1].strip()
        finally:
            process.kill()
