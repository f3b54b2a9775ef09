"""Budgets in an application's own process."""

from __future__ import annotations

from pathlib import Path

import pytest
from litellm import BudgetManager, completion


@pytest.fixture
def budgets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BudgetManager:
    monkeypatch.setenv("LITELLM_BUDGET_FILE", str(tmp_path / "spent.json"))
    return BudgetManager("tests")


def test_what_a_user_spends_is_kept_between_runs(budgets: BudgetManager) -> None:
    budgets.create_budget(total_budget=1.0, user="ann", duration="daily")
    reply = completion("gpt-4o", [{"role": "user", "content": "hi"}], mock_response="hello")
    budgets.update_cost(user="ann", completion_obj=reply)
    budgets.save_data()
    again = BudgetManager("tests")
    assert again.get_current_cost("ann") == budgets.get_current_cost("ann") > 0
    assert again.get_total_budget("ann") == 1.0


def test_a_duration_that_is_over_starts_again(budgets: BudgetManager) -> None:
    budgets.create_budget(total_budget=1.0, user="ann", duration="daily", created_at=0)
    budgets.update_cost(user="ann", model="gpt-4o", input_text="hi", output_text="hello")
    budgets.reset_on_duration("ann")
    assert budgets.get_current_cost("ann") == 0


def test_bad_input_names_the_field(budgets: BudgetManager) -> None:
    with pytest.raises(ValueError, match="duration"):
        budgets.create_budget(total_budget=1.0, user="ann", duration="hourly")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="client_type"):
        BudgetManager("tests", client_type="hosted")
