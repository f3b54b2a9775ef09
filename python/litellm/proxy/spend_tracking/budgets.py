"""What each key has spent and reserved, in integer pico-dollars."""

from __future__ import annotations

import collections
from dataclasses import dataclass

from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.money import pico_to_usd, usd_to_pico

MAX_ACCOUNTS = 100_000
"""Accounts kept in memory; idle ones are forgotten first and read again when needed."""


@dataclass(slots=True)
class Account:
    """One key's money."""

    spent: int = 0
    reserved: int = 0


class Budgets:
    """The accounts of this process. A reservation is one step on one thread, so that no two pass together."""

    def __init__(self) -> None:
        self._accounts: collections.OrderedDict[str, Account] = collections.OrderedDict()

    def account(self, auth: UserAPIKeyAuth) -> Account:
        """The key's account, opened with the spend that the database knows."""
        key = auth.token or ""
        account = self._accounts.get(key)
        if account is None:
            account = self._accounts[key] = Account(spent=usd_to_pico(max(auth.spend, 0.0)))
            self._forget_idle()
        self._accounts.move_to_end(key)
        return account

    def reserve(self, auth: UserAPIKeyAuth, pico: int) -> Account:
        """Set `pico` aside. Raises ProxyException 400 when the key's budget does not allow it."""
        account = self.account(auth)
        if auth.max_budget is not None:
            limit = usd_to_pico(auth.max_budget)
            if account.spent >= limit or account.spent + account.reserved + pico > limit:
                raise _exceeded(auth, account, pico)
        account.reserved += pico
        return account

    def reset(self, token: str, spent: int = 0) -> None:
        """Start the key's account anew, as at the end of a budget window or when its spend was set."""
        account = self._accounts.get(token)
        if account is not None:
            account.spent = spent

    def _forget_idle(self) -> None:
        if len(self._accounts) <= MAX_ACCOUNTS:
            return
        for key, account in self._accounts.items():
            if account.reserved == 0:
                del self._accounts[key]
                return


def _exceeded(auth: UserAPIKeyAuth, account: Account, pico: int) -> ProxyException:
    message = (
        f"Budget has been exceeded! Current cost: {pico_to_usd(account.spent)}, Max budget: {auth.max_budget}; "
        f"reserved by calls under way: {pico_to_usd(account.reserved)}, this call may cost: {pico_to_usd(pico)} (USD)"
    )
    return ProxyException(message, "budget_exceeded", None, 400)
