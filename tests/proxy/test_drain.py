"""SIGTERM: what is under way ends well, what is new is refused, and the exit status is 0."""

from __future__ import annotations

import signal
import socket
import time
from pathlib import Path

import httpx
import pytest

from tests.e2e.conftest import deployment
from tests.support.gateway import MASTER_KEY, Gateway


@pytest.mark.parametrize("args", [(), ("--num_workers", "2")])
def test_a_stream_under_way_is_sent_to_its_end(provider_url: str, tmp_path: Path, args: tuple[str, ...]) -> None:
    words = 100 if args else 30
    config = {"model_list": [deployment("long", provider_url, f"words={words},chunk_delay=0.05")]}
    body = {"model": "long", "stream": True, "messages": [{"role": "user", "content": "hi"}]}
    headers = {"authorization": f"Bearer {MASTER_KEY}"}
    with Gateway(tmp_path, config, args=args) as gateway:
        assert gateway.process is not None
        url = f"{gateway.base}/v1/chat/completions"
        with httpx.stream("POST", url, json=body, headers=headers, timeout=30) as answer:
            lines = answer.iter_lines()
            while "word3" not in next(lines):
                pass
            gateway.process.send_signal(signal.SIGTERM)
            while is_listening(gateway):  # nobody is to wait for a worker that accepts no more
                next(lines)
            rest = list(lines)
        assert f"word{words - 1}" in "".join(rest)
        assert rest[-2] == "data: [DONE]"
        assert gateway.process.wait(timeout=10) == 0
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{gateway.base}/health/liveliness")


def is_listening(gateway: Gateway) -> bool:
    """Whether anybody accepts connections on the gateway's port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", gateway.port)) == 0


def test_workers_do_not_outlive_a_killed_gateway(tmp_path: Path) -> None:
    config = {"model_list": [{"model_name": "m", "litellm_params": {"model": "openai/gpt-4o", "mock_response": "hi"}}]}
    gateway = Gateway(tmp_path, config, args=("--num_workers", "2"))
    gateway.start()
    gateway.kill()
    deadline = time.monotonic() + 10
    while is_listening(gateway):
        assert time.monotonic() < deadline, "a worker still answers"
        time.sleep(0.05)
    with gateway:
        assert gateway.request("GET", "/v1/models").status_code == 200
        assert gateway.stop() == 0
