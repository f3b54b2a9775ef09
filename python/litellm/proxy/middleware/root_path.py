"""One path for a request, whether or not the load balancer takes `SERVER_ROOT_PATH` away."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class RootPath:
    """The server puts the root path before every path; where the client's has it already, it stands there once."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI call."""
        root: str = scope.get("root_path", "")
        if root and f"{scope['path']}/".startswith(f"{root}{root}/"):
            raw = scope.get("raw_path") or b""
            scope = {**scope, "path": scope["path"][len(root) :], "raw_path": raw.removeprefix(root.encode())}
        await self.app(scope, receive, send)
