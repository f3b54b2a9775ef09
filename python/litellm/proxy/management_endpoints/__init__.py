"""Management routes: a package an entity, each with endpoints, service, schemas."""

from starlette.routing import BaseRoute

from litellm.proxy.management_endpoints.access_group import endpoints as access_group
from litellm.proxy.management_endpoints.audit import endpoints as audit
from litellm.proxy.management_endpoints.budget import endpoints as budget
from litellm.proxy.management_endpoints.config import endpoints as config, pages as settings_pages
from litellm.proxy.management_endpoints.credential import encryption, endpoints as credential
from litellm.proxy.management_endpoints.customer import endpoints as customer
from litellm.proxy.management_endpoints.jwt_mapping import endpoints as jwt_mapping
from litellm.proxy.management_endpoints.key import endpoints as key
from litellm.proxy.management_endpoints.model import endpoints as model
from litellm.proxy.management_endpoints.organization import endpoints as organization
from litellm.proxy.management_endpoints.spend import (
    activity_endpoints as activity,
    analytics_endpoints as analytics,
    endpoints as spend,
    report_endpoints as report,
)
from litellm.proxy.management_endpoints.tag import endpoints as tag
from litellm.proxy.management_endpoints.team import callbacks as team_callbacks, endpoints as team, facts as team_facts
from litellm.proxy.management_endpoints.user import endpoints as user

PACKAGES = (
    team_facts, team_callbacks, key, user, team, organization, customer, budget, tag, access_group, encryption,
    credential, model, audit, spend, activity, analytics, report, jwt_mapping, config, settings_pages,
)  # fmt: skip


def routes() -> list[BaseRoute]:
    """Those of all packages, in the order in which they are matched."""
    return [route for package in PACKAGES for route in package.router.routes]
