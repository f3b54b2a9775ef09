"""Which headers go on to a provider, and which come back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

_HOP_BY_HOP = frozenset({
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
    "transfer-encoding", "upgrade",
})  # fmt: skip
CREDENTIALS = frozenset({
    "authorization", "x-api-key", "api-key", "x-goog-api-key", "x-litellm-api-key", "cookie", "x-amz-security-token",
    "ocp-apim-subscription-key",
})  # fmt: skip
_OURS = frozenset({
    "host", "content-length", "accept-encoding", "expect", "forwarded", "via", "x-real-ip", "true-client-ip",
    "cf-connecting-ip", "x-amz-date", "x-amz-content-sha256",
})  # fmt: skip
_OUR_PREFIXES = ("x-litellm-", "x-forwarded-")
_ALWAYS = frozenset({"content-type", "content-encoding", "accept", "user-agent"})
PASS_PREFIX = "x-pass-"
"""A client's header of this prefix is sent without it, whatever else is left out."""
_NOT_RETURNED = _HOP_BY_HOP | {
    "content-length", "content-encoding", "set-cookie", "server", "date", "alt-svc", "strict-transport-security",
    "www-authenticate", "x-litellm-call-id", "report-to", "nel", "public-key-pins", "access-control-allow-origin",
    "access-control-allow-credentials",
}  # fmt: skip


def to_provider(
    given: Iterable[tuple[str, str]], *, everything: bool, own_key_header: str | None = None
) -> dict[str, str]:
    """The client's headers that are sent on, without credentials, cookies, and what belongs to this connection.

    With `everything` False only those that describe the body, and those that the client asks for by `x-pass-`.
    """
    headers = [(name.lower(), value) for name, value in given]
    listed = {part.strip().lower() for name, value in headers if name == "connection" for part in value.split(",")}
    dropped = _HOP_BY_HOP | CREDENTIALS | _OURS | listed | ({own_key_header} if own_key_header else set())
    made: dict[str, str] = {}
    for name, value in headers:
        if name in dropped or name.startswith(_OUR_PREFIXES) or name.startswith(PASS_PREFIX):
            continue
        if everything or name in _ALWAYS:
            made[name] = f"{made[name]}, {value}" if name in made else value
    for name, value in headers:
        wanted = name.removeprefix(PASS_PREFIX)
        if wanted != name and wanted and wanted not in dropped and not wanted.startswith(_OUR_PREFIXES):
            made[wanted] = value
    return made


def own_credentials(given: Mapping[str, str]) -> dict[str, str]:
    """The credentials that a client sends for the provider itself: all but the gateway's, in `x-litellm-api-key`."""
    if "x-litellm-api-key" not in given:
        return {}
    names = ("authorization", "x-api-key", "api-key", "x-goog-api-key")
    return {name: given[name] for name in names if name in given}


def from_provider(given: Iterable[tuple[str, str]], secrets: Collection[str]) -> dict[str, str]:
    """The provider's headers that are sent back: none of the connection's, no cookies, none with a secret in it."""
    made: dict[str, str] = {}
    for name, value in given:
        name = name.lower()
        if name in _NOT_RETURNED or any(secret in value for secret in secrets):
            continue
        made[name] = f"{made[name]}, {value}" if name in made else value
    return made
