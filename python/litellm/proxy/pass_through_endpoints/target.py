"""The address that a request goes to: the configured one and the client's path below it, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from urllib.parse import unquote, urlsplit

from litellm.proxy.errors import InvalidRequestError

MAX_PATH = 8192
_DECODED = 3
"""How many times a path is decoded in search of `..`: servers behind a target may decode it again."""
_NOT_IN_A_PATH = re.compile(r"[\x00-\x20\x7f\\#?]")
_NOT_EVEN_ENCODED = re.compile(r"[\x00-\x1f\x7f\\]")


def below(raw_path: str, prefix: str) -> str:
    """What follows `prefix` in a path as it was sent, percent-encoding included, without slashes at its start.

    Raises InvalidRequestError for a path that could mean another place than it says.
    """
    if raw_path != prefix and not raw_path.startswith(f"{prefix}/"):
        raise InvalidRequestError("the path may not be encoded in another way than the route has it", "path")
    rest = raw_path[len(prefix) :].lstrip("/")
    if len(rest) > MAX_PATH:
        raise InvalidRequestError("the path is too long", "path", 414)
    decoded, refused = rest, _NOT_IN_A_PATH
    for _ in range(_DECODED):
        if refused.search(decoded):
            raise InvalidRequestError("the path holds characters that no path may", "path")
        if any(segment in (".", "..") for segment in re.split(r"[/;]", decoded)):
            raise InvalidRequestError("the path may not have segments of dots", "path")
        decoded, refused = unquote(decoded), _NOT_EVEN_ENCODED
    return rest


def address(base: str, rest: str, query: str = "", version: str = "") -> str:
    """`rest` below `base`; what ends the one and begins the other (`/v1`) is there once. `version` goes between.

    Raises InvalidRequestError when the result is not below `base`.
    """
    root = base.rstrip("/")
    path = urlsplit(root).path
    last, first = path.rpartition("/")[2], rest.partition("/")[0]
    if last and last == first:
        root = root[: -len(last) - 1]
    elif version and version not in path.split("/") and first != version:
        rest = f"{version}/{rest}"
    made = f"{root}/{rest}" if rest else root
    there, here = urlsplit(made), urlsplit(base)
    if (there.scheme, there.netloc) != (here.scheme, here.netloc):
        raise InvalidRequestError("the path leaves its target", "path")
    return f"{made}?{query}" if query else made


def query_of(raw: str, drop: Collection[str], add: Sequence[tuple[str, str]] = ()) -> str:
    """The query string as it was sent, without the parameters of `drop` and with those of `add` that it has not."""
    pairs = [(pair.partition("=")[0], pair) for pair in raw.split("&") if pair]
    kept = [pair for name, pair in pairs if unquote(name) not in drop]
    names = {unquote(name) for name, _ in pairs}
    return "&".join([*kept, *(f"{name}={value}" for name, value in add if name not in names)])


_MODEL_IN_PATH = (
    re.compile(r"(?:^|/)models/([^/:]+)(?=[:/])"),  # Gemini, and Vertex's publishers
    re.compile(r"(?:^|/)models/([^/:]+)$"),
    re.compile(r"^model/([^/]+)(?=/)"),  # Bedrock
    re.compile(r"(?:^|/)(?:deployments|engines)/([^/]+)(?=/|$)"),  # Azure
)


def model_in(rest: str) -> str | None:
    """The model that a path names, decoded; None without one."""
    for pattern in _MODEL_IN_PATH:
        if found := pattern.search(rest):
            return unquote(found[1])
    return None


def with_model(rest: str, model: str) -> str:
    """The path with another model in its place. `model` is encoded already."""
    for pattern in _MODEL_IN_PATH:
        if found := pattern.search(rest):
            return rest[: found.start(1)] + model + rest[found.end(1) :]
    return rest
