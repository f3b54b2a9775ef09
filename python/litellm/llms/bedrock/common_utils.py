"""Facts of Amazon Bedrock under the names that LiteLLM users import."""

from __future__ import annotations

from collections.abc import Mapping

from litellm.llms.bedrock.route import route_of

_REGIONS: Mapping[str, tuple[str, ...]] = {
    "us": ("us-east-1", "us-east-2", "us-west-1", "us-west-2", "us-gov-east-1", "us-gov-west-1"),
    "eu": ("eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-central-2", "eu-south-1", "eu-south-2",
           "eu-north-1"),
    "ap": ("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-south-2", "ap-southeast-1",
           "ap-southeast-2"),
    "ca": ("ca-central-1",),
    "sa": ("sa-east-1",),
}  # fmt: skip
"""Regions with Bedrock, by continent (docs.aws.amazon.com/general/latest/gr/bedrock.html)."""
_OTHER_ROUTES = ("agentcore", "agent", "async_invoke", "mantle", "openai", "converse_like")


class AmazonBedrockGlobalConfig:
    """Where Bedrock is."""

    def get_all_regions(self) -> list[str]:
        """Every region."""
        return [region for regions in _REGIONS.values() for region in regions]

    def get_us_regions(self) -> list[str]:
        """Regions in the United States."""
        return list(_REGIONS["us"])

    def get_eu_regions(self) -> list[str]:
        """Regions in Europe."""
        return list(_REGIONS["eu"])

    def get_ap_regions(self) -> list[str]:
        """Regions in Asia and Oceania."""
        return list(_REGIONS["ap"])

    def get_ca_regions(self) -> list[str]:
        """Regions in Canada."""
        return list(_REGIONS["ca"])

    def get_sa_regions(self) -> list[str]:
        """Regions in South America."""
        return list(_REGIONS["sa"])


class BedrockModelInfo:
    """What a Bedrock model's name says."""

    @staticmethod
    def get_bedrock_route(model: str, request_params: Mapping[str, object] | None = None) -> str:
        """The API that serves `model`: `converse`, `invoke`, or what the name's first part asks for.

        `request_params` are taken as LiteLLM's are; here they do not change the API.
        """
        asked = model.removeprefix("bedrock/").partition("/")[0]
        if asked in _OTHER_ROUTES and "/" in model:
            return asked
        return route_of(model.removeprefix("bedrock/")).api or "invoke"

    @staticmethod
    def get_base_model(model: str) -> str:
        """The model without route, region and region group."""
        return route_of(model.removeprefix("bedrock/")).base
