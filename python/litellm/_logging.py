"""Loggers, whose every line has its secrets masked."""

from __future__ import annotations

import logging
import os
import re

_SECRETS = re.compile(
    r"(?P<name>\b(?:api[-_]?key|x-api-key|authorization|password|secret|token|master[-_]?key)[\"']?\s*[:=]\s*[\"']?)"
    r"(?:(?P<scheme>bearer|basic)\s+)?(?P<value>[^\s\"',}&]{6,})"
    r"|\b(?P<key>(?:sk|pk|rk|gsk|xai|AIza|hf|ghp|AKIA)[-_A-Za-z0-9]{12,})",
    re.IGNORECASE,
)


def mask_secrets(text: str) -> str:
    """`text` with everything that looks like a key or a password replaced by stars."""

    def mask(found: re.Match[str]) -> str:
        if found["key"]:
            return found["key"][:3] + "****"
        scheme = f"{found['scheme']} " if found["scheme"] else ""
        return f"{found['name']}{scheme}****"

    return _SECRETS.sub(mask, text)


class MaskingFilter(logging.Filter):
    """Masks secrets in the finished message of every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; always let it through."""
        message = record.getMessage()
        masked = mask_secrets(message)
        if masked != message:
            record.msg, record.args = masked, ()
        return True


def _logger(name: str) -> logging.Logger:
    logger = logging.getLogger(name)
    if not any(isinstance(one, MaskingFilter) for one in logger.filters):
        logger.addFilter(MaskingFilter())
    level = os.environ.get("LITELLM_LOG", "").upper()
    if level in logging.getLevelNamesMapping() if hasattr(logging, "getLevelNamesMapping") else level in _LEVELS:
        logger.setLevel(level)
    return logger


_LEVELS = frozenset({"CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG"})

verbose_logger = _logger("LiteLLM")
verbose_router_logger = _logger("LiteLLM Router")
verbose_proxy_logger = _logger("LiteLLM Proxy")


def _turn_on_debug() -> None:
    """Log everything, to the standard error."""
    for logger in (verbose_logger, verbose_router_logger, verbose_proxy_logger):
        logger.setLevel(logging.DEBUG)
        if not logger.handlers:
            logger.addHandler(logging.StreamHandler())


def print_verbose(statement: object) -> None:
    """Log `statement` at debug level."""
    verbose_logger.debug("%s", statement)
