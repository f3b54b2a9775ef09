"""What only the parts of a gateway can judge: refused before the start, with the setting and without secrets."""

from __future__ import annotations

from pathlib import Path

import litellm
import pytest
from litellm.proxy.config import ConfigError, load_config
from litellm.proxy.config.overrides import problems_of
from litellm.proxy.startup import build_parts


@pytest.mark.parametrize(
    ("text", "key", "remedy"),
    [
        ("litellm_settings: {callbacks: [{websearch_interception: {enabled_providers: [openai]}}]}",
         "litellm_settings.callbacks", "expected the name of a callback, got a mapping"),
        ("litellm_settings: {success_callback: [mine.hooks]}", "litellm_settings.success_callback",
         "neither a file mine.py beside the config nor an installed module mine"),
        ("litellm_settings: {callbacks: ['s3://bucket/mine.hooks']}", "litellm_settings.callbacks", "buckets"),
        ("litellm_settings: {callbacks: [broken.hooks]}", "litellm_settings.callbacks", "NameError: name 'nothing'"),
        ("litellm_settings: {custom_provider_map: [{provider: own, custom_handler: own_handler}]}",
         "litellm_settings.custom_provider_map", "expected file.object"),
        ("litellm_settings: {custom_provider_map: [own]}", "litellm_settings.custom_provider_map",
         "expected provider and custom_handler"),
        ("general_settings: {alerting: [slack]}", "general_settings.alerting", "SLACK_WEBHOOK_URL"),
        ("litellm_settings: {cache: true, cache_params: {host: localhost, port: hunter2}}",
         "litellm_settings.cache_params", "Redis: port: expected a whole number"),
        ("router_settings: {redis_host: localhost, redis_port: hunter2}", "router_settings",
         "Redis: port: expected a whole number"),
        ("litellm_settings: {post_call_rules: rules.text}", "litellm_settings.post_call_rules", "expected functions"),
        ("litellm_settings: {pre_call_rules: [rule]}", "litellm_settings.pre_call_rules", "named file.function"),
        ("guardrails: [{guardrail_name: a, litellm_params: {guardrail: no_such, mode: pre_call}}]",
         "guardrails.a.litellm_params", "no_such"),
        ("general_settings: {pass_through_endpoints: [{path: /a}]}",
         "general_settings.pass_through_endpoints[0].target", "required"),
        ("litellm_settings: {timezone: Asia/Nowhere}", "litellm_settings.timezone", "'Asia/Nowhere': no time zone"),
        ("general_settings: {database_url: 'mysql://me:hunter2@host/db'}", "general_settings.database_url", "mysql"),
        ("litellm_settings: {max_budget: 5, budget_duration: often}", "litellm_settings.budget_duration", "often"),
    ],
)  # fmt: skip
def test_a_mistake_names_its_setting(tmp_path: Path, text: str, key: str, remedy: str) -> None:
    (tmp_path / "rules.py").write_text("text = 'no function'\n")
    (tmp_path / "broken.py").write_text("hooks = nothing\n")
    path = tmp_path / "config.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError) as refused:
        build_parts(load_config(path))
    (problem,) = refused.value.problems
    assert problem.key.startswith(key)
    assert remedy in problem.message
    assert "hunter2" not in problem.message


def test_rules_are_functions_of_files_beside_the_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pre_call_rules", "post_call_rules"):
        monkeypatch.setattr(litellm, name, [])
        assert problems_of("litellm_settings", {name: "os.system"}) == [f"{name}: set it in the config file"]
    (tmp_path / "own_rules.py").write_text("def polite(text):\n    return 'damn' not in text\n")
    path = tmp_path / "config.yaml"
    path.write_text("litellm_settings: {post_call_rules: own_rules.polite, pre_call_rules: [own_rules.polite]}")
    build_parts(load_config(path))
    for rules in (litellm.pre_call_rules, litellm.post_call_rules):
        assert [rule("damn") for rule in rules] == [False]
