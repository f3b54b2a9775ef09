"""The benchmark of upstream for every version that `make setup-upstream` has made: one table, in Markdown.

    python benches/upstream/versions.py [--seconds 1] [--svg-folder docs]

Each version is measured by `python -m litellm_rust benchmark --upstream` in its own environment, one after the other.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
VERSIONS = {"1.106.2": ".venv-upstream", "1.93.2": ".venv-upstream-1.93.2", "1.80.11": ".venv-upstream-1.80.11"}


def measured(python: Path, seconds: float, svg: Path | None) -> dict[str, Any]:
    """The benchmark's JSON, run by `python`."""
    chart = [] if svg is None else ["--svg", str(svg)]
    command = [python, "-m", "litellm_rust", "benchmark", "--upstream", "--json", "--seconds", str(seconds), *chart]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def table(results: dict[str, dict[str, Any]]) -> str:
    """Rows by call; of each version the time off and on, how many times faster, and how many times less CPU."""
    lines = ["| call (goal) |" + "".join(f" {version} off | on | faster | CPU |" for version in results)]
    lines.append("| --- |" + " --- | --- | --- | --- |" * len(results))
    rows = {version: {row["name"]: row for row in result["rows"]} for version, result in results.items()}
    for name, first in rows[next(iter(rows))].items():
        goal = f" (≥ {first['goal']:g}x)" if first["goal"] > 1 else ""
        line = f"| {name}{goal} |"
        for known in rows.values():
            row = known.get(name)
            line += (
                " | | | |"
                if row is None
                else f" {row['off_us']:,.0f} | {row['on_us']:,.1f} | {row['ratio']:.1f}x | {row['cpu_ratio']:.1f}x |"
            )
        lines.append(line)
    times = ", ".join(f"{version} {result['enable']['ms']:.0f} ms" for version, result in results.items())
    return "\n".join([*lines, "", f"`enable()`: {times}."])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.0, help="time for each row")
    parser.add_argument("--svg-folder", type=Path, help="write a chart for each version there")
    options = parser.parse_args()
    results = {}
    for version, folder in VERSIONS.items():
        python = ROOT / folder / "bin" / "python"
        if python.exists():
            svg = options.svg_folder and options.svg_folder / f"upstream-{version}.svg"
            results[version] = measured(python, options.seconds, svg)
    print(table(results) if results else "no version is installed: `make setup-upstream`")


if __name__ == "__main__":
    main()
