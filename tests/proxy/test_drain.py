"""SIGTERM: what is under way ends well, what is new is refused, and the exit status is 0."""

from __future__ import annotations

import signal
from pathlib import Path

import httpx
import pytest

from tests.e2e.conftest import deployment
from tests.support.gateway import MASTER_KEY, Gateway


@pytest.mark.parametrize("args", [(), ("--num_workers", "2")])
def test_a_stream_under_way_is_sent_to_its_end(provider_url: str, tmp_path: Path, args: tuple[str, ...]) -> None:
    config = {"model_list": [deployment("long", provider_url, "words=30,chunk_delay=0.05")]}
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
            rest = list(lines)
        assert "word29" in "".join(rest)
        assert rest[-2] == "data: [DONE]"
        assert gateway.process.wait(timeout=10) == 0
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{gateway.base}/health/liveliness")
