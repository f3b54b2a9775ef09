"""The SDK's endpoints that route without a signature of their own: one line each."""

from __future__ import annotations

# Names of `litellm`'s functions. Each is asynchronous when its coroutine function is; the plain ones block.
METADATA: tuple[str, ...] = (
    "amoderation", "aimage_edit", "aimage_variation", "aocr", "ocr",
    "avideo_generation", "video_generation", "image_edit", "image_variation",
    "rerank", "arerank", "transcription", "atranscription", "speech", "aspeech", "aimage_generation",
    "image_generation", "_arealtime",
)  # fmt: skip
LITELLM_METADATA: tuple[str, ...] = (
    "responses", "aresponses", "anthropic_messages", "aanthropic_messages",
    "get_responses", "aget_responses", "acancel_responses", "adelete_responses", "acompact_responses",
    "alist_input_items",
    "generate_content", "agenerate_content", "generate_content_stream", "agenerate_content_stream",
    "acreate_batch", "aretrieve_batch", "acancel_batch", "alist_batches",
    "acreate_file", "afile_retrieve", "afile_content", "afile_delete", "afile_list",
    "acreate_fine_tuning_job", "acancel_fine_tuning_job", "alist_fine_tuning_jobs", "aretrieve_fine_tuning_job",
    "avector_store_create", "avector_store_search", "avector_store_retrieve", "avector_store_list",
    "avector_store_update", "avector_store_delete", "vector_store_create", "vector_store_search",
    "avector_store_file_create", "avector_store_file_list", "avector_store_file_retrieve",
    "avector_store_file_content", "avector_store_file_update", "avector_store_file_delete",
    "avideo_list", "avideo_status", "avideo_content", "avideo_remix",
    "acreate_container", "alist_containers", "aretrieve_container", "adelete_container",
    "acreate_assistants", "adelete_assistant", "aget_assistants", "acreate_thread", "aget_thread", "a_add_message",
    "aget_messages", "arun_thread", "allm_passthrough_route",
)  # fmt: skip
SDK_NAMES = {
    "aanthropic_messages": "anthropic_interface.messages.acreate",
    "anthropic_messages": "anthropic_interface.messages.create",
}
# Those whose responses are made of items, some of them encrypted for one account.
ITEM_ENDPOINTS = frozenset({"responses", "aresponses", "aget_responses", "get_responses"})
ENDPOINTS: dict[str, str] = dict.fromkeys(METADATA, "metadata") | dict.fromkeys(LITELLM_METADATA, "litellm_metadata")


def is_asynchronous(name: str) -> bool:
    """Whether the endpoint of this name is a coroutine function: the names that begin with `a` are, but for one."""
    return name.startswith(("a", "_a")) and name not in ("anthropic_messages",)
