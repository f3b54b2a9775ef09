"""`python -m litellm_rust status | doctor | benchmark | run COMMAND …`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command of the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m litellm_rust", description="Rust acceleration for LiteLLM")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("status", help="which features are on and what of the installed LiteLLM they accelerate")
    commands.add_parser("doctor", help="check this environment and say what is wrong with it")
    benchmark = commands.add_parser("benchmark", help="measure LiteLLM with and without acceleration, in turn")
    benchmark.add_argument("--seconds", type=float, default=1.0, help="time for each row (default 1)")
    benchmark.add_argument("--json", action="store_true", help="print JSON instead of a table")
    benchmark.add_argument("--upstream", action="store_true", help="whole calls of LiteLLM against a local provider")
    benchmark.add_argument("--quick", action="store_true", help="with --upstream: fewer rounds, a first impression")
    benchmark.add_argument("--svg", type=Path, help="with --upstream: write a chart to this file")
    run = commands.add_parser("run", help="run a command with every Python process in it accelerated")
    run.add_argument("argv", nargs=argparse.REMAINDER, metavar="COMMAND", help="e.g. litellm --config config.yaml")
    options = parser.parse_args(arguments)

    if options.command == "run":
        from litellm_rust.commands.run import run_command

        return run_command(options.argv)
    if options.command == "benchmark" and options.upstream:
        from litellm_rust.commands.benchmark_upstream import print_upstream_benchmark

        return print_upstream_benchmark(options.seconds, quick=options.quick, as_json=options.json, svg=options.svg)
    if options.command == "benchmark":
        from litellm_rust.commands.benchmark import print_benchmark

        return print_benchmark(options.seconds, as_json=options.json)
    if options.command == "doctor":
        from litellm_rust.commands.doctor import print_doctor

        return print_doctor()
    from litellm_rust.commands.status import print_status

    return print_status()


if __name__ == "__main__":
    sys.exit(main())
