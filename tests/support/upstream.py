"""Upstream LiteLLM in environments of its own (`make setup-upstream`), imported once for many scripts."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[2]
BIN = "Scripts" if os.name == "nt" else "bin"
VERSIONS = ("1.106.2", "1.93.2", "1.80.11")
INTERPRETERS = {
    version: python
    for version in VERSIONS
    if (python := ROOT / f".venv-upstream{'' if version == VERSIONS[0] else '-' + version}" / BIN / "python").exists()
}


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment in which upstream is observed: nothing of the machine's, no network."""
    return {"PATH": os.environ["PATH"], "LITELLM_LOCAL_MODEL_COST_MAP": "True", "HOME": str(home), **more}


class Upstream:
    """A process that has imported upstream; scripts run in forks of it, each as if it were alone."""

    def __init__(self, requests: IO[str], answers: IO[str], log: Path) -> None:
        self._requests, self._answers, self._log = requests, answers, log

    def run(self, scripts: Sequence[str], *modules: str) -> list[Any]:
        """What each script prints last, as JSON. Raises AssertionError with the error output of one that failed.

        `modules` are imported once for all of these scripts.
        """
        self._requests.write(json.dumps([modules, scripts]) + "\n")
        self._requests.flush()
        printed = []
        answer = self._answers.readline()
        assert answer.strip(), self._log.read_text()[-4000:]
        for status, out, err in json.loads(answer):
            assert status == 0, err
            printed.append(json.loads(out.splitlines()[-1]))
        return printed


@contextlib.contextmanager
def hosting(python: Path, home: Path, *modules: str) -> Iterator[Upstream]:
    """`python` with `modules` imported, ready to run scripts."""
    script, log = Path(__file__).parent / "upstream_host.py", home / "log.txt"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [python, script, *modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment(home, PYTHONPATH=str(ROOT / "tests" / "litellm_rust" / "patches")),
            cwd=home,
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Upstream(process.stdin, process.stdout, log)
        finally:
            process.kill()
