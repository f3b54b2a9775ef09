"""config.yaml: what is accepted, what is refused, and where the refusal points."""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from litellm.proxy.config import ConfigError, load_config
from litellm.proxy.config.schema import KNOWN, NO_EFFECT, REFUSED
from litellm.proxy.startup import build_router, router_of

MODEL = "model_list:\n  - model_name: a\n    litellm_params: {model: openai/gpt-4o}\n"


def write(folder: Path, text: str, name: str = "config.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str) -> list[str]:
    """The refusal, without the folder."""
    with pytest.raises(ConfigError) as refused:
        load_config(write(folder, text))
    return [str(problem).removeprefix(f"{folder}/") for problem in refused.value.problems]


def test_an_empty_file_is_a_config(tmp_path: Path) -> None:
    assert load_config(write(tmp_path, "")).model_list == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("router_settingz: {}\n", "4: router_settingz: unknown key at the top of the file; did you mean 'router_se"),
        ("litellm_settings:\n  max_budget: .nan\n", "5: litellm_settings.max_budget: expected a number, got nan"),
        ("environment_variables:\n  A: {b: 1}\n", "5: environment_variables.A: expected a text"),
        ("general_settings:\n  master_keyy: x\n", "5: master_keyy: unknown key in general_settings; did you mean 'mas"),
        ("general_settings:\n  max_request_size_mb: lots\n", "5: general_settings.max_request_size_mb: expected a num"),
        ("litellm_settings: {num_retries: true}\n", "4: litellm_settings.num_retries: expected a whole number, got a "),
        ("router_settings:\n\n  fallbacks: {a: b}\n", "6: router_settings.fallbacks: expected a list, got a mapping"),
        ("general_settings: []\n", "4: general_settings: expected a mapping, got a list"),
        ("general_settings: {master_key: a, master_key: b}\n", "4: general_settings.master_key: set twice"),
    ],
)  # fmt: skip
def test_a_mistake_is_shown_with_its_line_key_and_remedy(tmp_path: Path, text: str, expected: str) -> None:
    (problem,) = problems(tmp_path, MODEL + text)
    assert problem.startswith(f"config.yaml:{expected}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("model_list: {\n", "config.yaml:1: not valid YAML"),
        ("- a\n", "config.yaml:1: expected a mapping at the top"),
        ("model_list:\n  - model_name: a\n", "config.yaml:2: model_list[0].litellm_params: a mapping is required"),
        ("model_list:\n  - litellm_params: {model: x}\n", "config.yaml:2: model_list[0].model_name: a text is "),
        ("model_list:\n  - x\n", "config.yaml:2: model_list[0]: expected a mapping with model_name"),
        (MODEL.replace("model:", "modle:"), "config.yaml:3: model_list[0].litellm_params.model: a text is required"),
        (MODEL + "    model_infos: {}\n", "config.yaml:4: model_list[0].model_infos: unknown key; did you mean "),
    ],
)  # fmt: skip
def test_a_broken_model_list_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    assert problems(tmp_path, text)[0].startswith(expected)


@pytest.mark.parametrize("text", ["a: \x1f", "a: 2024-99-99", "a: &a [*a]", "? [a]\n: b", "a: !!python/object:os.x {}"])
def test_strange_yaml_is_refused(tmp_path: Path, text: str) -> None:
    assert problems(tmp_path, text)


def test_a_key_in_the_wrong_section_is_told_where_it_belongs(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, MODEL + "litellm_settings:\n  master_key: sk-1\n")
    assert found.endswith("5: master_key: unknown key in litellm_settings; it belongs in general_settings")


def test_routing_among_the_sdks_settings_is_the_routers(tmp_path: Path) -> None:
    text = (
        MODEL
        + """
litellm_settings:
  fallbacks: [{a: [b]}]
  default_fallbacks: [c]
  context_window_fallbacks: [{a: [d]}]
  content_policy_fallbacks: [{a: [e]}]
  num_retries: 5
  request_timeout: 33
  allowed_fails: 7
  cooldown_time: 11
router_settings: {num_retries: 4}
"""
    )
    router = router_of(load_config(write(tmp_path, text)))
    assert router.fallbacks == [{"a": ["b"]}, {"*": ["c"]}]
    assert router.context_window_fallbacks == [{"a": ["d"]}]
    assert router.content_policy_fallbacks == [{"a": ["e"]}]
    assert (router.num_retries, router.timeout, router.allowed_fails, router.cooldown_time) == (4, 33, 7, 11)
    router.discard()


def test_all_mistakes_are_shown_at_once_and_in_order(tmp_path: Path) -> None:
    found = problems(tmp_path, MODEL + "zz: 1\ngeneral_settings: {yy: 1}\n")
    assert [line.split(":")[1] for line in found] == ["4", "5"]


def test_a_missing_file_and_a_binary_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path / "none.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_config(tmp_path / "binary.yaml")


def test_a_secret_is_not_repeated_in_a_refusal(tmp_path: Path) -> None:
    assert "hunter2" not in "".join(problems(tmp_path, "general_settings: {master_key: [hunter2]}\n"))


@pytest.mark.parametrize("section", ["litellm_settings", "router_settings", "general_settings"])
def test_every_known_key_is_accepted(tmp_path: Path, section: str) -> None:
    values = {"bool": True, "int": 3, "float": 0.5, "str": "x", "list": [], "dict": {}, "any": "x"}
    document = {
        section: {name: values[kind] for name, kind in KNOWN[section].items() if name not in REFUSED.get(section, ())}
    }
    load_config(write(tmp_path, json.dumps(document)))


def test_references_are_resolved_and_converted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", "sk-1")
    monkeypatch.setenv("TEST_MB", "2.5")
    monkeypatch.setenv("TEST_FLAG", "False")
    text = MODEL.replace("gpt-4o}", "gpt-4o, api_key: os.environ/TEST_KEY}")
    text += "general_settings: {max_request_size_mb: os.environ/TEST_MB, health_check_details: os.environ/TEST_FLAG}\n"
    config = load_config(write(tmp_path, text))
    assert config.model_list[0]["litellm_params"]["api_key"] == "sk-1"
    assert config.general_settings.max_request_bytes == int(2.5 * 1024 * 1024)
    assert config.general_settings.health_check_details is False


def test_a_deployment_without_its_key_is_skipped_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("TEST_UNSET", raising=False)
    text = MODEL + "  - model_name: b\n    litellm_params: {model: openai/x, api_key: os.environ/TEST_UNSET}\n"
    config = load_config(write(tmp_path, text))
    assert [entry["model_name"] for entry in config.model_list] == ["a"]
    assert "config.yaml:4: model 'b' is skipped: TEST_UNSET is not set" in caplog.text


def test_environment_variables_of_the_config_are_set_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_SET", "")
    text = "environment_variables: {TEST_SET: sk-2}\n" + MODEL.replace("gpt-4o}", "x, api_key: os.environ/TEST_SET}")
    assert load_config(write(tmp_path, text)).model_list[0]["litellm_params"]["api_key"] == "sk-2"


def test_included_files_are_merged_and_keep_their_own_lines(tmp_path: Path) -> None:
    write(tmp_path, "model_list:\n  - model_name: b\n    litellm_params: {model: openai/x}\n", "more.yaml")
    write(tmp_path, "include: [more.yaml]\n" + MODEL, "both.yaml")
    assert [entry["model_name"] for entry in load_config(tmp_path / "both.yaml").model_list] == ["a", "b"]
    write(tmp_path, "model_list:\n\n  - model_name: b\n", "more.yaml")
    with pytest.raises(ConfigError, match=r"more.yaml:3: model_list\[1\].litellm_params"):
        load_config(tmp_path / "both.yaml")


def test_files_that_include_each_other_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "include: [b.yaml]\n", "a.yaml")
    write(tmp_path, "include: [a.yaml]\n", "b.yaml")
    with pytest.raises(ConfigError, match="include each other"):
        load_config(tmp_path / "a.yaml")


@given(st.text(max_size=200))
def test_any_text_is_a_config_or_a_config_error(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("any") / "config.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with contextlib.suppress(ConfigError):
        load_config(path)


def test_a_deployments_own_limits_are_those_of_its_calls(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, MODEL + "    rpm: 7\n    tpm: 900\n"))
    (row,) = build_router(config).model_list
    assert (row["litellm_params"]["rpm"], row["litellm_params"]["tpm"]) == (7, 900)


def test_settings_without_effect_are_accepted_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    text = MODEL + "general_settings:\n  cancel_on_disconnect: true\n  master_key: null\nmcp_servers: {a: {url: b}}\n"
    load_config(write(tmp_path, text))
    assert [line.removeprefix(f"{tmp_path}/") for line in caplog.messages] == [
        "config.yaml:7: mcp_servers: known from LiteLLM, but it has no effect here: no MCP gateway",
        "config.yaml:5: general_settings.cancel_on_disconnect: known from LiteLLM, but it has no effect here: "
        "a client that leaves always ends its call",
    ]


SOURCE = Path(__file__).parents[3] / "python"
READ_BY_PATTERN = re.compile(r".*_key|skip_tool_message_in_guardrail")
"""Read as `litellm.<provider>_key`, and by the role of the message."""
DECLARED = {
    SOURCE / "litellm" / "__init__.py", SOURCE / "litellm" / "_exports.py",
    SOURCE / "litellm" / "proxy" / "management_endpoints" / "config" / "pages.py",
}  # fmt: skip
"""Where settings are declared and shown: that they stand there gives them no effect."""
SATISFIED = {"suppress_debug_info", "disable_aiohttp_transport", "disable_hf_tokenizer_download", "telemetry"}
"""What they ask for is so anyway."""
OTHERS = {
    "alerting_threshold", "custom_sso", "database_type", "health_check_staleness_threshold", "check_provider_endpoint",
    "custom_prompt_dict", "default_team_settings", "disable_add_transform_inline_image_block",
    "log_client_error_tracebacks", "model_alias_map", "output_parse_pii", "presidio_ad_hoc_recognizers", "use_client",
    "use_litellm_proxy",
}  # fmt: skip
"""Their words stand in the source for something else: a parameter, a column, a route."""


def test_what_has_no_effect_is_what_nothing_reads() -> None:
    files = [
        path for package in ("litellm", "moneta") for path in (SOURCE / package).rglob("*.py") if path not in DECLARED
    ]
    read = {word for path in files for word in re.findall(r"\w+", path.read_text("utf-8"))}
    for section in ("general_settings", "litellm_settings"):
        unread = {name for name in KNOWN[section] if name not in read and not READ_BY_PATTERN.fullmatch(name)}
        without = NO_EFFECT[section].keys() | REFUSED[section].keys()
        assert without - OTHERS == unread - SATISFIED
        assert all(NO_EFFECT[section].values()), "each has its reason"
    for section, names in NO_EFFECT.items():
        assert set(names) <= set(KNOWN[section])


def test_a_deployment_takes_what_its_credential_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", "sk-1")
    text = MODEL.replace("gpt-4o}", "gpt-4o, litellm_credential_name: mine, api_base: 'http://own'}")
    values = "credential_values: {api_key: os.environ/TEST_KEY, api_base: 'http://other'}"
    config = load_config(write(tmp_path, text + f"credential_list:\n  - credential_name: mine\n    {values}\n"))
    assert config.model_list[0]["litellm_params"] == {
        "model": "openai/gpt-4o", "api_key": "sk-1", "api_base": "http://own"
    }  # fmt: skip


def test_a_broken_credential_is_refused(tmp_path: Path) -> None:
    found = problems(tmp_path, MODEL + "credential_list:\n  - credential_name: mine\n  - x\n")
    assert found == [
        "config.yaml:5: credential_list[0].credential_values: a mapping is required, for example {api_key: …}",
        "config.yaml:6: credential_list[1]: expected a mapping with credential_name and credential_values, got a text",
    ]


@pytest.mark.parametrize(
    ("section", "setting"),
    [
        ("general_settings", "use_google_kms: true"), ("general_settings", "disable_reset_budget: true"),
        ("general_settings", "key_management_system: aws_kms"), ("litellm_settings", "budget_rollover: true"),
        ("litellm_settings", "banned_keywords_list: [dragon]"), ("litellm_settings", "output_parse_pii: true"),
    ],
)  # fmt: skip
def test_what_would_protect_and_does_not_stops_the_start(tmp_path: Path, section: str, setting: str) -> None:
    (found,) = problems(tmp_path, MODEL + f"{section}:\n  {setting}\n")
    name = setting.partition(":")[0]
    assert found.startswith(f"config.yaml:5: {section}.{name}: not available here: ")
    value = {"[dragon]": "[]", "aws_kms": "null"}.get(setting.rpartition(" ")[2], "false")
    load_config(write(tmp_path, MODEL + f"{section}:\n  {name}: {value}\n"))


def test_a_mistake_that_comes_out_late_has_its_line_too(tmp_path: Path) -> None:
    text = MODEL + "guardrails:\n  - guardrail_name: a\n    litellm_params: {guardrail: x}\n  - guardrail_name: b\n"
    (tmp_path / "more.yaml").write_text("router_settings:\n  num_retries: 1\n")
    config = load_config(write(tmp_path, text + "include: [more.yaml]\n"))
    for key, file, line in (
        ("guardrails[0].litellm_params.mode", "config.yaml", 6), ("guardrails.b.litellm_params", "config.yaml", 7),
        ("router_settings.num_retries", "more.yaml", 2), ("litellm_settings.callbacks", "config.yaml", 0),
    ):  # fmt: skip
        problem = config.problem(key, "wrong")
        assert (Path(problem.file).name, problem.line, problem.key) == (file, line, key)
