"""Schemathesis against the gateway's own OpenAPI document: every answer's status, type and shape is a documented one.

A 500 is documented nowhere but where a provider's own failure may be handed on; those count as unexpected failures.

    pip install schemathesis
    python -m benches.fuzz_openapi [--max-examples 15] [--seconds 600] [-- --include-path-regex '^/key']

Starts a gateway with a mocked model on an empty database, as the admin. Prints Schemathesis' findings, the gateway's
memory before and after, and what its log has of unexpected failures; the exit status is 1 when there are any.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.gateway import MASTER_KEY, Gateway

MOCK = {"model": "openai/gpt-4o", "mock_response": "hello", "api_key": "sk-none"}
CONFIG = {
    "model_list": [{"model_name": "mock", "litellm_params": MOCK}],
    "general_settings": {"store_model_in_db": True},
}


CHECKS = "status_code_conformance,content_type_conformance,response_schema_conformance"


def memory_mb(gateway: Gateway) -> float:
    """What the gateway's process holds."""
    assert gateway.process is not None
    status = Path(f"/proc/{gateway.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--max-examples", type=int, default=15, help="requests to each operation")
    parser.add_argument("--seconds", type=int, default=600, help="stop after so long")
    parser.add_argument("more", nargs="*", help="further options for it, after --")
    parser.add_argument("--schemathesis", default="schemathesis", help="its command")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Gateway(Path(folder), CONFIG) as gateway:
        gateway.request("GET", "/openapi.json").raise_for_status()  # made at its first use
        before = memory_mb(gateway)
        command = [
            asked.schemathesis, "run", f"{gateway.base}/openapi.json", "-H", f"Authorization: Bearer {MASTER_KEY}",
            "--checks", CHECKS, "--phases", "fuzzing", *asked.more, "--max-examples", str(asked.max_examples),
            "--continue-on-failure", "--request-timeout", "20", "--no-color",
        ]  # fmt: skip
        try:
            found = int(subprocess.run(command, timeout=asked.seconds, check=False).returncode != 0)
        except subprocess.TimeoutExpired:
            found = 0
            print(f"stopped after {asked.seconds} s")
        failures = found + gateway.log.count("Traceback")
        print(f"memory: {before:.0f} MB before, {memory_mb(gateway):.0f} MB after; unexpected failures: {failures}")
        if failures:
            print(gateway.log[-8000:])
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
