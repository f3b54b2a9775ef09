"""The end of a budget: what is left of it goes to one call at a time.

A call whose estimate does not fit may still cost far less: most calls set no output limit, or one that they do not use
up. Such a call reserves all that is left of the budgets that are short, so that nothing else is let in until it ends;
others wait for their turn. A budget is then passed by one call at most, by what that call costs beyond its reservation.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence

from litellm.proxy.spend_tracking.accounts import Account
from litellm.proxy.spend_tracking.shared_budgets import BudgetExceeded, SharedBudgets

Least = Callable[[], int]
"""What must be left for a call that may go on with less than its estimate, in pico-dollars, as known by now."""

TURN_WAIT_S = 5.0
"""How long a call waits for its turn before it is refused."""
MAX_WAITING = 1000
"""Calls that may wait for a turn; more are refused at once."""


class LastMoney:
    """Reserves on budgets, and lets one call at a time have the rest of those that are short."""

    def __init__(self, budgets: SharedBudgets, *, wait_s: float = TURN_WAIT_S) -> None:
        self._budgets, self._wait_s = budgets, wait_s
        self._turns: dict[str, asyncio.Lock] = {}
        self._waiting = 0
        self._short: dict[str, list[Account]] = {}
        """Calls that took the rest of these accounts, each reserved under a name of its own."""

    async def reserve(self, request_id: str, accounts: Sequence[Account], pico: int, least: Least | None) -> None:
        """Set `pico` aside on every account, or what is left where that is less, but at least `least()`.

        Without `least()` all of it must fit. Raises BudgetExceeded, and what an absent database raises.
        """
        try:
            await self._budgets.reserve(request_id, accounts, pico)
        except BudgetExceeded as refusal:
            needed = pico if least is None else least()
            in_turn = least is not None or self._is_taken(refusal.account)
            if not in_turn or refusal.spent + needed > refusal.account.limit_pico or self._waiting >= MAX_WAITING:
                raise
            await self._reserve_in_turn(request_id, accounts, pico, least, refusal)

    def settle(self, request_id: str, pico: int) -> None:
        """End a reservation with what was spent, which the database does not know yet."""
        self._budgets.settle(request_id, pico)
        for account in self._short.pop(request_id, ()):
            self._budgets.settle(_part(request_id, account), pico)
            self._budgets.freed(account)
            self._release([account])

    def _is_taken(self, account: Account) -> bool:
        turn = self._turns.get(account.name)
        return turn is not None and turn.locked()

    async def _reserve_in_turn(
        self, request_id: str, accounts: Sequence[Account], pico: int, least: Least | None, refusal: BudgetExceeded
    ) -> None:
        """Wait for the turn on every account that is short, in one order for all callers, and take what is left."""
        short: list[Account] = []
        deadline = asyncio.get_running_loop().time() + self._wait_s
        while refusal.account not in short:
            short = sorted([*short, refusal.account], key=lambda account: account.name)
            await self._wait_for(short, deadline, refusal)
            taken = False
            try:
                taken = await self._take(request_id, accounts, pico, least, short)
                return
            except BudgetExceeded as again:
                refusal = again
            finally:
                if not taken:
                    self._release(short)
        raise refusal

    async def _take(
        self, request_id: str, accounts: Sequence[Account], pico: int, least: Least | None, short: Sequence[Account]
    ) -> bool:
        """Reserve in full if that fits by now (False: no turn is needed), else the rest of the short accounts."""
        try:
            await self._budgets.reserve(request_id, accounts, pico)
            return False
        except BudgetExceeded:
            if least is None:
                raise
        await self._budgets.reserve(request_id, [account for account in accounts if account not in short], pico)
        taken: list[Account] = []
        try:
            for account in short:
                await self._budgets.reserve_rest(_part(request_id, account), account, least())
                taken.append(account)
        except BaseException:
            self._budgets.settle(request_id, 0)
            for account in taken:
                self._budgets.settle(_part(request_id, account), 0)
            raise
        self._short[request_id] = taken
        return True

    async def _wait_for(self, short: Sequence[Account], deadline: float, refusal: BudgetExceeded) -> None:
        """Take every turn, or none and raise `refusal` when it takes too long."""
        mine: list[Account] = []
        self._waiting += 1
        try:
            for account in short:
                left = deadline - asyncio.get_running_loop().time()
                turn = self._turns.setdefault(account.name, asyncio.Lock())
                await asyncio.wait_for(turn.acquire(), max(left, 0.001))
                mine.append(account)
        except asyncio.TimeoutError:
            self._release(mine)
            raise refusal from None
        except BaseException:
            self._release(mine)
            raise
        finally:
            self._waiting -= 1
            for account in short:
                self._forget(account)

    def _release(self, accounts: Iterable[Account]) -> None:
        for account in accounts:
            self._turns[account.name].release()
            self._forget(account)

    def _forget(self, account: Account) -> None:
        """Drop a turn that nobody has or waits for."""
        turn = self._turns.get(account.name)
        if turn is not None and not turn.locked() and not getattr(turn, "_waiters", None):
            del self._turns[account.name]


def _part(request_id: str, account: Account) -> str:
    return f"{request_id}/{account.name}"
