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
    "create_container", "acreate_container", "list_containers", "alist_containers", "retrieve_container",
    "aretrieve_container", "delete_container", "adelete_container", "list_container_files", "alist_container_files",
    "upload_container_file", "aupload_container_file", "retrieve_container_file", "aretrieve_container_file",
    "retrieve_container_file_content", "aretrieve_container_file_content", "delete_container_file",
    "adelete_container_file",
    "acreate_assistants", "adelete_assistant", "aget_assistants", "acreate_thread", "aget_thread", "a_add_message",
    "aget_messages", "arun_thread", "llm_passthrough_route", "allm_passthrough_route",
)  # fmt: skip
_VIDEO_VERBS = (
    "list", "status", "content", "remix", "edit", "extension", "delete", "create_character", "get_character",
)  # fmt: skip
VIDEOS = tuple(f"{prefix}video_{verb}" for prefix in ("", "a") for verb in _VIDEO_VERBS)
_STORE_VERBS = ("create", "search", "retrieve", "list", "update", "delete")
_FILE_VERBS = {verb: verb for verb in _STORE_VERBS if verb != "search"} | {"content": "retrieve_content"}
VECTOR_STORES = {
    f"{prefix}vector_store_{verb}": f"vector_stores.{prefix}{verb}" for prefix in ("", "a") for verb in _STORE_VERBS
} | {
    f"{prefix}vector_store_file_{verb}": f"vector_store_files.{prefix}{name}"
    for prefix in ("", "a") for verb, name in _FILE_VERBS.items()
}  # fmt: skip
SDK_NAMES = {
    "aanthropic_messages": "anthropic_interface.messages.acreate",
    "anthropic_messages": "anthropic_interface.messages.acreate",
    **VECTOR_STORES,
}
"""Endpoints that the SDK has below `litellm`, not in it."""
# Those whose responses are made of items, some of them encrypted for one account.
ITEM_ENDPOINTS = frozenset({"responses", "aresponses", "aget_responses", "get_responses"})
ENDPOINTS: dict[str, str] = dict.fromkeys(METADATA, "metadata") | dict.fromkeys(
    (*LITELLM_METADATA, *VECTOR_STORES, *VIDEOS), "litellm_metadata"
)


def is_asynchronous(name: str) -> bool:
    """Whether the endpoint of this name is a coroutine function: the names that begin with `a` are."""
    return name.startswith(("a", "_a"))
