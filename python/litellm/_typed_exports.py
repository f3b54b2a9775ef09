"""What type checkers see of `litellm`; at run time `_exports` says the same."""

from __future__ import annotations

from litellm._logging import (
    _turn_on_debug as _turn_on_debug,
)
from litellm._logging import (
    print_verbose as print_verbose,
)
from litellm._logging import (
    verbose_logger as verbose_logger,
)
from litellm.batch_completion.main import (
    batch_completion as batch_completion,
)
from litellm.batch_completion.main import (
    batch_completion_models as batch_completion_models,
)
from litellm.batch_completion.main import (
    batch_completion_models_all_responses as batch_completion_models_all_responses,
)
from litellm.caching.caching import (
    Cache as Cache,
)
from litellm.cost_calculator import (
    completion_cost as completion_cost,
)
from litellm.cost_calculator import (
    cost_per_token as cost_per_token,
)
from litellm.cost_calculator import (
    response_cost_calculator as response_cost_calculator,
)
from litellm.exceptions import (
    LITELLM_EXCEPTION_TYPES as LITELLM_EXCEPTION_TYPES,
)
from litellm.exceptions import (
    APIConnectionError as APIConnectionError,
)
from litellm.exceptions import (
    APIError as APIError,
)
from litellm.exceptions import (
    APIResponseValidationError as APIResponseValidationError,
)
from litellm.exceptions import (
    AuthenticationError as AuthenticationError,
)
from litellm.exceptions import (
    BadGatewayError as BadGatewayError,
)
from litellm.exceptions import (
    BadRequestError as BadRequestError,
)
from litellm.exceptions import (
    BlockedPiiEntityError as BlockedPiiEntityError,
)
from litellm.exceptions import (
    BudgetExceededError as BudgetExceededError,
)
from litellm.exceptions import (
    ContentPolicyViolationError as ContentPolicyViolationError,
)
from litellm.exceptions import (
    ContextWindowExceededError as ContextWindowExceededError,
)
from litellm.exceptions import (
    GuardrailRaisedException as GuardrailRaisedException,
)
from litellm.exceptions import (
    ImageFetchError as ImageFetchError,
)
from litellm.exceptions import (
    InternalServerError as InternalServerError,
)
from litellm.exceptions import (
    InvalidRequestError as InvalidRequestError,
)
from litellm.exceptions import (
    JSONSchemaValidationError as JSONSchemaValidationError,
)
from litellm.exceptions import (
    LiteLLMUnknownProvider as LiteLLMUnknownProvider,
)
from litellm.exceptions import (
    MidStreamFallbackError as MidStreamFallbackError,
)
from litellm.exceptions import (
    MockException as MockException,
)
from litellm.exceptions import (
    NotFoundError as NotFoundError,
)
from litellm.exceptions import (
    OpenAIError as OpenAIError,
)
from litellm.exceptions import (
    PaymentRequiredError as PaymentRequiredError,
)
from litellm.exceptions import (
    PermissionDeniedError as PermissionDeniedError,
)
from litellm.exceptions import (
    RateLimitError as RateLimitError,
)
from litellm.exceptions import (
    RejectedRequestError as RejectedRequestError,
)
from litellm.exceptions import (
    ServiceUnavailableError as ServiceUnavailableError,
)
from litellm.exceptions import (
    Timeout as Timeout,
)
from litellm.exceptions import (
    UnprocessableEntityError as UnprocessableEntityError,
)
from litellm.exceptions import (
    UnsupportedParamsError as UnsupportedParamsError,
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
)
from litellm.llms.custom_llm import (
    CustomLLMError as CustomLLMError,
)
from litellm.main import (
    acompletion as acompletion,
)
from litellm.main import (
    acompletion_with_retries as acompletion_with_retries,
)
from litellm.main import (
    aembedding as aembedding,
)
from litellm.main import (
    atext_completion as atext_completion,
)
from litellm.main import (
    completion as completion,
)
from litellm.main import (
    completion_with_retries as completion_with_retries,
)
from litellm.main import (
    embedding as embedding,
)
from litellm.main import (
    mock_completion as mock_completion,
)
from litellm.main import (
    text_completion as text_completion,
)
from litellm.router import (
    Router as Router,
)
from litellm.types.parameters import (
    all_litellm_params as all_litellm_params,
)
from litellm.types.utils import (
    CallTypes as CallTypes,
)
from litellm.types.utils import (
    ChatCompletionDeltaToolCall as ChatCompletionDeltaToolCall,
)
from litellm.types.utils import (
    ChatCompletionMessageToolCall as ChatCompletionMessageToolCall,
)
from litellm.types.utils import (
    Choices as Choices,
)
from litellm.types.utils import (
    Delta as Delta,
)
from litellm.types.utils import (
    Embedding as Embedding,
)
from litellm.types.utils import (
    EmbeddingResponse as EmbeddingResponse,
)
from litellm.types.utils import (
    Function as Function,
)
from litellm.types.utils import (
    FunctionCall as FunctionCall,
)
from litellm.types.utils import (
    ImageObject as ImageObject,
)
from litellm.types.utils import (
    ImageResponse as ImageResponse,
)
from litellm.types.utils import (
    LlmProviders as LlmProviders,
)
from litellm.types.utils import (
    Message as Message,
)
from litellm.types.utils import (
    ModelResponse as ModelResponse,
)
from litellm.types.utils import (
    ModelResponseStream as ModelResponseStream,
)
from litellm.types.utils import (
    RerankResponse as RerankResponse,
)
from litellm.types.utils import (
    StreamingChoices as StreamingChoices,
)
from litellm.types.utils import (
    TextCompletionResponse as TextCompletionResponse,
)
from litellm.types.utils import (
    TranscriptionResponse as TranscriptionResponse,
)
from litellm.types.utils import (
    Usage as Usage,
)
from litellm.utils import (
    check_valid_key as check_valid_key,
)
from litellm.utils import (
    client as client,
)
from litellm.utils import (
    decode as decode,
)
from litellm.utils import (
    encode as encode,
)
from litellm.utils import (
    exception_type as exception_type,
)
from litellm.utils import (
    get_max_tokens as get_max_tokens,
)
from litellm.utils import (
    get_model_info as get_model_info,
)
from litellm.utils import (
    get_optional_params as get_optional_params,
)
from litellm.utils import (
    get_supported_openai_params as get_supported_openai_params,
)
from litellm.utils import (
    get_valid_models as get_valid_models,
)
from litellm.utils import (
    register_model as register_model,
)
from litellm.utils import (
    supports_audio_input as supports_audio_input,
)
from litellm.utils import (
    supports_audio_output as supports_audio_output,
)
from litellm.utils import (
    supports_computer_use as supports_computer_use,
)
from litellm.utils import (
    supports_function_calling as supports_function_calling,
)
from litellm.utils import (
    supports_native_streaming as supports_native_streaming,
)
from litellm.utils import (
    supports_parallel_function_calling as supports_parallel_function_calling,
)
from litellm.utils import (
    supports_pdf_input as supports_pdf_input,
)
from litellm.utils import (
    supports_prompt_caching as supports_prompt_caching,
)
from litellm.utils import (
    supports_reasoning as supports_reasoning,
)
from litellm.utils import (
    supports_response_schema as supports_response_schema,
)
from litellm.utils import (
    supports_system_messages as supports_system_messages,
)
from litellm.utils import (
    supports_tool_choice as supports_tool_choice,
)
from litellm.utils import (
    supports_url_context as supports_url_context,
)
from litellm.utils import (
    supports_vision as supports_vision,
)
from litellm.utils import (
    supports_web_search as supports_web_search,
)
from litellm.utils import (
    trim_messages as trim_messages,
)
from litellm.utils import (
    validate_environment as validate_environment,
)
