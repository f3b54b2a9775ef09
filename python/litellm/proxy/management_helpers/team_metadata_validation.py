"""Upstream's place of what `custom_team_metadata_validate` is asked, and answers."""

from litellm.proxy.management_endpoints.team.metadata_rules import (
    TeamMetadataRequester,
    TeamMetadataValidationPayload,
    TeamMetadataValidationResult,
)

__all__ = ["TeamMetadataRequester", "TeamMetadataValidationPayload", "TeamMetadataValidationResult"]
