"""Builds the package's price catalogue from a LiteLLM-shaped JSON file of model prices.

    python python/tools/build_catalog.py model_catalog.json --date 2026-11-21

Writes `python/litellm/model_catalog.json.gz`: {"date", "source", "models"}. The same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "litellm" / "model_catalog.json.gz"


def main() -> None:
    """Read, check and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("--date", required=True, help="the day the figures were collected")
    options = parser.parse_args()
    given = json.loads(options.source.read_text(encoding="utf-8"))
    models = given["models"]
    unpriced = [name for name, entry in models.items() if not isinstance(entry, dict)]
    if unpriced:
        parser.error(f"not an object: {', '.join(unpriced[:5])}")
    catalog = {"date": options.date, "source": given["source"], "models": models}
    data = json.dumps(catalog, ensure_ascii=False, separators=(",", ":")).encode()
    TARGET.write_bytes(gzip.compress(data, 9, mtime=0))
    print(f"{len(models)} models, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
