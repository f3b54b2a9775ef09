"""OpenTelemetry traces with the GenAI conventions, for `otel` among the callbacks (the `otel` extra).

Where traces go is OpenTelemetry's own to configure: `OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_SERVICE_NAME`, and so on;
upstream's `OTEL_EXPORTER` (`console`, `otlp_http`) and `OTEL_ENDPOINT` count too.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from litellm.proxy.observability.records import CallRecord

_OPERATIONS: Mapping[str, str] = {
    "acompletion": "chat", "atext_completion": "text_completion", "aembedding": "embeddings",
    "anthropic_messages": "chat", "aresponses": "chat", "agenerate_content": "generate_content",
}  # fmt: skip
NANO = 1_000_000_000


class Traces:
    """One span a call, made when it has ended."""

    def __init__(self, provider: Any) -> None:
        """`provider`: an OpenTelemetry `TracerProvider`."""
        self._provider, self._tracer = provider, provider.get_tracer("litellm.proxy")

    def ended(self, record: CallRecord) -> None:
        """Make the span."""
        from opentelemetry.trace import SpanKind, Status, StatusCode

        operation = _OPERATIONS.get(record.call_type, record.call_type.removeprefix("a"))
        name = f"{operation} {record.hidden.get('litellm_model_name') or record.model}"
        span = self._tracer.start_span(
            name, kind=SpanKind.CLIENT, start_time=int(record.started * NANO), attributes=_attributes(record, operation)
        )
        if record.error is not None:
            span.set_attribute("error.type", type(record.error).__name__)
            span.set_status(Status(StatusCode.ERROR, type(record.error).__name__))
        if record.first_piece_at is not None:
            span.add_event("gen_ai.first_chunk", timestamp=int(record.first_piece_at * NANO))
        span.end(int(record.ended * NANO))

    def stop(self) -> None:
        """Send what waits."""
        self._provider.shutdown()


def _attributes(record: CallRecord, operation: str) -> dict[str, Any]:
    usage, auth = record.usage, record.auth
    given = {
        "gen_ai.operation.name": operation,
        "gen_ai.provider.name": record.hidden.get("llm_provider"),
        "gen_ai.system": record.hidden.get("llm_provider"),
        "gen_ai.request.model": record.model,
        "gen_ai.response.model": record.hidden.get("litellm_model_name"),
        "gen_ai.usage.input_tokens": usage.get("prompt_tokens"),
        "gen_ai.usage.output_tokens": usage.get("completion_tokens"),
        "server.address": record.hidden.get("api_base"),
        "http.response.status_code": int(record.error_status),
        "litellm.call_id": record.call_id,
        "litellm.status": record.status,
        "litellm.cost_usd": record.cost_usd,
        "litellm.model_id": record.hidden.get("model_id"),
        "metadata.user_api_key_alias": auth.key_alias,
        "metadata.user_api_key_hash": auth.token,
        "metadata.user_api_key_user_id": auth.user_id,
        "metadata.user_api_key_team_id": auth.team_id,
        "metadata.user_api_key_end_user_id": auth.end_user_id,
    }
    return {name: value for name, value in given.items() if value is not None}


def open_traces() -> Traces:
    """Traces to where the environment says. Raises ImportError without the `otel` extra."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter

    name = os.environ.get("OTEL_SERVICE_NAME", "litellm")
    provider = TracerProvider(resource=Resource.create({"service.name": name}))
    endpoint = os.environ.get("OTEL_ENDPOINT")
    if os.environ.get("OTEL_EXPORTER") == "console":
        exporter: Any = ConsoleSpanExporter()
    else:
        exporter = OTLPSpanExporter(endpoint=endpoint) if endpoint else OTLPSpanExporter()
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return Traces(provider)
