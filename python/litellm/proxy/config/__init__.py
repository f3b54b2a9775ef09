"""config.yaml: read with line numbers, checked against the known settings, and given to the gateway typed."""

from litellm.proxy.config.load import SkippedDeployment, load_config
from litellm.proxy.config.problems import ConfigError, ConfigProblem
from litellm.proxy.config.settings import GeneralSettings, ProxyConfig

__all__ = ["ConfigError", "ConfigProblem", "GeneralSettings", "ProxyConfig", "SkippedDeployment", "load_config"]
