"""Every source of AWS credentials, over real HTTP, with the signature checked by the other side."""

from __future__ import annotations

import asyncio
import datetime
import threading
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import litellm
import pytest
from litellm.integrations.custom_logger import CustomLogger

from tests.support.aws import ARGUMENTS, CLAUDE, KEYS, Aws, Reply, as_json, converse_reply

MESSAGES = [{"role": "user", "content": "Hi"}]
MODEL = f"bedrock/{CLAUDE}"


def ask(aws: Aws, **arguments: Any) -> dict[str, Any]:
    """The request that a call with `arguments` made."""
    litellm.completion(model=MODEL, messages=MESSAGES, aws_bedrock_runtime_endpoint=aws.url, **arguments)
    return aws.last


def scope(request: dict[str, Any]) -> tuple[str, str, str]:
    """(key, region, service) of a signature."""
    key, _, region, service, _ = request["headers"]["authorization"].split("Credential=")[1].split(",")[0].split("/")
    return key, region, service


def test_explicit_keys(aws: Aws) -> None:
    request = ask(aws, **ARGUMENTS)
    assert request["signed"]
    assert scope(request) == ("AKIAEXAMPLE", "eu-west-1", "bedrock")
    assert request["path"] == f"/model/{CLAUDE}/converse"


def test_an_arn_is_encoded_and_still_signed_well(aws: Aws) -> None:
    arn = "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc"
    litellm.completion(model=f"bedrock/converse/{arn}", messages=MESSAGES, **aws.arguments)
    assert aws.last["signed"]
    assert aws.last["raw_path"] == f"/model/{arn.replace(':', '%3A').replace('/', '%2F')}/converse"


def test_a_session_token_is_sent_and_signed(aws: Aws) -> None:
    request = ask(aws, aws_session_token="token", **ARGUMENTS)
    assert request["signed"]
    assert request["headers"]["x-amz-security-token"] == "token"
    assert "x-amz-security-token" in request["headers"]["authorization"]


def test_the_environment(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEYS["AKIAEXAMPLE"])
    monkeypatch.setenv("AWS_REGION_NAME", "us-east-2")
    request = ask(aws)
    assert request["signed"]
    assert scope(request)[1] == "us-east-2"


def test_names_of_environment_variables(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "AKIAEXAMPLE")
    monkeypatch.setenv("MY_SECRET", KEYS["AKIAEXAMPLE"])
    request = ask(
        aws,
        aws_access_key_id="os.environ/MY_KEY",
        aws_secret_access_key="os.environ/MY_SECRET",
        aws_region_name="us-east-1",
    )
    assert request["signed"]


def test_a_profile_and_its_region(aws: Aws, tmp_path: Path) -> None:
    (tmp_path / "credentials").write_text(
        f"[work]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = {KEYS['AKIAEXAMPLE']}\n"
    )
    (tmp_path / "config").write_text("[profile work]\nregion = ap-southeast-2\n")
    request = ask(aws, aws_profile_name="work")
    assert request["signed"]
    assert scope(request)[1] == "ap-southeast-2"


@pytest.mark.parametrize("source", ["api_key", "environment"])
def test_a_bearer_token_needs_no_signature(aws: Aws, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    arguments: dict[str, Any] = {"aws_region_name": "us-east-1"}
    if source == "api_key":
        arguments["api_key"] = "bedrock-token"
    else:
        monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "bedrock-token")
    assert ask(aws, **arguments)["headers"]["authorization"] == "Bearer bedrock-token"


def test_no_credentials_at_all(aws: Aws) -> None:
    with pytest.raises(litellm.AuthenticationError, match="Unable to locate credentials"):
        ask(aws, aws_region_name="us-east-1")
    assert aws.requests == []


def test_a_region_that_is_no_region(aws: Aws) -> None:
    with pytest.raises(litellm.BadRequestError, match="aws_region_name"):
        ask(aws, **{**ARGUMENTS, "aws_region_name": "evil.example/#"})
    assert aws.requests == []


class Sts:
    """Hands out the assumed key, and Converse replies to those who come with it."""

    def __init__(self, aws: Aws, lifetime_s: int = 3600) -> None:
        self.calls: list[dict[str, list[str]]] = []
        self.lifetime_s = lifetime_s
        aws.reply = self.reply

    def reply(self, request: dict[str, Any]) -> Reply:
        if not isinstance(request["body"], str):
            return as_json(converse_reply({"text": "Hello."}))
        asked = parse_qs(request["body"])
        self.calls.append(asked)
        action = asked["Action"][0]
        until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=self.lifetime_s)
        keys = (
            f"<AccessKeyId>ASIAASSUMED</AccessKeyId><SecretAccessKey>{KEYS['ASIAASSUMED']}</SecretAccessKey>"
            f"<SessionToken>assumed-token</SessionToken><Expiration>{until:%Y-%m-%dT%H:%M:%SZ}</Expiration>"
        )
        body = (
            f'<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result>'
            f"<Credentials>{keys}</Credentials></{action}Result></{action}Response>"
        )
        return 200, {"content-type": "text/xml"}, body.encode()


ROLE = "arn:aws:iam::123456789012:role/caller"


def test_an_assumed_role_is_kept_until_it_expires(aws: Aws) -> None:
    sts = Sts(aws)
    arguments = {**ARGUMENTS, "aws_role_name": ROLE, "aws_session_name": "me", "aws_sts_endpoint": aws.url}
    for _ in range(3):
        request = ask(aws, **arguments, aws_external_id="ext")
        assert request["signed"]
        assert scope(request)[0] == "ASIAASSUMED"
        assert request["headers"]["x-amz-security-token"] == "assumed-token"
    assert len(sts.calls) == 1
    assert sts.calls[0]["RoleArn"] == [ROLE]
    assert sts.calls[0]["RoleSessionName"] == ["me"]
    assert sts.calls[0]["ExternalId"] == ["ext"]


def test_a_role_that_expires_is_assumed_again(aws: Aws) -> None:
    sts = Sts(aws, lifetime_s=60)
    for _ in range(2):
        ask(aws, **ARGUMENTS, aws_role_name=ROLE, aws_sts_endpoint=aws.url)
    assert len(sts.calls) == 2


def test_a_web_identity_token_from_a_file(aws: Aws, tmp_path: Path) -> None:
    sts = Sts(aws)
    token = tmp_path / "token"
    token.write_text("the-token\n")
    request = ask(
        aws, aws_region_name="us-east-1", aws_web_identity_token=str(token), aws_role_name=ROLE,
        aws_sts_endpoint=aws.url,
    )  # fmt: skip
    assert request["signed"]
    assert scope(request)[0] == "ASIAASSUMED"
    assert sts.calls[0]["Action"] == ["AssumeRoleWithWebIdentity"]
    assert sts.calls[0]["WebIdentityToken"] == ["the-token"]


async def test_fetching_credentials_does_not_hold_up_the_event_loop(aws: Aws) -> None:
    sts = Sts(aws)
    answer = sts.reply

    asked, loop_ran = threading.Event(), threading.Event()
    in_time: list[bool] = []

    def waits_for_the_loop(request: dict[str, Any]) -> Reply:
        if isinstance(request["body"], str):
            asked.set()
            in_time.append(loop_ran.wait(timeout=10))
        return answer(request)

    async def run_once_asked() -> None:
        await asyncio.to_thread(asked.wait, 10)
        loop_ran.set()

    warm = {**aws.arguments}
    await litellm.acompletion(
        model=MODEL, messages=MESSAGES, **warm, aws_role_name=ROLE + "-first", aws_sts_endpoint=aws.url
    )
    aws.reply = waits_for_the_loop
    running = asyncio.create_task(run_once_asked())
    await litellm.acompletion(model=MODEL, messages=MESSAGES, **warm, aws_role_name=ROLE, aws_sts_endpoint=aws.url)
    await running
    assert len(sts.calls) == 2
    assert in_time == [True], "the loop stood still while credentials were fetched"


def test_callbacks_see_no_secret(aws: Aws) -> None:
    seen: list[str] = []

    class Spy(CustomLogger):
        def log_pre_api_call(self, model: str, messages: Any, kwargs: dict[str, Any]) -> None:
            seen.append(repr(kwargs))

    litellm.callbacks.append(Spy())
    try:
        ask(aws, **ARGUMENTS, aws_session_token="session-secret")
    finally:
        litellm.callbacks.pop()
    assert seen
    assert KEYS["AKIAEXAMPLE"] not in seen[0]
    assert "session-secret" not in seen[0]
