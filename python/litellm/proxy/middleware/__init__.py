"""Pure-ASGI middleware, outermost first: `RequestId`, `ErrorBoundary`, `BodyLimit`, `DirectRoutes`."""

from litellm.proxy.middleware.body_limit import BodyLimit
from litellm.proxy.middleware.direct import DirectRoutes
from litellm.proxy.middleware.error_boundary import ErrorBoundary
from litellm.proxy.middleware.request_id import RequestId

__all__ = ["BodyLimit", "DirectRoutes", "ErrorBoundary", "RequestId"]
