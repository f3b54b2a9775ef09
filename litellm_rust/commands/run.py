"""`python -m litellm_rust run COMMAND …`: runs a command with acceleration in every Python process it starts.

The command's environment gets `LITELLM_RUST_ENABLE=1` and a folder at the head of `PYTHONPATH` whose `sitecustomize`
calls `litellm_rust.enable()`. Workers inherit both, whether they are forked or started anew.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

SITE = Path(__file__).parent.parent / "site"


def accelerated_environment() -> dict[str, str]:
    """This process's environment, with which a Python interpreter starts accelerated."""
    path = [str(SITE), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path), "LITELLM_RUST_ENABLE": "1"}


def run_command(argv: Sequence[str]) -> int:  # noqa: RET503 - the last statement never returns
    """Run `argv` in place of this process (on Windows as its child); returns the exit status."""
    if not argv:
        print("run: which command?  e.g. python -m litellm_rust run litellm --config config.yaml", file=sys.stderr)
        return 2
    # The command of the same environment comes first, as in an activated one.
    search = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    program = shutil.which(argv[0], path=search)
    if program is None:
        print(f"run: {argv[0]}: command not found", file=sys.stderr)
        return 127
    environment = accelerated_environment()
    if sys.platform == "win32":
        return subprocess.call([program, *argv[1:]], env=environment)
    os.execve(program, [program, *argv[1:]], environment)
