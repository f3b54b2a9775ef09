"""A gateway with guardrails of every kind, and one service that stands in for all vendors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.proxy.serving import serving
from tests.support.gateway import Gateway
from tests.support.realtime import RealtimeProvider, realtime_provider

OWN = '''
import asyncio
import pathlib

from fastapi import HTTPException
from litellm.exceptions import GuardrailRaisedException
from litellm.integrations.custom_guardrail import CustomGuardrail
from litellm.integrations.custom_logger import CustomLogger
from litellm.litellm_core_utils.callback_registry import register_named


class Told(CustomLogger):
    """Writes down which calls it is told of, and which guardrails saw them."""

    def __init__(self, file):
        super().__init__()
        self.file = pathlib.Path(__file__).with_name(file)

    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        payload = kwargs["standard_logging_object"]
        found = [note["guardrail_name"] for note in payload["guardrail_information"] or ()]
        with self.file.open("a") as file:
            print(payload['messages'][0]['content'], found, file=file)


told = Told("told.txt")
register_named("langfuse", Told("team.txt"))


class Hooks(CustomGuardrail):
    """Acts on markers in the messages, by the hooks of its own."""

    def __init__(self, extra_thing=None, **kwargs):
        self.extra_thing = extra_thing
        super().__init__(**kwargs)

    async def async_pre_call_hook(self, user_api_key_dict, cache, data, call_type):
        text = str(data.get("messages"))
        if "VALUE-ERROR" in text:
            raise ValueError("the guardrail does not like it")
        if "HTTP-ERROR" in text:
            raise HTTPException(422, detail={"error": "against the rules", "rule": self.extra_thing})
        if "RAISED" in text:
            raise GuardrailRaisedException(guardrail_name="own", message="no")
        if "TEXT" in text:
            return "a text refuses"
        if "INSTEAD" in text:
            self.raise_passthrough_exception("I would rather not.", data)
        return data

    async def async_moderation_hook(self, data, user_api_key_dict, call_type):
        text = str(data.get("messages"))
        if "LATE" in text:
            await asyncio.sleep(1)
        if "BESIDE" in text:
            raise ValueError("seen beside")

    async def async_post_call_success_hook(self, data, user_api_key_dict, response):
        if "AFTER" in str(data.get("messages")):
            raise HTTPException(400, detail="the answer is bad")


class Upper(CustomGuardrail):
    """Every text in capitals, on the way in and out."""

    async def apply_guardrail(self, inputs, request_data, input_type, logging_obj=None):
        return {**inputs, "texts": [text.upper() for text in inputs["texts"]]}
'''


def guardrail(name: str, kind: str, mode: Any = "pre_call", **params: Any) -> dict[str, Any]:
    return {"guardrail_name": name, "litellm_params": {"guardrail": kind, "mode": mode, **params}}


class Vendors:
    """Every vendor's API, acting on markers in what it is sent. It also is an OpenAI that says what it was asked."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []

    async def answer(self, request: Request) -> Response:
        raw = await request.body()
        body = json.loads(raw or b"{}")
        path = request.scope["path"]
        self.seen.append({"path": path, "body": body, "headers": dict(request.headers), "raw": raw})
        if path.startswith("/openai/"):
            return openai_reply(body, raw)
        if "UNREACHABLE" in raw.decode():
            return JSONResponse({"error": "down"}, 503)
        bad = "BAD" in raw.decode()
        return JSONResponse(self._answer(path, body, bad))

    def _answer(self, path: str, body: Any, bad: bool) -> Any:
        if path.endswith("/moderations"):
            found = {"flagged": bad, "categories": {"violence": bad, "hate": False}, "category_scores": {}}
            return {"results": [found for _ in body["input"]]}
        if path.endswith("/apply"):
            texts = [item["text"]["text"] for item in body["content"]]
            if bad:
                return {"action": "GUARDRAIL_INTERVENED", "outputs": [{"text": "blocked by bedrock"}],
                        "assessments": [{"topicPolicy": {"topics": [{"action": "BLOCKED"}]}}]}  # fmt: skip
            if any("secret" in text for text in texts):
                hidden = [{"text": text.replace("secret", "{X}")} for text in texts]
                pii = {"piiEntities": [{"action": "ANONYMIZED"}]}
                return {"action": "GUARDRAIL_INTERVENED", "outputs": hidden,
                        "assessments": [{"sensitiveInformationPolicy": pii}]}  # fmt: skip
            return {"action": "NONE", "outputs": []}
        if path.endswith("text:analyze"):
            return {"categoriesAnalysis": [{"category": "Hate", "severity": 4 if bad else 0}], "blocklistsMatch": []}
        if path.endswith("text:shieldPrompt"):
            return {"userPromptAnalysis": {"attackDetected": bad}}
        if path.endswith("/v2/guard"):
            return self._lakera(body, bad)
        if path.endswith("/validate") and "guards" in path:
            return {"validationPassed": not bad, "validatedOutput": body["llmOutput"].replace("secret", "fixed")}
        if path.endswith("/validate"):
            return {"action": "block" if bad else "passthrough"}
        if path.endswith(("sanitizeUserPrompt", "sanitizeModelResponse")):
            state = "MATCH_FOUND" if bad else "NO_MATCH_FOUND"
            return {"sanitizationResult": {"filterMatchState": state, "filterResults": {
                "rai": {"raiFilterResult": {"matchState": state}}}}}  # fmt: skip
        if path.endswith("/analyze"):
            return [{"entity_type": "PERSON", "start": start, "end": start + 4, "score": 0.9}
                    for start in range(len(body["text"])) if body["text"].startswith("Jane", start)]  # fmt: skip
        if path.endswith("/anonymize"):
            return {"text": body["text"].replace("Jane", "<PERSON>"), "items": []}
        if path.endswith("/beta/litellm_basic_guardrail_api"):
            if bad:
                return {"action": "BLOCKED", "blocked_reason": "the service says no"}
            changed = [text.replace("secret", "[gone]") for text in body.get("texts", [])]
            return {"action": "GUARDRAIL_INTERVENED", "texts": changed}
        return {"error": f"unknown path {path}"}

    def _lakera(self, body: Any, bad: bool) -> Any:
        texts = [message["content"] for message in body["messages"]]
        found = [
            {"start": text.index("a@b.com"), "end": text.index("a@b.com") + 7, "detector_type": "pii/email",
             "message_id": place}
            for place, text in enumerate(texts) if "a@b.com" in text
        ]  # fmt: skip
        kinds = (["pii/email"] if found else []) + (["prompt_attack"] if bad else [])
        return {"flagged": bool(kinds), "payload": found,
                "breakdown": [{"detector_type": kind, "detected": True} for kind in kinds]}  # fmt: skip


def openai_reply(body: Any, raw: bytes) -> Response:
    """Says back the last message, whole or word by word."""
    text = str(body["messages"][-1]["content"]) if body.get("messages") else raw.decode()
    usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    base = {"id": "chatcmpl-1", "created": 1, "model": "gpt-4o"}
    message = {"role": "assistant", "content": text}
    if not body.get("stream"):
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        return JSONResponse({**base, "object": "chat.completion", "choices": [choice], "usage": usage})

    async def events() -> Any:
        for word in text.split(" "):
            chunk = {
                **base,
                "object": "chat.completion.chunk",
                "choices": [{"index": 0, "delta": {"content": word + " "}}],
            }
            yield f"data: {json.dumps(chunk)}\n\n"
        last = {**base, "object": "chat.completion.chunk", "usage": usage,
                "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}  # fmt: skip
        yield f"data: {json.dumps(last)}\n\ndata: [DONE]\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


@pytest.fixture(scope="session")
def voice() -> Iterator[RealtimeProvider]:
    with realtime_provider() as provider:
        yield provider


@pytest.fixture(scope="session")
def vendors() -> Vendors:
    return Vendors()


@pytest.fixture(scope="session")
def vendor_url(vendors: Vendors) -> Iterator[str]:
    app = Starlette(routes=[Route("/{path:path}", vendors.answer, methods=["GET", "POST"])])
    with serving(app) as url:
        yield url


WORDS = (
    "blocked_words:\n  - {keyword: dragon, action: BLOCK, description: no dragons}\n  - {keyword: orc, action: MASK}\n"
)


def config(url: str, voice: str, folder: str) -> dict[str, Any]:
    both = ["pre_call", "post_call"]
    key: dict[str, Any] = {"api_key": "sk-vendor", "api_base": url}
    aws = {"aws_access_key_id": "AKID", "aws_secret_access_key": "SECRET", "aws_region_name": "us-east-1"}
    email = {"pattern_type": "prebuilt", "pattern_name": "email"}
    presidio = {"presidio_analyzer_api_base": url, "presidio_anonymizer_api_base": url}
    return {
        "model_list": [
            {"model_name": "echo", "litellm_params": {"model": "openai/gpt-4o", "api_base": f"{url}/openai/v1",
                                                      "api_key": "sk-up"}},
            {"model_name": "voice", "litellm_params": {"model": "openai/gpt-realtime", "api_base": voice,
                                                       "api_key": "sk-up"}},
            {"model_name": "mail", "litellm_params": {"model": "openai/gpt-4o", "api_key": "k",
                                                      "mock_response": "write to someone@example.com now"}},
        ],
        "guardrails": [
            guardrail("own", "own_guardrails.Hooks", [*both, "during_call"], extra_thing=3),
            guardrail("upper", "own_guardrails.Upper", both),
            guardrail("tagged", "own_guardrails.Upper", {"tags": {"loud": "pre_call"}}, default_on=True),
            guardrail("words", "litellm_content_filter", blocked_words_file=f"{folder}/words.yaml",
                      patterns=[{**email, "action": "MASK"},
                                {"pattern_type": "regex", "name": "emp", "pattern": r"EMP-\d+", "action": "BLOCK"}]),
            guardrail("spoken", "litellm_content_filter", "realtime_input_transcription",
                      blocked_words_file=f"{folder}/words.yaml", realtime_violation_message="Not here."),
            guardrail("once", "litellm_content_filter", blocked_words_file=f"{folder}/words.yaml",
                      on_violation="end_session"),
            guardrail("mask-reply", "litellm_content_filter", "post_call", patterns=[{**email, "action": "MASK"}]),
            guardrail("block-reply", "litellm_content_filter", "post_call", patterns=[{**email, "action": "BLOCK"}]),
            guardrail("secrets", "hide-secrets"),
            guardrail("injection", "detect_prompt_injection"),
            guardrail("tools", "tool_permission", both, default_action="allow", rules=[
                {"id": "no-bash", "tool_name": "Bash", "decision": "deny"}]),
            guardrail("fewer-tools", "tool_permission", both, on_disallowed_action="rewrite", rules=[
                {"id": "reads", "tool_name": "read_*", "decision": "allow"}]),
            guardrail("presidio", "presidio", **presidio),
            guardrail("presidio-back", "presidio", **presidio, output_parse_pii=True),
            guardrail("presidio-block", "presidio", **presidio, pii_entities_config={"PERSON": "BLOCK"}),
            guardrail("moderation", "openai_moderation", "during_call", api_key="sk-vendor", api_base=url),
            guardrail("generic", "generic_guardrail_api", both, **key),
            guardrail("generic-open", "generic_guardrail_api", **key, unreachable_fallback="fail_open"),
            guardrail("bedrock", "bedrock", both, guardrailIdentifier="gid", guardrailVersion="1",
                      aws_bedrock_runtime_endpoint=url, **aws),
            guardrail("azure-text", "azure/text_moderations", **key),
            guardrail("azure-shield", "azure/prompt_shield", **key),
            guardrail("lakera", "lakera_v2", **key),
            guardrail("aporia", "aporia", **key),
            guardrail("ai", "guardrails_ai", guard_name="g", api_base=url),
            guardrail("mask-logs", "litellm_content_filter", "logging_only",
                      patterns=[{**email, "action": "MASK"}]),
            guardrail("judge", "llm_as_a_judge", model="openai/gpt-4o", api_key="k", api_base=f"{url}/openai/v1"),
        ],
        "litellm_settings": {"cache": True, "cache_params": {"type": "local", "mode": "default_off"},
                             "callbacks": ["own_guardrails.told"]},
        "general_settings": {
            "store_prompts_in_spend_logs": True,
            "pass_through_endpoints": [{"path": "/echo", "target": f"{url}/openai/v1/chat/completions"}],
        },
    }  # fmt: skip


@pytest.fixture(scope="session")
def guarded(vendor_url: str, voice: RealtimeProvider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A running gateway with guardrails."""
    folder = tmp_path_factory.mktemp("guardrails")
    (folder / "own_guardrails.py").write_text(OWN)
    (folder / "words.yaml").write_text(WORDS)
    env = {"OPENAI_API_KEY": "sk-up", "OPENAI_API_BASE": f"{vendor_url}/openai"}
    with Gateway(folder, config(vendor_url, voice.url, str(folder)), env=env) as running:
        yield running
