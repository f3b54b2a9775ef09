"""Embeddings, as steps."""

from __future__ import annotations

from typing import Any

from litellm.llms.endpoint_formats import endpoint_format
from litellm.llms.openai.embeddings import PARAMS, OpenAIEmbeddings
from litellm.pipeline.effects import Steps
from litellm.pipeline.plain import Endpoint, sent
from litellm.pipeline.results import finish
from litellm.pipeline.run import Run
from litellm.types.utils import Embedding, EmbeddingResponse

EMBEDDING = Endpoint("embedding", inputs=("input",), params=PARAMS, response=EmbeddingResponse)


def embedding_steps(arguments: dict[str, Any], call_type: str) -> Steps[EmbeddingResponse]:
    """The steps of an embedding call with `arguments`. Raises the exceptions of `litellm.exceptions`."""
    run = Run(arguments, call_type)
    try:
        run.resolve_provider()
        if arguments.get("mock_response") is not None:
            return _mocked(run)
        wire = endpoint_format("embedding", run.provider)
        if wire is None:
            wire = OpenAIEmbeddings(run.provider)
        response: EmbeddingResponse = yield from sent(EMBEDDING, run, wire)
        return response
    except Exception as error:
        raise run.failed(error) from error


def _mocked(run: Run) -> EmbeddingResponse:
    vector = run.arguments["mock_response"]
    given = run.arguments.get("input")
    count = len(given) if isinstance(given, list) else 1
    data = [Embedding(embedding=vector, index=index) for index in range(count)]
    usage = {"prompt_tokens": 10, "completion_tokens": 0, "total_tokens": 10}
    response: EmbeddingResponse = finish(run, EmbeddingResponse(model=run.model, data=data, object="list", usage=usage))
    return response
