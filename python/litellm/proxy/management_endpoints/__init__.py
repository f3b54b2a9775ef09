"""Management routes: a package an entity, each with endpoints, service, schemas."""

from fastapi import APIRouter

from litellm.proxy.management_endpoints.key import endpoints as key
from litellm.proxy.management_endpoints.spend import endpoints as spend

router = APIRouter()
router.include_router(key.router)
router.include_router(spend.router)
