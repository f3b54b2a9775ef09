"""Which module each public name of `litellm` comes from."""

from __future__ import annotations

from collections.abc import Mapping

_BY_MODULE: Mapping[str, str] = {
    "litellm.main": """
        acompletion acompletion_data acompletion_with_retries aembedding atext_completion completion
        completion_with_retries embedding mock_completion text_completion
    """,
    "litellm.responses.main": """
        acancel_responses acompact_responses adelete_responses aget_responses alist_input_items aresponses
        cancel_responses compact_responses delete_responses get_responses list_input_items responses
    """,
    "litellm.types.responses": "ResponsesAPIResponse",
    "litellm.types.responses.parts": "ResponseFunctionToolCall",
    "litellm.types.llms.openai": """
        AllMessageValues AnthropicThinkingParam ChatCompletionAssistantMessage ChatCompletionAudioParam
        ChatCompletionFileObject ChatCompletionImageObject ChatCompletionModality
        ChatCompletionPredictionContentParam ChatCompletionSystemMessage ChatCompletionTextObject
        ChatCompletionToolCallChunk ChatCompletionToolCallFunctionChunk ChatCompletionToolMessage
        ChatCompletionToolParam ChatCompletionToolParamFunctionChunk ChatCompletionUserMessage OpenAIMessageContent
        OpenAIWebSearchOptions ResponseInputParam
    """,
    "litellm.constants": "LITELLM_CHAT_PROVIDERS OPENAI_CHAT_COMPLETION_PARAMS REPEATED_STREAMING_CHUNK_LIMIT",
    "litellm.budget_manager": "BudgetManager",
    "litellm.secret_managers.main": "get_secret get_secret_bool get_secret_str",
    "litellm.litellm_core_utils.model_lists": """
        all_embedding_models anthropic_models model_list model_list_set models_by_provider
        open_ai_chat_completion_models open_ai_embedding_models openai_compatible_providers
    """,
    "litellm.pipeline.helpers": "acount_tokens get_api_base get_optional_params",
    "litellm.files.main": """
        acreate_file afile_content afile_delete afile_list afile_retrieve create_file file_content file_delete
        file_list file_retrieve
    """,
    "litellm.assistants.main": """
        a_add_message acreate_assistants acreate_thread add_message adelete_assistant aget_assistants aget_messages
        aget_thread arun_thread arun_thread_stream create_assistants create_thread delete_assistant get_assistants
        get_messages get_thread run_thread run_thread_stream
    """,
    "litellm.batches.main": """
        acancel_batch acreate_batch alist_batches aretrieve_batch cancel_batch create_batch list_batches
        retrieve_batch
    """,
    "litellm.fine_tuning.main": """
        acancel_fine_tuning_job acreate_fine_tuning_job alist_fine_tuning_jobs aretrieve_fine_tuning_job
        cancel_fine_tuning_job create_fine_tuning_job list_fine_tuning_jobs retrieve_fine_tuning_job
    """,
    "litellm.containers.main": """
        acreate_container adelete_container adelete_container_file alist_container_files alist_containers
        aretrieve_container aretrieve_container_file aretrieve_container_file_content aupload_container_file
        create_container delete_container delete_container_file list_container_files list_containers retrieve_container
        retrieve_container_file retrieve_container_file_content upload_container_file
    """,
    "litellm.images.main": """
        aimage_edit aimage_generation aimage_variation image_edit image_generation image_variation
    """,
    "litellm.audio.main": "aspeech atranscription speech transcription",
    "litellm.moderations.main": "amoderation moderation",
    "litellm.rerank_api.main": "arerank rerank",
    "litellm.search.main": "asearch search",
    "litellm.ocr.main": "aocr ocr",
    "litellm.passthrough.main": "allm_passthrough_route llm_passthrough_route",
    "litellm.pipeline.adapters": "aadapter_completion adapter_completion",
    "litellm.videos.main": """
        avideo_content avideo_create_character avideo_delete avideo_edit avideo_extension avideo_generation
        avideo_get_character avideo_list avideo_remix avideo_status video_content video_create_character video_delete
        video_edit video_extension video_generation video_get_character video_list video_remix video_status
    """,
    "litellm.batch_completion.main": """
        batch_completion batch_completion_models batch_completion_models_all_responses
    """,
    "litellm.google_genai.main": """
        agenerate_content agenerate_content_stream generate_content generate_content_stream
    """,
    "litellm.realtime_api.main": "_arealtime",
    "litellm.router": "Router",
    "litellm.caching.caching": "Cache",
    "litellm.caching.switches": "disable_cache enable_cache update_cache",
    "litellm.cost_calculator": "completion_cost cost_per_token response_cost_calculator",
    "litellm.litellm_core_utils.streaming_handler": "CustomStreamWrapper",
    "litellm.litellm_core_utils.streaming_chunk_builder_utils": "stream_chunk_builder",
    "litellm.litellm_core_utils.token_counter": "token_counter",
    "litellm.litellm_core_utils.get_llm_provider_logic": "get_llm_provider",
    "litellm.litellm_core_utils.get_model_cost_map": "get_model_cost_map",
    "litellm.litellm_core_utils.litellm_logging": "Logging",
    "litellm.utils": """
        _should_retry create_pretrained_tokenizer create_tokenizer encoding
        check_valid_key decode encode exception_type get_max_tokens get_model_info
        get_supported_openai_params get_valid_models register_model supports_audio_input supports_audio_output
        supports_computer_use supports_function_calling supports_native_streaming
        supports_parallel_function_calling supports_pdf_input supports_prompt_caching supports_reasoning
        supports_response_schema supports_system_messages supports_tool_choice supports_url_context
        supports_vision supports_web_search trim_messages validate_environment
    """,
    "litellm.llms.custom_llm": "CustomLLM CustomLLMError",
    "litellm.llms.bedrock.common_utils": "AmazonBedrockGlobalConfig BedrockModelInfo",
    "litellm.pipeline.provider_info": "ProviderConfigManager",
    "litellm.types.utils": """
        CallTypes ChatCompletionDeltaToolCall ChatCompletionMessageToolCall Choices Delta Embedding
        EmbeddingResponse Function FunctionCall ImageObject ImageResponse LlmProviders Message ModelResponse
        ModelResponseStream RerankResponse StreamingChoices TextCompletionResponse TranscriptionResponse Usage
    """,
    "litellm.exceptions": """
        APIConnectionError APIError APIResponseValidationError AuthenticationError BadGatewayError
        BadRequestError BlockedPiiEntityError BudgetExceededError ContentPolicyViolationError
        ContextWindowExceededError GuardrailRaisedException ImageFetchError InternalServerError
        InvalidRequestError JSONSchemaValidationError LITELLM_EXCEPTION_TYPES LiteLLMUnknownProvider
        MidStreamFallbackError MockException ModelNotMappedError NotFoundError OpenAIError PaymentRequiredError
        PermissionDeniedError RateLimitError RejectedRequestError ServiceUnavailableError Timeout
        UnprocessableEntityError UnsupportedParamsError
    """,
    "litellm.integrations.custom_logger": "CustomLogger",
    "litellm._logging": "_turn_on_debug print_verbose verbose_logger",
    "litellm.types.parameters": "all_litellm_params",
}

EXPORTS: dict[str, str] = {name: module for module, names in _BY_MODULE.items() for name in names.split()}
EXPORTS |= {
    f"{prefix}vector_store_file_{verb}": f"litellm.vector_store_files.main:{prefix}{name}"
    for prefix in ("", "a")
    for verb, name in {
        "create": "create", "list": "list", "retrieve": "retrieve", "content": "retrieve_content", "update": "update",
        "delete": "delete",
    }.items()
}  # fmt: skip
EXPORTS |= {
    "anthropic_messages": "litellm.anthropic_interface.messages:acreate",
    "anthropic_messages_handler": "litellm.anthropic_interface.messages:create",
}
EXPORTS["anthropic"] = "litellm.anthropic_interface:*"
EXPORTS["provider_list"] = "litellm.types.providers:PROVIDER_NAMES"
