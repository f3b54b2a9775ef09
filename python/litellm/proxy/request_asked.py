"""What an LLM request asks for: a model that is served, or a search tool. Who may, and what it may cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from litellm.llms.openai.stored import PROVIDERS
from litellm.pipeline.stored import DEFAULT_PROVIDER
from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.errors import InvalidRequestError
from litellm.proxy.estimate import Estimate
from litellm.proxy.model_access import check_model, may_call
from litellm.proxy.money import usd_to_pico
from litellm.proxy.request_body import Body

if TYPE_CHECKING:
    from starlette.requests import Request

    from litellm.proxy.endpoints.routes import LLMRoute
    from litellm.proxy.state import GatewayState


class Asked(Protocol):
    """One kind of thing that is asked for."""

    @staticmethod
    def settle(request: Request, route: LLMRoute, body: Body, state: GatewayState) -> str:
        """Put the name that is meant into `body["model"]`. Returns it."""

    @staticmethod
    def check(state: GatewayState, auth: UserAPIKeyAuth, body: Body) -> None:
        """Raise ProxyException 400 for what is not there, 401 for what the caller may not use."""

    @staticmethod
    def estimate(state: GatewayState, body: Body) -> Estimate:
        """What the request may cost at most."""


class AskedModel:
    """A model: the path's, the body's, or the configured default."""

    @staticmethod
    def settle(request: Request, route: LLMRoute, body: Body, state: GatewayState) -> str:
        """As `Asked` says."""
        named = getattr(state.config.general_settings, route.default_model) if route.default_model else None
        default = named or route.usual_model
        given = body.get("model")
        model = request.path_params.get("model") or (default if given is None else given)
        if model is not None:
            body["model"] = model
        return model if isinstance(model, str) else ""

    @staticmethod
    def check(state: GatewayState, auth: UserAPIKeyAuth, body: Body) -> None:
        """As `Asked` says."""
        check_model(state, auth, body)

    @staticmethod
    def estimate(state: GatewayState, body: Body) -> Estimate:
        """As `Asked` says."""
        return state.prices.estimate(body["model"], body)


_RETRIEVAL = frozenset({"vector_store_id", "custom_llm_provider", "top_k", "filters", "retrieval_filter"})
_KEEPERS = tuple(sorted(PROVIDERS))
"""Whose vector stores may be named: searches by others have a cost that nobody would be billed."""
_RERANK = frozenset({"enabled", "model", "top_n", "return_documents"})


class AskedRag(AskedModel):
    """A model that answers from a vector store, and perhaps one that ranks what was found."""

    @staticmethod
    def check(state: GatewayState, auth: UserAPIKeyAuth, body: Body) -> None:
        """As `Asked` says: both models; the vector store is reached with the gateway's account alone."""
        check_model(state, auth, body)
        only_fields(body["retrieval_config"], "retrieval_config", _RETRIEVAL)
        if body["retrieval_config"].get("custom_llm_provider", DEFAULT_PROVIDER) not in _KEEPERS:
            known = ", ".join(_KEEPERS)
            raise InvalidRequestError(f"retrieval_config.custom_llm_provider: one of {known}", "retrieval_config")
        rerank = body.get("rerank")
        if rerank is None:
            return
        only_fields(rerank, "rerank", _RERANK)
        if rerank.get("enabled", True) is False:
            return
        if not isinstance(rerank.get("model"), str):
            raise InvalidRequestError("rerank.model: a string is required", "rerank")
        check_model(state, auth, {"model": rerank["model"]})
        if body.get("stream"):
            raise InvalidRequestError("rerank: not for streams, whose cost would leave it out", "rerank")


def only_fields(given: Any, name: str, known: frozenset[str]) -> None:
    """Raise InvalidRequestError unless `given`, which is called `name`, is an object with these fields alone."""
    if not isinstance(given, dict):
        raise InvalidRequestError(f"{name}: an object is required", name)
    for field in given:
        if field not in known:
            raise InvalidRequestError(f"{name}.{field}: clients of this gateway may not set it", name)


class AskedSearchTool:
    """A search tool: the path's, else the body's `search_tool_name` or `model`."""

    @staticmethod
    def settle(request: Request, route: LLMRoute, body: Body, state: GatewayState) -> str:
        """As `Asked` says."""
        name: Any = request.path_params.get("search_tool_name") or body.get("search_tool_name") or body.get("model")
        if not isinstance(name, str) or not name:
            raise InvalidRequestError("search_tool_name: a string is required", "search_tool_name")
        body["model"] = body["search_tool_name"] = name
        return name

    @staticmethod
    def check(state: GatewayState, auth: UserAPIKeyAuth, body: Body) -> None:
        """As `Asked` says."""
        name = body["search_tool_name"]
        if name not in state.search_tools.names:
            message = f"search_tool_name: there is no search tool {name[:200]!r}; GET /v1/search/tools lists them"
            raise InvalidRequestError(message, "search_tool_name")
        if not may_search(state, auth, name):
            message = f"this key may not use the search tool {name[:200]!r}"
            raise ProxyException(message, "search_tool_access_denied", "search_tool_name", 403)

    @staticmethod
    def estimate(state: GatewayState, body: Body) -> Estimate:
        """As `Asked` says: the price of the dearest tool of that name."""
        from litellm.pipeline.search import price_of

        tools = state.search_tools.named(body["search_tool_name"])
        prices = (price_of(tool.provider, {**body, **tool.params}) for tool in tools)
        return Estimate(max((usd_to_pico(float(price)) for price in prices if price is not None), default=0))


def may_search(state: GatewayState, auth: UserAPIKeyAuth, name: str) -> bool:
    """Whether the key may use a tool: one that all its permissions name, else any.

    With `search_tool_deny_by_default` a permission, or the key's list of models, has to name it.
    """
    if auth.allowed_search_tools:
        return all(name in allowed for allowed in auth.allowed_search_tools)
    if not state.config.general_settings.raw.get("search_tool_deny_by_default"):
        return True
    return auth.is_master_key or (bool(auth.allowed_models) and may_call(auth, name))
