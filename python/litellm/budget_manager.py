"""Budgets by user in an application's own process, kept in a file between runs.

For budgets that several processes share, use the proxy.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import litellm
from litellm.cost_calculator import completion_cost, cost_per_token

Duration = Literal["daily", "weekly", "monthly", "yearly"]
_DAYS: Mapping[str, int] = {"daily": 1, "weekly": 7, "monthly": 28, "yearly": 365}
"""Lengths of the durations; LiteLLM's month is four weeks."""
_DAY_S = 86_400


def _message_tokens(model: str, text: str) -> int:
    """The tokens of a message of `text`, as LiteLLM counts both sides of a call here."""
    return int(litellm.token_counter(model=model, messages=[{"role": "user", "content": text}]))


class BudgetManager:
    """What users may spend, in USD, and what they have spent."""

    def __init__(
        self,
        project_name: str,
        client_type: str = "local",
        api_base: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Budgets are kept in `user_cost.json` in the working directory (`LITELLM_BUDGET_FILE` names another file).

        Raises ValueError for a `client_type` other than `local`: budgets that are hosted belong to the proxy.
        """
        if client_type != "local":
            raise ValueError(f"client_type: {client_type!r} is not supported; use 'local', or the proxy's budgets")
        self.client_type = client_type
        self.project_name = project_name
        self.api_base = api_base
        self.headers = dict(headers or {"Content-Type": "application/json"})
        self._file = Path(os.environ.get("LITELLM_BUDGET_FILE", "user_cost.json"))
        self.user_dict: dict[str, dict[str, Any]] = {}
        self.load_data()

    def load_data(self) -> None:
        """Reads the file again; one that does not exist holds no budgets. Raises ValueError for one that is damaged."""
        try:
            self.user_dict = json.loads(self._file.read_text())
        except FileNotFoundError:
            self.user_dict = {}

    def create_budget(
        self, total_budget: float, user: str, duration: Duration | None = None, created_at: float | None = None
    ) -> dict[str, Any]:
        """Gives `user` `total_budget` USD for each `duration`, or for good. Raises ValueError for another duration."""
        budget: dict[str, Any] = {"total_budget": total_budget}
        if duration is not None:
            if duration not in _DAYS:
                raise ValueError(f"duration: expected one of {sorted(_DAYS)}, got {duration!r}")
            start = time.time() if created_at is None else created_at
            budget |= {"duration": _DAYS[duration], "created_at": start, "last_updated_at": start}
        self.user_dict[user] = budget
        return budget

    def projected_cost(self, model: str, messages: Sequence[Mapping[str, Any]], user: str) -> float:
        """What `user` will have spent, in USD, when the prompt of a call is paid, without its reply."""
        text = "".join(str(message["content"]) for message in messages)
        prompt, _ = cost_per_token(model=model, prompt_tokens=litellm.token_counter(model=model, text=text))
        return float(self.user_dict[user].get("current_cost", 0)) + float(prompt)

    def get_total_budget(self, user: str) -> float:
        """What `user` may spend, in USD. Raises KeyError for a user without a budget."""
        return float(self.user_dict[user]["total_budget"])

    def update_cost(
        self,
        user: str,
        completion_obj: Any = None,
        model: str | None = None,
        input_text: str | None = None,
        output_text: str | None = None,
    ) -> dict[str, Any]:
        """Adds what a call cost, by its response or by its model and texts. Raises ValueError when neither is given."""
        if model is not None and input_text is not None and output_text is not None:
            prompt, completion = cost_per_token(
                model=model,
                prompt_tokens=_message_tokens(model, input_text),
                completion_tokens=_message_tokens(model, output_text),
            )
            cost = prompt + completion
        elif completion_obj is not None:
            cost = completion_cost(completion_response=completion_obj)
            model = str(completion_obj["model"])
        else:
            raise ValueError("give either completion_obj, or model, input_text and output_text")
        spent = self.user_dict.setdefault(user, {})
        spent["current_cost"] = cost + spent.get("current_cost", 0)
        by_model = spent.setdefault("model_cost", {})
        by_model[model] = cost + by_model.get(model, 0)
        return {"user": self.user_dict[user]}

    def get_current_cost(self, user: str) -> float:
        """What `user` has spent, in USD."""
        return float(self.user_dict[user].get("current_cost", 0))

    def get_model_cost(self, user: str) -> dict[str, float] | float:
        """What `user` has spent by model, in USD; 0 before the first call."""
        cost: dict[str, float] | float = self.user_dict[user].get("model_cost", 0)
        return cost

    def is_valid_user(self, user: str) -> bool:
        """Whether `user` has a budget."""
        return user in self.user_dict

    def get_users(self) -> list[str]:
        """Everybody with a budget."""
        return list(self.user_dict)

    def reset_cost(self, user: str) -> dict[str, Any]:
        """Starts again from nothing spent."""
        self.user_dict[user] |= {"current_cost": 0, "model_cost": {}}
        return {"user": self.user_dict[user]}

    def reset_on_duration(self, user: str) -> None:
        """Starts again if the budget's duration is over."""
        budget = self.user_dict[user]
        if "duration" in budget and time.time() - budget["last_updated_at"] >= budget["duration"] * _DAY_S:
            self.reset_cost(user)
            budget["last_updated_at"] = time.time()
            self.save_data()

    def update_budget_all_users(self) -> None:
        """Starts again for everybody whose duration is over."""
        for user in self.get_users():
            self.reset_on_duration(user)

    def save_data(self) -> dict[str, str]:
        """Writes the file, as a whole or not at all."""
        written = self._file.with_name(self._file.name + ".new")
        written.write_text(json.dumps(self.user_dict, indent=4))
        written.replace(self._file)
        return {"status": "success"}
