"""SageMaker's endpoints: no secrets in bodies, and events cut across the frames."""

from __future__ import annotations

import json
from typing import Any

import litellm
import pytest

from tests.support.aws import Aws, as_stream, event

HI = [{"role": "user", "content": "Hi"}]


def _payload(piece: bytes) -> bytes:
    return event("PayloadPart", piece)


@pytest.mark.parametrize("provider", ["sagemaker_chat", "sagemaker_nova"])
@pytest.mark.parametrize("cut", [1, 7, 40, 1000])
def test_events_cut_anywhere(aws: Aws, provider: str, cut: int) -> None:
    chunks: list[dict[str, Any]] = [
        {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m",
         "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}
        for delta, reason in (({"content": "Hé"}, None), ({"content": "llo"}, None), ({}, "stop"))
    ]  # fmt: skip
    lines = "".join(f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
    data = lines.encode()
    aws.reply = lambda request: as_stream(*(_payload(data[at : at + cut]) for at in range(0, len(data), cut)))
    arguments = {name: value for name, value in aws.arguments.items() if name != "aws_bedrock_runtime_endpoint"}
    stream = litellm.completion(
        model=f"{provider}/my-endpoint", messages=HI, stream=True, sagemaker_base_url=aws.url, **arguments
    )
    assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == "Héllo"
    assert aws.last["signed"]
    assert "example-secret" not in json.dumps(aws.last["body"])
    assert "AKIAEXAMPLE" not in json.dumps(aws.last["body"])
