"""Snowflake Cortex's embeddings."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from litellm.llms.endpoint_wire import EndpointCall, EndpointFormat, read_json
from litellm.llms.snowflake.chat import cortex_headers, cortex_url
from litellm.llms.wire import ErrorDetails, WireError, WireRequest, encode_json, read_error


class SnowflakeEmbedding(EndpointFormat):
    """`POST …/cortex/inference:embed`."""

    sdk_retries = False

    def supported_params(self, provider: str, model: str) -> Collection[str]:
        """None of OpenAI's."""
        return ()

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST that embeds the texts."""
        given = call.inputs.get("input")
        body = {"model": call.model, "text": given if isinstance(given, list) else [given], **call.params}
        headers = {**cortex_headers(call.api_key), **call.headers}
        return WireRequest("POST", cortex_url(call.api_base, "/inference:embed"), headers, encode_json(body))

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The vectors, each of which Snowflake wraps in a list. Raises `WireError` when there are none."""
        data = read_json(body)
        rows = data.get("data") if isinstance(data, dict) else None
        if not isinstance(rows, list):
            raise WireError("the provider's reply holds no 'data'")
        for row in rows:
            vector = row.get("embedding") if isinstance(row, dict) else None
            if isinstance(vector, list) and vector and isinstance(vector[0], list):
                row["embedding"] = vector[0]
        usage = {"prompt_tokens": 0, "completion_tokens": 0, **(data.get("usage") or {})}
        return {"object": "list", "model": f"snowflake/{data.get('model') or call.model}", "data": rows, "usage": usage}

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What Snowflake says."""
        return ErrorDetails(message=read_error(body).message)
