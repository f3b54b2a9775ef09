"""Pure-ASGI middleware, outermost first: `RootPath`, `RequestId`, `ErrorBoundary`, `Admission`, `BodyLimit`,
`DirectRoutes`."""

from litellm.proxy.middleware.admission import Admission
from litellm.proxy.middleware.body_limit import BodyLimit
from litellm.proxy.middleware.direct import DirectRoutes
from litellm.proxy.middleware.error_boundary import ErrorBoundary
from litellm.proxy.middleware.request_id import RequestId
from litellm.proxy.middleware.root_path import RootPath

__all__ = ["Admission", "BodyLimit", "DirectRoutes", "ErrorBoundary", "RequestId", "RootPath"]
