"""What `general_settings` says of every request, whoever asks: addresses and routes that are open or closed."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from starlette.requests import HTTPConnection

from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.auth.route_access import allows, is_admin
from litellm.proxy.auth.route_table import Access, access_of

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Gate:
    """`allowed_ips`, `public_routes`, `allowed_routes`, `admin_only_routes`, as they were when it was made."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        given = settings.get("allowed_ips")
        self._networks = None if given is None else networks(given, "allowed_ips")
        self._forwarded = settings.get("use_x_forwarded_for") is True
        self._proxies = networks(settings.get("trusted_proxy_ranges") or (), "trusted_proxy_ranges")
        self.public: tuple[str, ...] = tuple(settings.get("public_routes") or ())
        self._allowed: tuple[str, ...] = tuple(settings.get("allowed_routes") or ())
        self._admin_only: tuple[str, ...] = tuple(settings.get("admin_only_routes") or ())

    @property
    def is_open(self) -> bool:
        """Whether it says nothing of any request."""
        rules = (self._networks is not None, self._forwarded, self.public, self._allowed, self._admin_only)
        return not any(rules)

    def check_address(self, request: HTTPConnection) -> None:
        """Raise ProxyException 403 for an address that is not among `allowed_ips`."""
        if self._networks is not None and not among(self.address_of(request), self._networks):
            raise ProxyException("requests from this address are not allowed", "auth_error", None, 403)

    def address_of(self, request: HTTPConnection) -> str:
        """The client's address: the peer's, or with `use_x_forwarded_for` what the load balancer says it is.

        Where `trusted_proxy_ranges` is set, only such peers are believed, and the address nearest to them counts.
        """
        peer = request.client.host if request.client else ""
        given = request.headers.get("x-forwarded-for", "")
        if not self._forwarded or not given:
            return peer
        hops = [hop.strip() for hop in given.split(",") if hop.strip()]
        if not self._proxies:
            return hops[0] if hops else peer
        for hop in reversed([*hops, peer]):
            if not among(hop, self._proxies):
                return hop
        return hops[0] if hops else peer

    def is_public(self, route: str, path: str, method: str) -> bool:
        """Whether the operator has opened a route to anybody."""
        return bool(self.public) and any(allows(entry, access_of(route, method), route, path) for entry in self.public)

    def check_route(self, auth: UserAPIKeyAuth, route: str, path: str, method: str) -> None:
        """Raise ProxyException 403 for a route that is closed here, or to all but admins."""
        access = access_of(route, method)
        if self._allowed and access is not Access.PUBLIC and not _any(self._allowed, access, route, path):
            raise ProxyException(f"{path} is not among general_settings.allowed_routes", "auth_error", None, 403)
        if self._admin_only and not is_admin(auth) and _any(self._admin_only, access, route, path):
            raise ProxyException(f"{path} is for proxy admins alone", "auth_error", None, 403)


def _any(entries: Iterable[str], access: Access | None, route: str, path: str) -> bool:
    return any(allows(entry, access, route, path) for entry in entries)


def networks(given: Iterable[str], name: str) -> Sequence[_Network]:
    """Addresses and ranges. Raises ValueError that names the setting."""
    try:
        return [ipaddress.ip_network(str(item), strict=False) for item in given]
    except ValueError as error:
        raise ValueError(f"general_settings.{name}: {error}") from error


def among(address: str, ranges: Sequence[_Network]) -> bool:
    """Whether an address is within one of these ranges."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return any(parsed in item for item in ranges if item.version == parsed.version)
