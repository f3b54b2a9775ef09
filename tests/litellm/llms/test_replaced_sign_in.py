"""Packages put their own functions in the place of those that sign calls in (pr-agent does): calls go by them."""

from __future__ import annotations

from typing import Any

import litellm
import pytest
from litellm.llms.bedrock_mantle.common_utils import BedrockMantleAuthMixin
from litellm.llms.databricks.common_utils import DatabricksBase
from litellm.llms.vertex_ai.vertex_ai_aws_wif import VertexAIAwsWifAuth
from litellm.llms.vertex_ai.vertex_llm_base import VertexBase
from litellm.secret_managers.google.credentials import token_cache

from tests.litellm.llms.samples import OPENAI_REPLY, gemini_reply
from tests.support.scripted import Scripted

MESSAGES = [{"role": "user", "content": "Hi"}]
AWS = {"aws_access_key_id": "AKIDREQUEST", "aws_secret_access_key": "s", "aws_region_name": "eu-west-1"}


def test_mantle_is_signed_by_what_was_brought(script: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    original = BedrockMantleAuthMixin.sign_request
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "of-another-tenant")

    def sign(self: Any, headers: Any, optional_params: Any, request_data: Any, *rest: Any, **named: Any) -> Any:
        assert request_data["messages"] == MESSAGES
        return original(self, headers, {**optional_params, **AWS}, request_data, *rest, **named)

    monkeypatch.setattr(BedrockMantleAuthMixin, "_resolve_bearer_token", staticmethod(lambda _: None))
    monkeypatch.setattr(BedrockMantleAuthMixin, "sign_request", sign)
    script.will_say(OPENAI_REPLY)
    litellm.completion("bedrock_mantle/openai.gpt-oss-20b", MESSAGES, api_base=script.base, api_key="guard")
    assert "Credential=AKIDREQUEST/" in script.asked[-1].headers["authorization"]
    assert "/eu-west-1/bedrock/" in script.asked[-1].headers["authorization"]


def test_mantle_takes_a_key(script: Scripted) -> None:
    script.will_say(OPENAI_REPLY)
    litellm.completion("bedrock_mantle/openai.gpt-oss-20b", MESSAGES, api_base=script.base, api_key="k")
    assert script.asked[-1].headers["authorization"] == "Bearer k"


@pytest.mark.parametrize("is_async", [False, True])
async def test_databricks_is_asked_where_and_as_what_was_brought_says(
    script: Scripted, monkeypatch: pytest.MonkeyPatch, is_async: bool
) -> None:
    original = DatabricksBase.databricks_validate_environment

    def validate(self: Any, *given: Any, **named: Any) -> tuple[str, dict[str, str]]:
        url, headers = original(self, *given, **named)
        return url.replace("/serving-endpoints", "/mine"), {**headers, "x-tenant": "t"}

    monkeypatch.setattr(DatabricksBase, "databricks_validate_environment", validate)
    script.will_say(OPENAI_REPLY)
    given: dict[str, Any] = {"api_base": f"{script.base}/serving-endpoints", "api_key": "k"}
    if is_async:
        await litellm.acompletion("databricks/dbrx", MESSAGES, **given)
    else:
        litellm.completion("databricks/dbrx", MESSAGES, **given)
    asked = script.asked[-1]
    assert (asked.path, asked.headers["x-tenant"]) == ("/mine/chat/completions", "t")
    assert asked.headers["authorization"] == "Bearer k"


def test_what_databricks_is_asked_by_works_alone() -> None:
    validate = DatabricksBase().databricks_validate_environment
    url, headers = validate("k", "https://w.example/serving-endpoints", "embeddings", False, {"x": "1"}, "me/1")
    assert url == "https://w.example/serving-endpoints/embeddings"
    assert headers == {
        "authorization": "Bearer k", "content-type": "application/json", "x": "1", "user-agent": "me/1",
    }  # fmt: skip


class Credentials:
    """google-auth's, of a token that is at hand."""

    token = "brought"
    valid = True


def test_vertex_asks_for_the_credentials_that_were_brought(script: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    token_cache.clear()
    monkeypatch.setattr(VertexBase, "load_auth", lambda self, credentials, project_id: (Credentials(), "theirs"))
    script.will_say(gemini_reply("Hi", "STOP"))
    litellm.completion("vertex_ai/gemini-2.5-flash", MESSAGES, api_base=script.base, vertex_credentials="{}")
    assert script.asked[-1].headers["authorization"] == "Bearer brought"
    token_cache.clear()


def test_a_workload_identity_by_named_aws_credentials() -> None:
    named = {
        "type": "external_account",
        "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/aws",
        "subject_token_type": "urn:ietf:params:aws:token-type:aws4_request",
        "token_url": "https://sts.googleapis.com/v1/token",
        **AWS,
    }
    assert VertexAIAwsWifAuth.extract_aws_params(named) == AWS
    made, project = VertexBase().load_auth(named, "p")
    supplier = made._aws_security_credentials_supplier
    assert (supplier.get_aws_region(None, None), project) == ("eu-west-1", "p")
    assert supplier.get_aws_security_credentials(None, None).access_key_id == "AKIDREQUEST"
