"""Run by an interpreter that has upstream: imports it once, and runs each script in a fork of this process.

Each line on stdin is JSON, `[modules to import first, scripts]`; the answer is a line with a list of
`[exit status, stdout, stderr]`.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
import tempfile
import traceback
from typing import IO, NoReturn

_AT_ONCE = 3
_OUTPUT_END = 4000


def _import(modules: list[str]) -> None:
    for module in modules:
        importlib.import_module(module)


def _run(script: str, out: IO[bytes], err: IO[bytes]) -> NoReturn:
    """Run `script` as if it were the program, and end this process."""
    status = 1
    try:
        for target, file in ((1, out.fileno()), (2, err.fileno())):
            os.dup2(file, target)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        exec(compile(script, "<script>", "exec"), {"__name__": "__main__"})
        status = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def _run_all(scripts: list[str]) -> list[list[object]]:
    """The outcomes of `scripts`, a few of which run at a time."""
    files = [(tempfile.TemporaryFile(), tempfile.TemporaryFile()) for _ in scripts]  # noqa: SIM115 - closed below
    running: dict[int, int] = {}
    statuses = [0] * len(scripts)

    def wait() -> None:
        process, status = os.wait()
        statuses[running.pop(process)] = os.waitstatus_to_exitcode(status)

    for number, script in enumerate(scripts):
        if len(running) == _AT_ONCE:
            wait()
        process = os.fork()
        if process == 0:
            _run(script, *files[number])
        running[process] = number
    while running:
        wait()
    outcomes: list[list[object]] = []
    for status, pair in zip(statuses, files, strict=True):
        texts = []
        for file in pair:
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
            file.close()
        outcomes.append([status, texts[0], texts[1][-_OUTPUT_END:]])
    return outcomes


def _serve(line: str, answers: IO[str]) -> NoReturn:
    """Answer one line, and end this process."""
    try:
        modules, scripts = json.loads(line)
        _import(modules)
        answers.write(json.dumps(_run_all(scripts)))
        answers.flush()
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        sys.stderr.flush()
        os._exit(0)


def main() -> None:
    """Import the modules that are named as arguments, and serve until stdin ends, each line in a fork."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what upstream prints is no answer
    del sys.path[0]  # the folder of this file, with modules that are named as those of others
    _import(sys.argv[1:])
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            _serve(line, answers)
        os.waitpid(process, 0)
        answers.write("\n")  # ends the answer, also where there is none
        answers.flush()


if __name__ == "__main__":
    main()
