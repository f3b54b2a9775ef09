"""`python -m litellm_rust doctor`: checks the environment and each native feature, one line a check."""

from __future__ import annotations

import itertools
import os
import platform
import sys
from collections.abc import Callable, Iterator

import litellm_rust
from litellm_rust import flags
from litellm_rust.commands.status import load_upstream, upstream_version
from litellm_rust.commands.twin_checks import CHECKS, Difference


def _native_module() -> str:
    from litellm_rust import _native

    return f"native module {_native.__version__} loaded"


def _python() -> str:
    return f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"


def _upstream() -> str:
    version = upstream_version()
    if version is None:
        raise LookupError("litellm is not installed here: there is nothing to accelerate")
    load_upstream()
    return f"litellm {version}"


def _environment() -> str:
    known = {flags.environment_variable(feature) for feature in flags.FEATURES} | {"LITELLM_RUST_ENABLE"}
    unknown = sorted(name for name in os.environ if name.startswith("LITELLM_RUST_") and name not in known)
    if unknown:
        raise LookupError(f"unknown variables: {', '.join(unknown)}; known: {', '.join(sorted(known))}")
    return "environment variables are all known"


def _patches() -> str:
    refused = [
        f"{name} ({reason})"
        for state in litellm_rust.status().values()
        if state.flag
        for name, reason in state.not_installed.items()
        if not reason.endswith("is not imported")  # the proxy's modules, in a process without it
    ]
    if refused:
        raise LookupError("left as they are: " + "; ".join(refused))
    return "every patch that is switched on fits this litellm"


_CHECKS: tuple[Callable[[], str], ...] = (_python, _native_module, _environment, _upstream, _patches)


def _results() -> Iterator[tuple[bool, str]]:
    for check in _CHECKS:
        try:
            yield True, check()
        except LookupError as problem:
            yield False, str(problem)


def _compared() -> Iterator[tuple[bool, str]]:
    """Each native feature beside its twin; one that differs should be switched off here."""
    for feature, check in CHECKS.items():
        try:
            yield True, f"{feature} equals its twin: {check()}"
        except Difference as difference:
            off = f"switch it off with {flags.environment_variable(feature)}=off"
            yield False, f"{feature} differs from its twin: {difference}; {off}"


def print_doctor() -> int:
    """Print every check with `ok` or `problem`; exit status 1 when there is a problem."""
    failed = False
    for fine, line in itertools.chain(_results(), _compared()):
        failed = failed or not fine
        print(f"{'ok     ' if fine else 'problem'} {line}", file=sys.stdout)
    return int(failed)
