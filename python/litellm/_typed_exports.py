"""What type checkers see of `litellm`; at run time `_exports` says the same."""

from __future__ import annotations

from litellm import vector_store_files as _vector_store_files
from litellm._logging import (
    _turn_on_debug as _turn_on_debug,
    print_verbose as print_verbose,
    verbose_logger as verbose_logger,
)
from litellm.anthropic_interface import messages as _messages
from litellm.assistants.main import (
    a_add_message as a_add_message,
    acreate_assistants as acreate_assistants,
    acreate_thread as acreate_thread,
    add_message as add_message,
    adelete_assistant as adelete_assistant,
    aget_assistants as aget_assistants,
    aget_messages as aget_messages,
    aget_thread as aget_thread,
    arun_thread as arun_thread,
    arun_thread_stream as arun_thread_stream,
    create_assistants as create_assistants,
    create_thread as create_thread,
    delete_assistant as delete_assistant,
    get_assistants as get_assistants,
    get_messages as get_messages,
    get_thread as get_thread,
    run_thread as run_thread,
    run_thread_stream as run_thread_stream,
)
from litellm.audio.main import (
    aspeech as aspeech,
    atranscription as atranscription,
    speech as speech,
    transcription as transcription,
)
from litellm.batch_completion.main import (
    batch_completion as batch_completion,
    batch_completion_models as batch_completion_models,
    batch_completion_models_all_responses as batch_completion_models_all_responses,
)
from litellm.batches.main import (
    acancel_batch as acancel_batch,
    acreate_batch as acreate_batch,
    alist_batches as alist_batches,
    aretrieve_batch as aretrieve_batch,
    cancel_batch as cancel_batch,
    create_batch as create_batch,
    list_batches as list_batches,
    retrieve_batch as retrieve_batch,
)
from litellm.caching.caching import (
    Cache as Cache,
)
from litellm.caching.switches import (
    disable_cache as disable_cache,
    enable_cache as enable_cache,
    update_cache as update_cache,
)
from litellm.containers.main import (
    acreate_container as acreate_container,
    adelete_container as adelete_container,
    adelete_container_file as adelete_container_file,
    alist_container_files as alist_container_files,
    alist_containers as alist_containers,
    aretrieve_container as aretrieve_container,
    aretrieve_container_file as aretrieve_container_file,
    aretrieve_container_file_content as aretrieve_container_file_content,
    aupload_container_file as aupload_container_file,
    create_container as create_container,
    delete_container as delete_container,
    delete_container_file as delete_container_file,
    list_container_files as list_container_files,
    list_containers as list_containers,
    retrieve_container as retrieve_container,
    retrieve_container_file as retrieve_container_file,
    retrieve_container_file_content as retrieve_container_file_content,
    upload_container_file as upload_container_file,
)
from litellm.cost_calculator import (
    completion_cost as completion_cost,
    cost_per_token as cost_per_token,
    response_cost_calculator as response_cost_calculator,
)
from litellm.exceptions import (
    LITELLM_EXCEPTION_TYPES as LITELLM_EXCEPTION_TYPES,
    APIConnectionError as APIConnectionError,
    APIError as APIError,
    APIResponseValidationError as APIResponseValidationError,
    AuthenticationError as AuthenticationError,
    BadGatewayError as BadGatewayError,
    BadRequestError as BadRequestError,
    BlockedPiiEntityError as BlockedPiiEntityError,
    BudgetExceededError as BudgetExceededError,
    ContentPolicyViolationError as ContentPolicyViolationError,
    ContextWindowExceededError as ContextWindowExceededError,
    GuardrailRaisedException as GuardrailRaisedException,
    ImageFetchError as ImageFetchError,
    InternalServerError as InternalServerError,
    InvalidRequestError as InvalidRequestError,
    JSONSchemaValidationError as JSONSchemaValidationError,
    LiteLLMUnknownProvider as LiteLLMUnknownProvider,
    MidStreamFallbackError as MidStreamFallbackError,
    MockException as MockException,
    ModelNotMappedError as ModelNotMappedError,
    NotFoundError as NotFoundError,
    OpenAIError as OpenAIError,
    PaymentRequiredError as PaymentRequiredError,
    PermissionDeniedError as PermissionDeniedError,
    RateLimitError as RateLimitError,
    RejectedRequestError as RejectedRequestError,
    ServiceUnavailableError as ServiceUnavailableError,
    Timeout as Timeout,
    UnprocessableEntityError as UnprocessableEntityError,
    UnsupportedParamsError as UnsupportedParamsError,
)
from litellm.files.main import (
    acreate_file as acreate_file,
    afile_content as afile_content,
    afile_delete as afile_delete,
    afile_list as afile_list,
    afile_retrieve as afile_retrieve,
    create_file as create_file,
    file_content as file_content,
    file_delete as file_delete,
    file_list as file_list,
    file_retrieve as file_retrieve,
)
from litellm.fine_tuning.main import (
    acancel_fine_tuning_job as acancel_fine_tuning_job,
    acreate_fine_tuning_job as acreate_fine_tuning_job,
    alist_fine_tuning_jobs as alist_fine_tuning_jobs,
    aretrieve_fine_tuning_job as aretrieve_fine_tuning_job,
    cancel_fine_tuning_job as cancel_fine_tuning_job,
    create_fine_tuning_job as create_fine_tuning_job,
    list_fine_tuning_jobs as list_fine_tuning_jobs,
    retrieve_fine_tuning_job as retrieve_fine_tuning_job,
)
from litellm.google_genai.main import (
    agenerate_content as agenerate_content,
    agenerate_content_stream as agenerate_content_stream,
    generate_content as generate_content,
    generate_content_stream as generate_content_stream,
)
from litellm.images.main import (
    aimage_edit as aimage_edit,
    aimage_generation as aimage_generation,
    aimage_variation as aimage_variation,
    image_edit as image_edit,
    image_generation as image_generation,
    image_variation as image_variation,
)
from litellm.integrations.custom_logger import (
    CustomLogger as CustomLogger,
)
from litellm.litellm_core_utils.get_llm_provider_logic import (
    get_llm_provider as get_llm_provider,
)
from litellm.litellm_core_utils.get_model_cost_map import (
    get_model_cost_map as get_model_cost_map,
)
from litellm.litellm_core_utils.litellm_logging import (
    Logging as Logging,
)
from litellm.litellm_core_utils.streaming_chunk_builder_utils import (
    stream_chunk_builder as stream_chunk_builder,
)
from litellm.litellm_core_utils.streaming_handler import (
    CustomStreamWrapper as CustomStreamWrapper,
)
from litellm.litellm_core_utils.token_counter import (
    token_counter as token_counter,
)
from litellm.llms.custom_llm import (
    CustomLLM as CustomLLM,
    CustomLLMError as CustomLLMError,
)
from litellm.main import (
    acompletion as acompletion,
    acompletion_with_retries as acompletion_with_retries,
    aembedding as aembedding,
    atext_completion as atext_completion,
    completion as completion,
    completion_with_retries as completion_with_retries,
    embedding as embedding,
    mock_completion as mock_completion,
    text_completion as text_completion,
)
from litellm.moderations.main import (
    amoderation as amoderation,
    moderation as moderation,
)
from litellm.rerank_api.main import (
    arerank as arerank,
    rerank as rerank,
)
from litellm.responses.main import (
    acancel_responses as acancel_responses,
    acompact_responses as acompact_responses,
    adelete_responses as adelete_responses,
    aget_responses as aget_responses,
    alist_input_items as alist_input_items,
    aresponses as aresponses,
    cancel_responses as cancel_responses,
    compact_responses as compact_responses,
    delete_responses as delete_responses,
    get_responses as get_responses,
    list_input_items as list_input_items,
    responses as responses,
)
from litellm.router import (
    Router as Router,
)
from litellm.search.main import (
    asearch as asearch,
    search as search,
)
from litellm.types.llms.openai import (
    ResponseInputParam as ResponseInputParam,
)
from litellm.types.parameters import (
    all_litellm_params as all_litellm_params,
)
from litellm.types.responses import (
    ResponsesAPIResponse as ResponsesAPIResponse,
)
from litellm.types.responses.parts import (
    ResponseFunctionToolCall as ResponseFunctionToolCall,
)
from litellm.types.utils import (
    CallTypes as CallTypes,
    ChatCompletionDeltaToolCall as ChatCompletionDeltaToolCall,
    ChatCompletionMessageToolCall as ChatCompletionMessageToolCall,
    Choices as Choices,
    Delta as Delta,
    Embedding as Embedding,
    EmbeddingResponse as EmbeddingResponse,
    Function as Function,
    FunctionCall as FunctionCall,
    ImageObject as ImageObject,
    ImageResponse as ImageResponse,
    LlmProviders as LlmProviders,
    Message as Message,
    ModelResponse as ModelResponse,
    ModelResponseStream as ModelResponseStream,
    RerankResponse as RerankResponse,
    StreamingChoices as StreamingChoices,
    TextCompletionResponse as TextCompletionResponse,
    TranscriptionResponse as TranscriptionResponse,
    Usage as Usage,
)
from litellm.utils import (
    check_valid_key as check_valid_key,
    decode as decode,
    encode as encode,
    exception_type as exception_type,
    get_max_tokens as get_max_tokens,
    get_model_info as get_model_info,
    get_supported_openai_params as get_supported_openai_params,
    get_valid_models as get_valid_models,
    register_model as register_model,
    supports_audio_input as supports_audio_input,
    supports_audio_output as supports_audio_output,
    supports_computer_use as supports_computer_use,
    supports_function_calling as supports_function_calling,
    supports_native_streaming as supports_native_streaming,
    supports_parallel_function_calling as supports_parallel_function_calling,
    supports_pdf_input as supports_pdf_input,
    supports_prompt_caching as supports_prompt_caching,
    supports_reasoning as supports_reasoning,
    supports_response_schema as supports_response_schema,
    supports_system_messages as supports_system_messages,
    supports_tool_choice as supports_tool_choice,
    supports_url_context as supports_url_context,
    supports_vision as supports_vision,
    supports_web_search as supports_web_search,
    trim_messages as trim_messages,
    validate_environment as validate_environment,
)
from litellm.videos.main import (
    avideo_content as avideo_content,
    avideo_create_character as avideo_create_character,
    avideo_delete as avideo_delete,
    avideo_edit as avideo_edit,
    avideo_extension as avideo_extension,
    avideo_generation as avideo_generation,
    avideo_get_character as avideo_get_character,
    avideo_list as avideo_list,
    avideo_remix as avideo_remix,
    avideo_status as avideo_status,
    video_content as video_content,
    video_create_character as video_create_character,
    video_delete as video_delete,
    video_edit as video_edit,
    video_extension as video_extension,
    video_generation as video_generation,
    video_get_character as video_get_character,
    video_list as video_list,
    video_remix as video_remix,
    video_status as video_status,
)

anthropic_messages = _messages.acreate
anthropic_messages_handler = _messages.create
avector_store_file_content = _vector_store_files.aretrieve_content
avector_store_file_create = _vector_store_files.acreate
avector_store_file_delete = _vector_store_files.adelete
avector_store_file_list = _vector_store_files.alist
avector_store_file_retrieve = _vector_store_files.aretrieve
avector_store_file_update = _vector_store_files.aupdate
vector_store_file_content = _vector_store_files.retrieve_content
vector_store_file_create = _vector_store_files.create
vector_store_file_delete = _vector_store_files.delete
vector_store_file_list = _vector_store_files.list
vector_store_file_retrieve = _vector_store_files.retrieve
vector_store_file_update = _vector_store_files.update
