"""What each search provider answers, as results: dicts of `title`, `url`, `snippet`, perhaps `date` and its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from litellm.llms.wire import WireError, decode_json

Result = dict[str, Any]
Items = Callable[[Any], list[Result]]


def result(title: Any, url: Any, snippet: Any, date: Any = None, last_updated: Any = None, **own: Any) -> Result:
    """One result; what a provider leaves out is empty."""
    return {
        "title": title or "", "url": url or "", "snippet": snippet or "", "date": date or None,
        "last_updated": last_updated or None, **own,
    }  # fmt: skip


def listed(
    *path: str, title: str = "title", url: str = "url", snippet: tuple[str, ...] = ("snippet",), date: str = "date",
    own: tuple[str, ...] = (),
) -> Items:  # fmt: skip
    """A reader of the list at `path`, whose items have these names; of `snippet`, the first that is there."""

    def read(data: Any) -> list[Result]:
        return [
            result(
                item.get(title), item.get(url), next((item[name] for name in snippet if item.get(name)), ""),
                item.get(date), item.get("last_updated"), **{name: item[name] for name in own if name in item},
            )
            for item in _items(data, path)
        ]  # fmt: skip

    return read


def several(*readers: Items) -> Items:
    """The results of several lists, one after the other."""
    return lambda data: [found for reader in readers for found in reader(data)]


def _items(data: Any, path: Iterable[str]) -> list[Mapping[str, Any]]:
    for name in path:
        data = data.get(name) if isinstance(data, Mapping) else None
    return [item for item in data if isinstance(item, Mapping)] if isinstance(data, list) else []


def parallel_ai(data: Any) -> list[Result]:
    """Excerpts are the snippet, and kept apart too."""
    return [
        result(
            item.get("title"), item.get("url"), " ... ".join(item.get("excerpts") or ()), item.get("publish_date"),
            excerpts=item.get("excerpts") or [],
        )
        for item in _items(data, ("results",))
    ]  # fmt: skip


def you_com(data: Any) -> list[Result]:
    """Pages, then news; the first snippet of a page."""
    return [
        result(
            item.get("title"), item.get("url"), next(iter(item.get("snippets") or ()), None) or item.get("description"),
            item.get("page_age"),
        )
        for kind in ("web", "news") for item in _items(data, ("results", kind))
    ]  # fmt: skip


def dataforseo(data: Any) -> list[Result]:
    """The organic results of all tasks. Raises `WireError` for a task that failed: the reply's own status is 200."""
    found = []
    for task in _items(data, ("tasks",)):
        code = int(task.get("status_code") or 20000)
        if code >= 40000:
            status = {40100: 401, 40101: 401, 40202: 429, 40209: 429, 40210: 402}.get(code, code // 100)
            raise WireError(str(task.get("status_message") or code), status=status)
        for answer in _items(task, ("result",)):
            items = _items(answer, ("items",))
            found += [
                result(item.get("title"), item.get("url"), item.get("description"), item.get("timestamp"))
                for item in items if item.get("type") == "organic"
            ]  # fmt: skip
    return found


def duckduckgo(data: Any) -> list[Result]:
    """The abstract, then topics, those of groups too: `Title - text`."""
    found = []
    if data.get("AbstractText") and data.get("AbstractURL"):
        found.append(result(data.get("Heading"), data["AbstractURL"], data["AbstractText"]))
    for item in _items(data, ("RelatedTopics",)):
        for topic in _items(item, ("Topics",)) or [item]:
            text = str(topic.get("Text") or "")
            title, _, rest = text.partition(" - ")
            if topic.get("FirstURL"):
                found.append(result(title, topic["FirstURL"], rest or text))
    return found


def agentcore(data: Any) -> list[Result]:
    """What the tool said, which is JSON as text. Raises `WireError` for a call that failed."""
    if isinstance(error := data.get("error"), Mapping):
        raise WireError(str(error.get("message")), status=400)
    said = data.get("result") or {}
    texts = [item["text"] for item in _items(said, ("content",)) if isinstance(item.get("text"), str)]
    if said.get("isError"):
        raise WireError(" ".join(texts) or "the search tool failed", status=502)
    read = listed("results", snippet=("text", "snippet"), date="publishedDate")
    return [found for text in texts for found in read(decode_json(text))]


def bing_grounding(data: Any) -> list[Result]:
    """The pages that the answer cites, each once, with the sentences before its mark."""
    found: dict[str, Result] = {}
    for item in _items(data, ("output",)):
        for part in _items(item, ("content",)):
            text, last = str(part.get("text") or ""), 0
            for mark in _items(part, ("annotations",)):
                if mark.get("type") != "url_citation" or not mark.get("url"):
                    continue
                start = int(mark.get("start_index") or 0)
                said, last = text[last:start].strip(), int(mark.get("end_index") or start)
                found.setdefault(mark["url"], result(mark.get("title") or mark["url"], mark["url"], said))
    return list(found.values())
