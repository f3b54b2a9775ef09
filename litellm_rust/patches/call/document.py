"""What an OpenAI client of upstream makes of a whole reply: for calls of which only the sending is native."""

from __future__ import annotations

import sys
from typing import Any, Final

from litellm_rust.counters import feature_metrics
from litellm_rust.patches.call.arguments import Arguments
from litellm_rust.patches.call.exchange import Sent
from litellm_rust.patches.call.template import same
from litellm_rust.patches.call.wire import Unsuitable, Wire
from litellm_rust.pool import Reply

_metrics: Final = feature_metrics("completion")
_OK: Final = 200


class DocumentKind:
    """How one client sends one kind of request whose reply is a JSON document."""

    def __init__(self, client: Any, call: Arguments, sent: Sent, raw: Any) -> None:
        """From a request of the client's own and its raw response. Raises Unsuitable."""
        self.wire = Wire(call, sent)
        self._type, self._cast, self._options = type(raw), raw._cast_to, raw._options
        self._httpx: Any = sys.modules[type(raw.http_response).__module__.partition(".")[0]]
        mine = self._raw(client, raw.http_response)
        if vars(mine).keys() != vars(raw).keys() or not same(mine.parse(), raw.parse()):
            raise Unsuitable("a response of another kind")

    def _raw(self, client: Any, response: Any) -> Any:
        return self._type(
            raw=response, client=client, cast_to=self._cast, stream=False, stream_cls=None, options=self._options
        )

    def open(self, client: Any, reply: Reply, url: str, *, is_async: bool) -> None:
        """A document is read before anything is made of it."""

    def read(self, client: Any, reply: Reply, body: bytes, url: str) -> Any:
        """The client's raw response for a reply with the whole `body`; None when the client has to read it."""
        names = {name for name, _ in reply.headers}
        if reply.status != _OK or len(names) != len(reply.headers):
            return None
        request = self._httpx.Request("POST", url)
        response = self._httpx.Response(reply.status, headers=reply.headers, content=body, request=request)
        if not response.headers.get("content-type", "").startswith("application/json"):
            return None
        _metrics.native.add()
        return self._raw(client, response)
