"""The patch installer, on a small package that stands for upstream: any order of imports, exact restoration."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import pickle
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from litellm_rust import flags
from litellm_rust.counters import feature_metrics, recent_differences
from litellm_rust.patches.dispatch import dispatch
from litellm_rust.patches.installer import Installer
from litellm_rust.patches.patch import Function, Mismatch, Patch

FEATURE = "token_counting"
SOURCES = {
    "__init__.py": "from standin.core import count\nready = True\n",
    # `early` is imported by core while core is half done, and binds the function that core defines first.
    "core.py": "def count(text, scale=1):\n    'Counts.'\n    return len(text) * scale\n"
    "import standin.early\nTABLE = {}\n",
    "early.py": "from standin.core import count\ndef use(text):\n    return count(text)\n",
    "kept.py": "import standin.core\n_kept = None\ndef use(text):\n    global _kept\n"
    "    _kept = _kept or standin.core.count\n    return _kept(text)\n",
    "late.py": "from standin import count\nclass Box:\n    def size(self, text):\n        return count(text)\n",
}


@pytest.fixture
def standin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package `standin` on the path, not imported yet."""
    folder = tmp_path / "site-packages" / "standin"
    folder.mkdir(parents=True)
    for name, source in SOURCES.items():
        (folder / name).write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder.parent))
    yield
    for name in [name for name in sys.modules if name.split(".")[0] == "standin"]:
        del sys.modules[name]


def build(original: Function, owner: Any) -> Function:
    def replacement(text: str, scale: int = 1) -> Any:
        return ("native", original(text, scale))

    return replacement


def count_patch(**changes: Any) -> Patch:
    values: dict[str, Any] = {
        "feature": FEATURE,
        "module": "standin.core",
        "attribute": "count",
        "parameters": ("text",),
        "build": build,
        "needs": ("TABLE",),
    }
    return Patch(**{**values, **changes})


@pytest.fixture
def installer(standin: None) -> Iterator[Installer]:
    made = Installer("standin", [count_patch()])
    yield made
    made.disable()


def load(name: str) -> Any:
    return importlib.import_module(name)


def test_a_function_kept_under_another_name_is_replaced_and_put_back(installer: Installer) -> None:
    kept = load("standin.kept")
    for _ in range(2):
        assert kept.use("abc") == 3
        installer.enable()
        assert kept.use("abc") == ("native", 3)
        installer.disable()
    assert kept.use("abc") == 3
    kept._kept = None
    installer.enable()
    assert kept.use("abc") == ("native", 3)
    installer.disable()
    assert kept.use("abc") == 3


def test_enable_imports_nothing(installer: Installer) -> None:
    installer.enable()
    assert "standin" not in sys.modules
    assert installer.reason_off(installer.patches[0]) == "standin.core is not imported"


@pytest.mark.parametrize("enable_first", [True, False])
@pytest.mark.parametrize("first_import", ["standin", "standin.core", "standin.late"])
def test_every_binding_is_replaced_and_restored(installer: Installer, enable_first: bool, first_import: str) -> None:
    if enable_first:
        installer.enable()
    load(first_import)
    if not enable_first:
        originals = {name: vars(load(name))["count"] for name in ("standin", "standin.core", "standin.early")}
        installer.enable()
    late = load("standin.late")
    holders = [load(name) for name in ("standin", "standin.core", "standin.early", "standin.late")]
    assert [holder.count("ab") for holder in holders] == [("native", 2)] * 4
    assert load("standin.early").use("abc") == ("native", 3)
    assert late.Box().size("abc") == ("native", 3)

    installer.disable()
    assert [holder.count("ab") for holder in holders] == [2] * 4
    assert len({id(holder.count) for holder in holders}) == 1
    if not enable_first:
        assert all(load(name).count is original for name, original in originals.items())


def test_enable_and_disable_are_idempotent(installer: Installer) -> None:
    original = load("standin").count
    for _ in range(2):
        installer.enable()
    replacement = load("standin").count
    installer.enable()
    assert load("standin").count is replacement
    for _ in range(2):
        installer.disable()
    assert load("standin").count is original
    assert not any(type(finder).__name__ == "ImportHook" for finder in sys.meta_path)


def test_the_replacement_looks_like_the_original(installer: Installer) -> None:
    original = load("standin").count
    signature = inspect.signature(original)
    installer.enable()
    replacement = load("standin").count
    assert inspect.signature(replacement) == signature
    assert inspect.isfunction(replacement)
    assert (replacement.__name__, replacement.__doc__, replacement.__module__) == ("count", "Counts.", "standin.core")
    assert pickle.loads(pickle.dumps(replacement)) is replacement


def test_module_loaders_are_themselves_again(installer: Installer) -> None:
    installer.enable()
    for name in ("standin", "standin.core", "standin.early", "standin.late"):
        spec = load(name).__spec__
        assert "exec_module" not in vars(spec.loader)


def test_a_failing_import_stays_the_applications_error(installer: Installer, tmp_path: Path) -> None:
    (tmp_path / "site-packages" / "standin" / "core.py").write_text("raise RuntimeError('broken')\n", encoding="utf-8")
    installer.enable()
    with pytest.raises(RuntimeError, match="broken"):
        load("standin")


def test_what_the_application_patches_on_top_survives(installer: Installer) -> None:
    core = load("standin.core")
    original = core.count
    installer.enable()
    with mock.patch("standin.core.count", return_value="mocked"):
        assert core.count("x") == "mocked"
    assert core.count("x") == ("native", 1)

    mine = lambda text: "mine"  # noqa: E731
    core.count = mine
    installer.disable()
    assert core.count is mine
    core.count = original


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"attribute": "missing"}, "standin.core.missing is not a plain function"),
        ({"attribute": "Missing.method"}, "standin.core has no Missing"),
        ({"needs": ("ABSENT",)}, "standin.core has no ABSENT"),
        ({"parameters": ("words",)}, "standin.core.count takes (text, scale), expected (words)"),
    ],
)
def test_a_target_that_does_not_match_is_left_alone(standin: None, changes: dict[str, Any], reason: str) -> None:
    installer = Installer("standin", [count_patch(**changes)])
    original = load("standin").count
    installer.enable()
    try:
        assert installer.reason_off(installer.patches[0]) == reason
        assert load("standin").count is original
    finally:
        installer.disable()


def test_a_failing_probe_is_reported(standin: None, caplog: pytest.LogCaptureFixture) -> None:
    def refuse(original: Function, owner: Any) -> Function:
        raise Mismatch("counts differ")

    def break_down(original: Function, owner: Any) -> Function:
        raise ZeroDivisionError("oops")

    installer = Installer("standin", [count_patch(build=refuse), count_patch(build=break_down)])
    original = load("standin").count
    installer.enable()
    try:
        assert [installer.reason_off(patch) for patch in installer.patches] == [
            "counts differ",
            "ZeroDivisionError: oops",
        ]
        assert load("standin").count is original
        assert "standin.core.count stays as it is" in caplog.text
    finally:
        installer.disable()


@pytest.fixture
def flag_restored() -> Iterator[None]:
    before = flags.flag(FEATURE)
    yield
    flags.set_flags({FEATURE: before})


@pytest.mark.usefixtures("flag_restored")
def test_a_flag_changed_at_run_time_takes_the_patch_out_and_puts_it_back(installer: Installer) -> None:
    original = load("standin").count
    installer.enable()
    replacement = load("standin").count
    assert replacement is not original
    flags.set_flags({FEATURE: "off"})
    assert load("standin").count is original
    assert installer.reason_off(installer.patches[0]) == "switched off"
    flags.set_flags({FEATURE: "on"})
    assert load("standin").count("ab") == ("native", 2)
    installer.disable()
    flags.set_flags({FEATURE: "canary:100"})
    assert load("standin").count is original


@pytest.mark.usefixtures("flag_restored")
def test_a_canary_serves_its_share_of_the_keys(installer: Installer) -> None:
    load("standin")
    flags.set_flags({FEATURE: "canary:30"})
    installer.enable()
    count = load("standin").count
    native = {text for text in map(str, range(2000)) if count(text) == ("native", len(text))}
    assert 500 < len(native) < 700
    assert all((count(text=text) == ("native", len(text))) == (text in native) for text in map(str, range(2000)))
    flags.set_flags({FEATURE: "canary:60"})
    assert all(load("standin").count(text) == ("native", len(text)) for text in native)


@pytest.mark.usefixtures("flag_restored")
def test_shadow_answers_with_the_original_and_counts_differences(
    standin: None, caplog: pytest.LogCaptureFixture
) -> None:
    installer = Installer("standin", [count_patch(shadow=True)])
    load("standin")
    flags.set_flags({FEATURE: "shadow"})
    installer.enable()
    before = feature_metrics(FEATURE).differences.value
    assert load("standin").count("secret") == 6
    assert feature_metrics(FEATURE).differences.value == before + 1
    assert "standin.core.count differs" in caplog.text
    assert "secret" not in caplog.text
    assert recent_differences(FEATURE)[-1] == "standin.core.count: Python 6, native a tuple of 2"
    with pytest.raises(TypeError):
        load("standin").count(5)
    assert feature_metrics(FEATURE).differences.value == before + 1
    installer.disable()


@pytest.mark.usefixtures("standin", "flag_restored")
def test_what_has_effects_stays_as_it_is_in_shadow() -> None:
    installer = Installer("standin", [count_patch()])
    original = load("standin").count
    flags.set_flags({FEATURE: "shadow"})
    installer.enable()
    try:
        assert load("standin").count is original
        assert installer.reason_off(installer.patches[0]) == "cannot run in shadow"
    finally:
        installer.disable()


@pytest.mark.parametrize(("state", "expected"), [("canary:100", "native"), ("canary:0", 2), ("shadow", 2)])
def test_coroutine_functions_stay_coroutine_functions(state: str, expected: object) -> None:
    async def original(text: str) -> object:
        return len(text)

    async def replacement(text: str) -> object:
        return "native"

    chosen = dispatch(count_patch(), flags.Flag.parse(state), original, replacement)
    assert inspect.iscoroutinefunction(chosen)
    assert asyncio.run(chosen("ab")) == expected


def test_threads_may_enable_import_and_disable_at_once(installer: Installer) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for _ in range(20):
                (installer.enable, installer.disable)[number % 2]()
                assert load("standin").count("ab") in (2, ("native", 2))
        except BaseException as failure:
            failures.append(failure)
            raise

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not failures
    installer.disable()
    assert load("standin").count("ab") == 2
