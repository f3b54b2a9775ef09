"""Citations in another API's words: OpenAI's annotations of a text, Anthropic's citations of a text block.

Sources: OpenAI's references of chat completions and responses, Anthropic's of messages, AWS' of Converse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_CONVERSE_PLACES: Mapping[str, tuple[str, str, str]] = {
    "documentChar": ("char_location", "start_char_index", "end_char_index"),
    "documentPage": ("page_location", "start_page_number", "end_page_number"),
    "documentChunk": ("content_block_location", "start_block_index", "end_block_index"),
}
"""Anthropic's kind of location, and its names of the start and the end, by Converse's name."""


def annotations_of(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The annotations of `message`, a chat's: its own, or those that its provider's citations come to."""
    if message.get("annotations"):
        return [dict(annotation) for annotation in message["annotations"]]
    text = message.get("content") or ""
    return [
        annotation_of(citation, start, end)
        for start, end, citations in _cited_spans(message, text)
        for citation in citations
    ]


def annotation_of(citation: Mapping[str, Any], start: int, end: int) -> dict[str, Any]:
    """OpenAI's annotation for a citation of Anthropic's or Converse's; the text from `start` to `end` rests on it."""
    citation = _anthropic_citation(citation)
    if url := citation.get("url"):
        inner = {"url": url, "title": citation.get("title") or "", "start_index": start, "end_index": end}
        return {"type": "url_citation", "url_citation": inner}
    return {
        "type": "file_citation",
        "file_id": citation.get("file_id") or "",
        "filename": citation.get("document_title") or citation.get("title") or citation.get("source") or "",
        "index": citation.get("document_index") or citation.get("search_result_index") or 0,
    }


def text_blocks(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The text of `message`, a chat's, as Anthropic's blocks: a cited passage is a block of its own."""
    text = message.get("content") or ""
    annotations = message.get("annotations") or ()
    cited = [made for each in annotations if (made := citation_of(each, text))]
    if cited:
        return [{"type": "text", "text": text, "citations": cited}]
    blocks: list[dict[str, Any]] = []
    at = 0
    for start, end, citations in _cited_spans(message, text):
        if start > at:
            blocks.append({"type": "text", "text": text[at:start]})
        kept = [_anthropic_citation(citation) for citation in citations]
        blocks.append({"type": "text", "text": text[start:end], "citations": kept})
        at = end
    if at < len(text):
        blocks.append({"type": "text", "text": text[at:]})
    return blocks


def citation_of(annotation: Mapping[str, Any], text: str) -> dict[str, Any] | None:
    """Anthropic's citation for OpenAI's annotation of `text`; None for one that names no page."""
    inner = annotation.get("url_citation") or {}
    if not inner.get("url"):
        return None
    return {
        "type": "web_search_result_location",
        "url": inner["url"],
        "title": inner.get("title"),
        "cited_text": text[inner.get("start_index") or 0 : inner.get("end_index") or 0],
        "encrypted_index": "",
    }


def streamed_citations(delta: Mapping[str, Any], text: str) -> list[dict[str, Any]]:
    """Anthropic's citations in a chunk's delta; `text` is what the stream has said so far."""
    made = [citation for each in delta.get("annotations") or () if (citation := citation_of(each, text))]
    own = own_citation(delta)
    return [*made, _anthropic_citation(own)] if own is not None else made


def own_citation(delta: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The citation in its provider's words that a chunk's delta holds, where it is Anthropic's or Converse's."""
    citation = (delta.get("provider_specific_fields") or {}).get("citation")
    known = isinstance(citation, Mapping) and ("location" in citation or str(citation.get("type")).endswith("location"))
    return citation if known else None


def _anthropic_citation(citation: Mapping[str, Any]) -> dict[str, Any]:
    place = citation.get("location")
    if not isinstance(place, Mapping):
        return {name: value for name, value in citation.items() if name != "supported_text"}
    cited = "".join(part.get("text") or "" for part in citation.get("sourceContent") or ())
    title = citation.get("title")
    web = place.get("web")
    if isinstance(web, Mapping):
        made = {"type": "web_search_result_location", "url": web.get("url"), "title": title}
        return {**made, "cited_text": cited, "encrypted_index": ""}
    for name, (kind, start, end) in _CONVERSE_PLACES.items():
        if isinstance(found := place.get(name), Mapping):
            where = {start: found.get("start"), end: found.get("end")}
            index = found.get("documentIndex") or 0
            return {"type": kind, "cited_text": cited, "document_index": index, "document_title": title, **where}
    return {"type": "char_location", "cited_text": cited, "document_index": 0, "document_title": title}


def _cited_spans(message: Mapping[str, Any], text: str) -> Iterator[tuple[int, int, list[Mapping[str, Any]]]]:
    """`(start, end, citations)` of each passage of `text` that the provider's own citations support."""
    at = 0
    for supported, citations in _groups(message.get("provider_specific_fields") or {}):
        found = text.find(supported, at) if supported else -1
        start, end = (found, found + len(supported)) if found >= 0 else (at, at)
        yield start, end, citations
        at = end


def _groups(fields: Mapping[str, Any]) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Each passage that is cited, with its citations."""
    for group in fields.get("citations") or ():
        cited = [each for each in group if isinstance(each, Mapping)] if isinstance(group, list) else []
        if cited:
            yield str(cited[0].get("supported_text") or ""), cited
    for block in fields.get("citationsContent") or ():
        if cited := list(block.get("citations") or ()):
            yield "".join(part.get("text") or "" for part in block.get("content") or ()), cited
