"""What Gemini says about its sources: citations for the message, searches for the bill."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def citations(metadata: Mapping[str, Any]) -> list[dict[str, Any]]:
    """OpenAI `url_citation` annotations: each supported passage with the first web page that supports it."""
    chunks = metadata.get("groundingChunks") or []
    made = []
    for support in metadata.get("groundingSupports") or ():
        segment = support.get("segment")
        if not isinstance(segment, Mapping):
            continue
        for index in support.get("groundingChunkIndices") or ():
            web = chunks[index].get("web") if isinstance(index, int) and 0 <= index < len(chunks) else None
            if isinstance(web, Mapping) and web.get("uri"):
                citation = {
                    "start_index": segment.get("startIndex", 0),
                    "end_index": segment.get("endIndex", 0),
                    "url": web["uri"],
                    "title": web.get("title", ""),
                }
                made.append({"type": "url_citation", "url_citation": citation})
                break
    return made


def searches(metadata: list[Mapping[str, Any]]) -> dict[str, int]:
    """How many web searches and map look-ups the answer took, where there were any."""
    web = sum(len(entry.get("webSearchQueries") or ()) for entry in metadata)
    maps = sum(any("maps" in chunk for chunk in entry.get("groundingChunks") or ()) for entry in metadata)
    made = {"web_search_requests": web, "google_maps_grounding_requests": maps}
    return {name: count for name, count in made.items() if count}


def logprobs(result: Any) -> dict[str, Any] | None:
    """OpenAI's `logprobs` for a candidate's `logprobsResult`; None when there is none."""
    if not isinstance(result, Mapping):
        return None
    top = result.get("topCandidates") or []
    content = []
    for index, chosen in enumerate(result.get("chosenCandidates") or ()):
        others = top[index].get("candidates") or [] if index < len(top) else []
        content.append({**_token(chosen), "top_logprobs": [_token(other) for other in others]})
    return {"content": content}


def _token(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {"token": str(entry.get("token", "")), "logprob": float(entry.get("logProbability") or 0.0)}
