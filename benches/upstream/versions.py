"""The benchmark of upstream for every version that `make setup-upstream` has made: one table, in Markdown.

    python benches/upstream/versions.py [--quick] [--seconds 1] [--folder docs/upstream]

Each version is measured by `python -m litellm_rust benchmark --upstream` in its own environment, one after the other.
The folder gets `upstream.md`, and a chart and all figures as JSON for each version, as soon as it is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
VERSIONS = {"1.106.2": ".venv-upstream", "1.93.2": ".venv-upstream-1.93.2", "1.80.11": ".venv-upstream-1.80.11"}


def measured(python: Path, version: str, options: argparse.Namespace) -> dict[str, Any]:
    """The benchmark's figures, run by `python`; its rows appear on standard error meanwhile."""
    command = [str(python), "-m", "litellm_rust", "benchmark", "--upstream", "--json", f"--seconds={options.seconds}"]
    command += ["--quick"] if options.quick else []
    command += [f"--svg={options.folder / f'upstream-{version}.svg'}"] if options.folder else []
    environment = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}  # no download at import
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout
    if options.folder:
        (options.folder / f"upstream-{version}.json").write_text(printed, encoding="utf-8")
    # Upstream may print too, before the figures.
    found: dict[str, Any] = json.loads(printed[printed.index("{") :])
    return found


def table(results: dict[str, dict[str, Any]]) -> str:
    """Rows by call; of each version the time off and on, how many times faster, how many times less CPU, and memory."""
    columns = ("off, µs", "on, µs", "faster", "CPU", "MiB")
    lines = ["| call (goal) |" + "".join(f" {version} {name} |" for version in results for name in columns)]
    lines.append("| --- |" + " --- |" * len(columns) * len(results))
    rows = {version: {row["name"]: row for row in result["rows"]} for version, result in results.items()}
    goals = {row["name"]: row["goal"] for known in rows.values() for row in known.values()}
    for name, goal in goals.items():
        cells = "".join(_cells(known.get(name)) for known in rows.values())
        lines.append(f"| {name}{f' (≥ {goal:g}x)' if goal > 1 else ''} |{cells}")
    times = ", ".join(
        f"{version} {result['enable']['ms']:.0f} ms ({' to '.join(result['load'])})"
        for version, result in results.items()
    )
    return "\n".join([*lines, "", f"`enable()`: {times}.", ""])


def _cells(row: dict[str, Any] | None) -> str:
    if row is None:
        return " | | | | |"
    memory = "" if row["off_mib"] is None else f"{row['off_mib']:.0f}, {row['on_mib']:.0f}"
    return f" {row['off_us']:,.0f} | {row['on_us']:,.1f} | {row['ratio']:.1f}x | {row['cpu_ratio']:.1f}x | {memory} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.0, help="time for each row")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, a first impression")
    parser.add_argument("--folder", type=Path, help="write the table, the charts and all figures there")
    parser.add_argument("--only", choices=VERSIONS, help="one version")
    options = parser.parse_args()
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
    results = {}
    for version, environment in VERSIONS.items():
        python = ROOT / environment / "bin" / "python"
        if python.exists() and options.only in (None, version):
            results[version] = measured(python, version, options)
            if options.folder:
                (options.folder / "upstream.md").write_text(table(results), encoding="utf-8")
    if not results:
        sys.exit("no version is installed: `make setup-upstream`")
    print(table(results))


if __name__ == "__main__":
    main()
