"""What a router is made of: deployments, their parameters, policies, and the errors of selection."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal, Protocol, TypedDict, runtime_checkable

from pydantic import BaseModel, ConfigDict, Field

VALID_LITELLM_ENVIRONMENTS = ["development", "staging", "production"]
Messages = Sequence[Mapping[str, Any]]


class _Model(BaseModel):
    """What pydantic builds when it is first used: importing a router needs few of them."""

    model_config: ClassVar[ConfigDict] = ConfigDict(protected_namespaces=(), defer_build=True)


class _Mapped(_Model):
    """A model that is also read and written like a dict, as upstream's are."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow", arbitrary_types_allowed=True)

    def __contains__(self, key: str) -> bool:
        return hasattr(self, key)

    def get(self, key: str, default: Any = None) -> Any:
        """The value of `key`, or `default` when it is unknown."""
        return getattr(self, key, default)

    def __getitem__(self, key: str) -> Any:
        return getattr(self, key)

    def __setitem__(self, key: str, value: Any) -> None:
        setattr(self, key, value)


class CustomPricingLiteLLMParams(_Mapped):
    """Prices of one deployment, in USD; any other `*_cost_*` key is kept as given."""

    input_cost_per_token: float | None = None
    output_cost_per_token: float | None = None
    input_cost_per_character: float | None = None
    output_cost_per_character: float | None = None
    input_cost_per_second: float | None = None
    output_cost_per_second: float | None = None
    input_cost_per_pixel: float | None = None
    output_cost_per_pixel: float | None = None
    output_cost_per_image: float | None = None
    input_cost_per_audio_token: float | None = None
    output_cost_per_audio_token: float | None = None
    output_cost_per_reasoning_token: float | None = None
    cache_read_input_token_cost: float | None = None
    cache_creation_input_token_cost: float | None = None
    tiered_pricing: list[dict[str, Any]] | None = None


class CredentialLiteLLMParams(_Mapped):
    """Where a deployment is and how it is paid for; other provider credentials are kept as given."""

    api_key: str | None = None
    api_base: str | None = None
    api_version: str | None = None
    azure_ad_token: str | None = None
    tenant_id: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    vertex_project: str | None = None
    vertex_location: str | None = None
    vertex_credentials: str | dict[str, Any] | None = None
    region_name: str | None = None
    aws_access_key_id: str | None = None
    aws_secret_access_key: str | None = None
    aws_region_name: str | None = None
    watsonx_region_name: str | None = None


class GenericLiteLLMParams(CredentialLiteLLMParams, CustomPricingLiteLLMParams):
    """Everything `litellm_params` of a deployment may hold besides the model and its request defaults."""

    custom_llm_provider: str | None = None
    tpm: int | None = None
    rpm: int | None = None
    itpm: int | None = None
    otpm: int | None = None
    max_parallel_requests: int | None = None
    order: int | None = None
    weight: float | None = None
    timeout: float | str | Any | None = None
    stream_timeout: float | str | None = None
    max_retries: int | None = None
    drop_params: bool | str | None = None
    organization: str | None = None
    configurable_clientside_auth_params: list[Any] | None = None
    litellm_credential_name: str | None = None
    litellm_trace_id: str | None = None
    max_file_size_mb: float | None = None
    default_api_key_tpm_limit: int | None = None
    default_api_key_rpm_limit: int | None = None
    max_budget: float | None = None
    budget_duration: str | None = None
    use_in_pass_through: bool | None = False
    use_litellm_proxy: bool | None = False
    merge_reasoning_content_in_choices: bool | None = False
    model_info: dict[str, Any] | None = None
    mock_response: Any = None
    tags: list[str] | None = None


class LiteLLM_Params(GenericLiteLLMParams):
    """A deployment's parameters: `model` as `provider/name`, credentials, limits, and defaults of a request."""

    model: str


class updateLiteLLMParams(GenericLiteLLMParams):
    """A partial change of `LiteLLM_Params`."""

    model: str | None = None


class ModelInfo(_Mapped):
    """What is known about a deployment besides how to call it; `id` names it."""

    id: str = Field(default_factory=lambda: str(uuid.uuid4()))
    db_model: bool = False
    updated_at: datetime | None = None
    updated_by: str | None = None
    created_at: datetime | None = None
    created_by: str | None = None
    base_model: str | None = None
    tier: Literal["free", "paid"] | None = None
    team_id: str | None = None
    team_public_model_name: str | None = None
    blocked: bool | None = None

    def __init__(self, id: str | int | None = None, **params: Any) -> None:
        super().__init__(**({} if id is None else {"id": str(id)}), **params)


class Deployment(_Mapped):
    """One row of a model list: the group it serves, how it is called, what is known about it."""

    model_name: str
    litellm_params: LiteLLM_Params
    model_info: ModelInfo
    blocked: bool | None = None

    def __init__(
        self,
        model_name: str,
        litellm_params: LiteLLM_Params | Mapping[str, Any],
        model_info: ModelInfo | Mapping[str, Any] | None = None,
        **params: Any,
    ) -> None:
        if isinstance(model_info, Mapping):
            model_info = ModelInfo(**model_info)
        if isinstance(litellm_params, Mapping):
            litellm_params = LiteLLM_Params(**litellm_params)
        fields = {"model_name": model_name, "litellm_params": litellm_params, "model_info": model_info or ModelInfo()}
        super().__init__(**fields, **params)

    def to_json(self, **kwargs: Any) -> dict[str, Any]:
        """The row as a dict, without None values."""
        return self.model_dump(exclude_none=True, **kwargs)


class updateDeployment(_Model):
    """A partial change of a `Deployment`."""

    model_name: str | None = None
    litellm_params: updateLiteLLMParams | None = None
    model_info: ModelInfo | None = None
    blocked: bool | None = None


class DeploymentTypedDict(TypedDict, total=False):
    """A row of `model_list` as a plain dict."""

    model_name: str
    litellm_params: dict[str, Any]
    model_info: dict[str, Any]


class RouterModelGroupAliasItem(TypedDict):
    """An alias that may be left out of listings."""

    model: str
    hidden: bool


class RetryPolicy(_Model):
    """How often to try again, by the class of the error; None leaves it to `num_retries`."""

    BadRequestErrorRetries: int | None = None
    AuthenticationErrorRetries: int | None = None
    TimeoutErrorRetries: int | None = None
    RateLimitErrorRetries: int | None = None
    ContentPolicyViolationErrorRetries: int | None = None
    InternalServerErrorRetries: int | None = None
    ServiceUnavailableErrorRetries: int | None = None
    NotFoundErrorRetries: int | None = None
    DefaultRetries: int | None = None


class AllowedFailsPolicy(_Model):
    """How many failures a deployment may have before it cools down, by the class of the error."""

    BadRequestErrorAllowedFails: int | None = None
    AuthenticationErrorAllowedFails: int | None = None
    TimeoutErrorAllowedFails: int | None = None
    RateLimitErrorAllowedFails: int | None = None
    ContentPolicyViolationErrorAllowedFails: int | None = None
    InternalServerErrorAllowedFails: int | None = None
    ServiceUnavailableErrorAllowedFails: int | None = None
    BadGatewayErrorAllowedFails: int | None = None
    NotFoundErrorAllowedFails: int | None = None


class AlertingConfig(_Model):
    """Where the router reports slow and failing calls; the threshold is in seconds."""

    webhook_url: str
    alerting_threshold: float | None = 300


class RouterGeneralSettings(_Model):
    """`pass_through_all_models` sends an unknown model straight to the SDK."""

    async_only_mode: bool = False
    pass_through_all_models: bool = False


class RoutingGroup(_Model):
    """Several model groups that are routed over as one."""

    group_name: str
    models: list[str]
    routing_strategy: str
    routing_strategy_args: dict[str, Any] | None = None
    model_priorities: dict[str, int] | None = None


class UpdateRouterConfig(_Model):
    """The settings that `Router.update_settings` changes at run time."""

    routing_strategy_args: dict[str, Any] | None = None
    routing_strategy: str | None = None
    routing_groups: list[RoutingGroup] | None = None
    retry_policy: RetryPolicy | None = None
    model_group_retry_policy: dict[str, RetryPolicy] | None = None
    allowed_fails: int | None = None
    cooldown_time: float | None = None
    num_retries: int | None = None
    timeout: float | None = None
    max_retries: int | None = None
    retry_after: float | None = None
    fallbacks: list[dict[str, Any]] | None = None
    context_window_fallbacks: list[dict[str, Any]] | None = None
    model_group_alias: dict[str, str | dict[str, Any]] | None = {}
    enable_tag_filtering: bool | None = None
    tag_routing_prefix: str | None = None


class RoutingContext(_Model):
    """What a routing plugin reads and changes: the request, and the models that may still answer it."""

    raw_messages: list[dict[str, Any]]
    structured_messages: list[dict[str, Any]]
    candidate_models: list[str]
    metadata: dict[str, Any] = Field(default_factory=dict)
    signals: dict[str, Any] = Field(default_factory=dict)


@runtime_checkable
class RoutingPlugin(Protocol):
    """A plugin of `Router(plugins=[…])`: takes models out of `candidate_models`."""

    async def run(self, context: RoutingContext) -> RoutingContext:
        """The context, changed."""


class PreRoutingHookResponse(_Model):
    """What a sub-router decided: the model group that answers, and what else it changes of the request."""

    model: str
    messages: list[dict[str, Any]] | None = None
    routing_decision: dict[str, Any] | None = None
    session_affinity_ttl_seconds: int | None = None
    litellm_params: dict[str, Any] | None = None


class FallbackAccessCheck(Protocol):
    """Whether the caller may be served by the fallback `model`; a target it refuses is skipped."""

    async def __call__(self, *, model: str, request_kwargs: Mapping[str, Any], llm_router: Any) -> bool:
        """True when the target may be used."""


class FallbackBudgetCheck(Protocol):
    """Whether the caller has budget left for the fallback `model`; a target it refuses is skipped."""

    async def __call__(self, *, model: str, request_kwargs: Mapping[str, Any], llm_router: Any) -> bool:
        """True when the target may be used."""


OptionalPreCallChecks = list[
    Literal[
        "prompt_caching",
        "router_budget_limiting",
        "responses_api_deployment_check",
        "deployment_affinity",
        "session_affinity",
        "forward_client_headers_by_model_group",
        "enforce_model_rate_limits",
        "encrypted_content_affinity",
    ]
]


@dataclass(frozen=True, slots=True)
class DeploymentModelListingInfo:
    """What a model group's deployments add to its entry in a listing of models."""

    cost_map_keys: tuple[str, ...]
    max_input_tokens: int | None
    max_output_tokens: int | None


class ModelGroupInfo(_Model):
    """What a client can expect of a model group: the widest of its deployments' abilities."""

    model_group: str
    providers: list[str]
    max_input_tokens: float | None = None
    max_output_tokens: float | None = None
    input_cost_per_token: float | None = None
    output_cost_per_token: float | None = None
    input_cost_per_pixel: float | None = None
    mode: str | None = "chat"
    tpm: int | None = None
    rpm: int | None = None
    itpm: int | None = None
    otpm: int | None = None
    supports_parallel_function_calling: bool = False
    supports_vision: bool = False
    supports_web_search: bool = False
    supports_url_context: bool = False
    supports_reasoning: bool = False
    supports_function_calling: bool = False
    supported_openai_params: list[str] | None = []
    configurable_clientside_auth_params: list[Any] | None = None


class CustomRoutingStrategyBase:
    """A strategy of the application's own: give it to `Router.set_custom_routing_strategy`."""

    async def async_get_available_deployment(
        self,
        model: str,
        messages: list[dict[str, str]] | None = None,
        input: str | list[Any] | None = None,
        specific_deployment: bool | None = False,
        request_kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """The row of the model list that an asynchronous call goes to."""
        return self.get_available_deployment(model, messages, input, specific_deployment, request_kwargs)

    def get_available_deployment(
        self,
        model: str,
        messages: list[dict[str, str]] | None = None,
        input: str | list[Any] | None = None,
        specific_deployment: bool | None = False,
        request_kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """The row of the model list that a synchronous call goes to."""
        raise NotImplementedError


class RoutingStrategy(enum.Enum):
    """The built-in strategies besides simple-shuffle."""

    LEAST_BUSY = "least-busy"
    LATENCY_BASED = "latency-based-routing"
    COST_BASED = "cost-based-routing"
    USAGE_BASED_ROUTING_V2 = "usage-based-routing-v2"
    USAGE_BASED_ROUTING = "usage-based-routing"
    PROVIDER_BUDGET_LIMITING = "provider-budget-routing"


class RouterErrors(enum.Enum):
    """The texts that say why no deployment was chosen."""

    user_defined_ratelimit_error = "Deployment over user-defined ratelimit."
    max_parallel_requests_exceeded = "Deployment has all max_parallel_requests slots in use."
    no_deployments_available = "No deployments available for selected model"
    all_deployments_in_cooldown = "All deployments for selected model are in cooldown"
    no_deployments_with_tag_routing = "Not allowed to access model due to tags configuration"
    no_deployments_with_provider_budget_routing = "No deployments available - crossed budget"
    no_healthy_deployments = "There are no healthy deployments for this model"


class TagsNotAllowed(ValueError):
    """No deployment of a model takes the request's tags."""

    code, param = 401, "tags"


class RoutingBudgetSpent(ValueError):
    """Every deployment's budget, its provider's or the request's tags' is spent."""

    code = 429


class RouterRateLimitErrorBasic(ValueError):
    """No deployment of `model` is free."""

    def __init__(self, model: str) -> None:
        self.model = model
        super().__init__(f"{RouterErrors.no_deployments_available.value}.")


class RouterRateLimitError(ValueError):
    """Every deployment of `model` is cooling down; try again in `cooldown_time` seconds."""

    def __init__(
        self,
        model: str,
        cooldown_time: float,
        enable_pre_call_checks: bool,
        cooldown_list: list[Any],
        model_ids: Sequence[str] = (),
    ) -> None:
        self.model = model
        self.cooldown_time = cooldown_time
        self.enable_pre_call_checks = enable_pre_call_checks
        self.cooldown_list = cooldown_list
        self.model_ids = tuple(model_ids)
        super().__init__(
            f"{RouterErrors.no_deployments_available.value}, Try again in {cooldown_time} seconds. "
            f"Passed model={model}. pre-call-checks={enable_pre_call_checks}, cooldown_list={cooldown_list}"
        )
