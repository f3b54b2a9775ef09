"""The routes that are forwarded as they are to the provider that keeps what they are about: one row an endpoint."""

from __future__ import annotations

from dataclasses import dataclass

_V1 = ("/v1", "")


@dataclass(frozen=True, slots=True)
class ForwardedRoute:
    """An endpoint: its path without a prefix, its methods, and who serves it."""

    path: str
    methods: tuple[str, ...]
    prefixes: tuple[str, ...] = _V1
    provider: str = "openai"
    """The provider when a request names neither one nor a served model."""

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path that the endpoint answers on."""
        return tuple(prefix + self.path for prefix in self.prefixes)


def _openai(**methods: str) -> tuple[ForwardedRoute, ...]:
    return tuple(ForwardedRoute(path, tuple(names.split())) for path, names in methods.items())


OPENAI: tuple[ForwardedRoute, ...] = _openai(**{
    "/files": "GET POST",
    "/files/{file_id}": "GET DELETE",
    "/files/{file_id}/content": "GET",
    "/uploads": "POST",
    "/uploads/{upload_id}/parts": "POST",
    "/uploads/{upload_id}/complete": "POST",
    "/uploads/{upload_id}/cancel": "POST",
    "/batches": "GET POST",
    "/batches/{batch_id}": "GET",
    "/batches/{batch_id}/cancel": "POST",
    "/fine_tuning/jobs": "GET POST",
    "/fine_tuning/jobs/{fine_tuning_job_id}": "GET",
    "/fine_tuning/jobs/{fine_tuning_job_id}/cancel": "POST",
    "/fine_tuning/jobs/{fine_tuning_job_id}/events": "GET",
    "/fine_tuning/jobs/{fine_tuning_job_id}/checkpoints": "GET",
    "/assistants": "GET POST",
    "/assistants/{assistant_id}": "GET POST DELETE",
    "/threads": "POST",
    "/threads/runs": "POST",
    "/threads/{thread_id}": "GET POST DELETE",
    "/threads/{thread_id}/messages": "GET POST",
    "/threads/{thread_id}/messages/{message_id}": "GET POST DELETE",
    "/threads/{thread_id}/runs": "GET POST",
    "/threads/{thread_id}/runs/{run_id}": "GET POST",
    "/threads/{thread_id}/runs/{run_id}/cancel": "POST",
    "/threads/{thread_id}/runs/{run_id}/steps": "GET",
    "/threads/{thread_id}/runs/{run_id}/submit_tool_outputs": "POST",
    "/vector_stores": "GET POST",
    "/vector_stores/{vector_store_id}": "GET POST DELETE",
    "/vector_stores/{vector_store_id}/search": "POST",
    "/vector_stores/{vector_store_id}/files": "GET POST",
    "/vector_stores/{vector_store_id}/files/{file_id}": "GET POST DELETE",
    "/vector_stores/{vector_store_id}/files/{file_id}/content": "GET",
    "/vector_stores/{vector_store_id}/file_batches": "POST",
    "/vector_stores/{vector_store_id}/file_batches/{batch_id}": "GET",
    "/vector_stores/{vector_store_id}/file_batches/{batch_id}/cancel": "POST",
    "/vector_stores/{vector_store_id}/file_batches/{batch_id}/files": "GET",
    "/videos": "GET POST",
    "/videos/edits": "POST",
    "/videos/extensions": "POST",
    "/videos/characters": "POST",
    "/videos/characters/{character_id}": "GET",
    "/videos/{video_id}": "GET DELETE",
    "/videos/{video_id}/content": "GET",
    "/videos/{video_id}/remix": "POST",
    "/containers": "GET POST",
    "/containers/{container_id}": "GET DELETE",
    "/containers/{container_id}/files": "GET POST",
    "/containers/{container_id}/files/{file_id}": "GET DELETE",
    "/containers/{container_id}/files/{file_id}/content": "GET",
    "/conversations": "POST",
    "/conversations/{conversation_id}": "GET POST DELETE",
    "/conversations/{conversation_id}/items": "GET POST",
    "/conversations/{conversation_id}/items/{item_id}": "GET DELETE",
    "/audio/translations": "POST",
    "/responses/input_tokens": "POST",
    "/realtime/client_secrets": "POST",
    "/realtime/transcription_sessions": "POST",
    "/realtime/sessions": "POST",
    "/realtime/calls": "POST",
})  # fmt: skip

OTHERS: tuple[ForwardedRoute, ...] = (
    ForwardedRoute("/ocr", ("POST",), provider="mistral"),
    ForwardedRoute("/interactions", ("POST",), ("/v1beta",), "gemini"),
    ForwardedRoute("/interactions/{interaction_id}", ("GET", "DELETE"), ("/v1beta",), "gemini"),
    ForwardedRoute("/interactions/{interaction_id}/cancel", ("POST",), ("/v1beta",), "gemini"),
    ForwardedRoute("/agents", ("GET", "POST"), ("/v1beta",), "gemini"),
    ForwardedRoute("/agents/{name}", ("GET", "DELETE"), ("/v1beta",), "gemini"),
    ForwardedRoute("/agents/{name}/versions", ("GET",), ("/v1beta",), "gemini"),
)

FORWARDED = (*OPENAI, *OTHERS)
