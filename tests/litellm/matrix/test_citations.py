"""Citations and tokens of audio, which few formats can say: they reach every API that has a word for them."""

from __future__ import annotations

import json
from typing import Any

import litellm
import pytest
from litellm.llms.anthropic.inbound.response import to_message
from litellm.llms.anthropic.response import convert_message
from litellm.llms.citations import annotations_of, text_blocks

from tests.litellm.llms.samples import sse
from tests.support.scripted import Answer, Scripted

URL, TITLE = "https://source.example/a", "A source"
TEXT = "Cologne is old."
PROMPT, HEARD, OUTPUT, SPOKEN = 20, 6, 9, 5
_CITED = {"url": URL, "title": TITLE, "start_index": 0, "end_index": 7}
_OPENAI_USAGE = {
    "prompt_tokens": PROMPT,
    "completion_tokens": OUTPUT,
    "total_tokens": PROMPT + OUTPUT,
    "prompt_tokens_details": {"audio_tokens": HEARD, "cached_tokens": 0},
    "completion_tokens_details": {"audio_tokens": SPOKEN, "reasoning_tokens": 0},
}
_ANNOTATIONS = [{"type": "url_citation", "url_citation": _CITED}]
_OPENAI = {
    "id": "i",
    "model": "m",
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": TEXT, "annotations": _ANNOTATIONS},
        }
    ],
    "usage": _OPENAI_USAGE,
}
_OPENAI_CHUNKS = (
    {"choices": [{"index": 0, "delta": {"role": "assistant", "content": TEXT}}]},
    {"choices": [{"index": 0, "delta": {"annotations": _ANNOTATIONS}, "finish_reason": "stop"}]},
    {"choices": [], "usage": _OPENAI_USAGE},
)
_GEMINI = {
    "candidates": [
        {
            "content": {"role": "model", "parts": [{"text": TEXT}]},
            "finishReason": "STOP",
            "groundingMetadata": {
                "groundingChunks": [{"web": {"uri": URL, "title": TITLE}}],
                "groundingSupports": [
                    {"segment": {"startIndex": 0, "endIndex": 7, "text": "Cologne"}, "groundingChunkIndices": [0]}
                ],
            },
        }
    ],
    "usageMetadata": {
        "promptTokenCount": PROMPT,
        "candidatesTokenCount": OUTPUT,
        "totalTokenCount": PROMPT + OUTPUT,
        "promptTokensDetails": [
            {"modality": "AUDIO", "tokenCount": HEARD},
            {"modality": "TEXT", "tokenCount": PROMPT - HEARD},
        ],
        "candidatesTokensDetails": [
            {"modality": "AUDIO", "tokenCount": SPOKEN},
            {"modality": "TEXT", "tokenCount": OUTPUT - SPOKEN},
        ],
    },
}
OUTBOUND: dict[str, tuple[str, str, Any, bytes]] = {
    "openai": ("openai/gpt-4o", "/v1", _OPENAI, sse(*_OPENAI_CHUNKS)),
    "groq": ("groq/m", "/v1", _OPENAI, sse(*_OPENAI_CHUNKS)),
    "azure": ("azure/m", "", _OPENAI, sse(*_OPENAI_CHUNKS)),
    "gemini": ("gemini/gemini-2.5-flash", "", _GEMINI, sse(_GEMINI)),
}
outbound = pytest.mark.parametrize("wire", OUTBOUND)
_PAGE = {"type": "web_search_result_location", "url": URL, "title": TITLE, "cited_text": "old", "encrypted_index": "e"}
_PLACE = {
    "type": "char_location",
    "cited_text": "It has a river.",
    "document_index": 1,
    "document_title": "Rivers",
    "start_char_index": 3,
    "end_char_index": 18,
}
_BLOCKS = [
    {"type": "text", "text": "Well: "},
    {"type": "text", "text": "Cologne is old.", "citations": [_PAGE]},
    {"type": "text", "text": " It has a river.", "citations": [_PLACE]},
]
_MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-sonnet-4-5",
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 3, "output_tokens": 2},
}


def _claude_events() -> bytes:
    """`_BLOCKS`, streamed as Anthropic does."""
    events: list[dict[str, Any]] = [{"type": "message_start", "message": {**_MESSAGE, "content": []}}]
    for index, block in enumerate(_BLOCKS):
        here = {"type": "content_block_delta", "index": index}
        events.append({"type": "content_block_start", "index": index, "content_block": {"type": "text", "text": ""}})
        events.append({**here, "delta": {"type": "text_delta", "text": block["text"]}})
        cited: Any = block.get("citations", ())
        events += [{**here, "delta": {"type": "citations_delta", "citation": citation}} for citation in cited]
        events.append({"type": "content_block_stop", "index": index})
    events.append({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}})
    return sse(*events, {"type": "message_stop"})


CLAUDE = ("anthropic/claude-sonnet-4-5", "", {**_MESSAGE, "content": _BLOCKS}, _claude_events())


def given(script: Scripted, wire: str, stream: bool = False) -> dict[str, Any]:
    """The arguments of a call over `wire`, whose answer is scripted."""
    model, path, whole, streamed = CLAUDE if wire == "claude" else OUTBOUND[wire]
    if stream:
        script.will(Answer(streamed, content_type="text/event-stream"))
    else:
        script.will_say(whole)
    return {"model": model, "api_base": script.base + path, "api_key": "k", "api_version": "2024-10-21"}


@outbound
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_chat_tells_both(script: Scripted, wire: str, stream: bool) -> None:
    response = litellm.completion(
        messages=[{"role": "user", "content": "Hi"}],
        stream=stream,
        stream_options={"include_usage": True} if stream else None,
        **given(script, wire, stream),
    )
    response = litellm.stream_chunk_builder(list(response)) if stream else response
    message = response.choices[0].message
    assert message.content == TEXT
    assert [annotation["url_citation"]["url"] for annotation in message.annotations] == [URL]
    assert response.usage.prompt_tokens_details.audio_tokens == HEARD
    assert response.usage.completion_tokens_details.audio_tokens == SPOKEN


@pytest.mark.parametrize("wire", ["groq", "gemini"])
def test_a_response_tells_both(script: Scripted, wire: str) -> None:
    response = litellm.responses(input="Hi", **given(script, wire))
    content = response.output[-1].content[0]
    assert content.text == TEXT
    assert [annotation["url"] for annotation in content.model_dump()["annotations"]] == [URL]
    assert response.usage.model_dump()["input_tokens_details"]["audio_tokens"] == HEARD


@pytest.mark.parametrize("wire", ["openai", "gemini"])
def test_audio_costs_its_own_price(script: Scripted, wire: str) -> None:
    prices = {"input_cost_per_token": 1.0, "output_cost_per_token": 1.0}
    audio = {"input_cost_per_audio_token": 10.0, "output_cost_per_audio_token": 100.0}
    model = OUTBOUND[wire][0].split("/")[1]
    response = litellm.completion(messages=[{"role": "user", "content": "Hi"}], **given(script, wire))
    cost = litellm.completion_cost(response, model=model, custom_cost_per_token={**prices, **audio})
    assert cost == PROMPT - HEARD + 10 * HEARD + OUTPUT - SPOKEN + 100 * SPOKEN


@pytest.mark.parametrize("wire", ["groq", "gemini"])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_message_cites(script: Scripted, wire: str, stream: bool) -> None:
    asked = [{"role": "user", "content": "Hi"}]
    answer = litellm.anthropic.messages.create(
        max_tokens=9, messages=asked, stream=stream, **given(script, wire, stream)
    )
    if stream:
        events = [json.loads(line[5:]) for event in answer for line in event.splitlines() if line.startswith(b"data:")]
        deltas = [event["delta"] for event in events if event["type"] == "content_block_delta"]
        assert "".join(delta.get("text", "") for delta in deltas) == TEXT
        cited = [delta["citation"] for delta in deltas if delta["type"] == "citations_delta"]
    else:
        assert answer["content"][0]["text"] == TEXT
        cited = answer["content"][0]["citations"]
    assert [(each["url"], each["title"], each["cited_text"]) for each in cited] == [(URL, TITLE, "Cologne")]


def test_claudes_citations_are_a_responses_annotations(script: Scripted) -> None:
    response = litellm.responses(input="Hi", **given(script, "claude"))
    part = response.output[-1].content[0].model_dump()
    page, place = part["annotations"]
    assert (page["type"], page["url"]) == ("url_citation", URL)
    assert part["text"][page["start_index"] : page["end_index"]] == "Cologne is old."
    assert (place["type"], place["filename"], place["index"]) == ("file_citation", "Rivers", 1)


def test_claudes_streamed_citations_are_annotations_where_they_come(script: Scripted) -> None:
    events = list(litellm.responses(input="Hi", stream=True, **given(script, "claude", stream=True)))
    added = [event.annotation for event in events if event.type == "response.output_text.annotation.added"]
    assert [annotation["type"] for annotation in added] == ["url_citation", "file_citation"]
    whole = events[-1].response.output[-1].content[0].model_dump()
    assert whole["annotations"] == [dict(annotation) for annotation in added]
    assert whole["text"][: added[0]["end_index"]] == "Well: Cologne is old."


def test_claudes_citations_come_back_as_they_were() -> None:
    chat = convert_message({**_MESSAGE, "content": _BLOCKS}, json_mode=False)
    assert to_message(chat)["content"] == _BLOCKS


def test_converses_citations_are_annotations_and_anthropics() -> None:
    cited = {"title": "Rivers", "sourceContent": [{"text": "wet"}]}
    where = {"documentPage": {"documentIndex": 2, "start": 4, "end": 5}}
    fields = {
        "citationsContent": [
            {"content": [{"text": "A river."}], "citations": [{**cited, "location": where}]},
            {"content": [{"text": "A page."}], "citations": [{**cited, "location": {"web": {"url": URL}}}]},
        ]
    }
    message = {"content": "A river. A page.", "provider_specific_fields": fields}
    file, page = annotations_of(message)
    assert (file["filename"], file["index"], page["url_citation"]["start_index"]) == ("Rivers", 2, 9)
    river, _, web = text_blocks(message)
    assert river["citations"][0]["type"] == "page_location"
    assert (river["citations"][0]["start_page_number"], river["citations"][0]["cited_text"]) == (4, "wet")
    assert (web["text"], web["citations"][0]["url"]) == ("A page.", URL)
