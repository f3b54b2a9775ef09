"""`litellm moneta …`: reconcile with Lago, replay dead letters, ask for usage and balance."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import json
import os
import sys
import time
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import click
from litellm.proxy.config.data_dir import data_dir
from litellm.proxy.config.load import load_config
from litellm.proxy.config.problems import ConfigError
from litellm.proxy.config.settings import ProxyConfig
from litellm.proxy.db.budget_repository import BudgetQueries
from litellm.proxy.db.database import DATABASE_ERRORS, Database, database_url
from litellm.proxy.spend_tracking.budget_windows import utc_now

from moneta.client import MonetaClient
from moneta.errors import MonetaError
from moneta.handlers import settings_of
from moneta.metrics import Metrics
from moneta.outbox import OutboxQueries
from moneta.reconcile import Reconciler, table
from moneta.sender import Sender
from moneta.tables import make_tables

EXIT_DIFFERENCE, EXIT_FAILED = 1, 2
MAX_LISTED = 1000
CONFIG_VARIABLE = "CONFIG_FILE_PATH"


@dataclass(frozen=True, slots=True)
class Tools:
    """What a command works with."""

    client: MonetaClient
    database: Database
    sender: Sender
    metrics: Metrics


@click.group(name="moneta")
@click.option("--config", "-c", envvar=CONFIG_VARIABLE, help="The gateway's config.yaml.")
@click.pass_context
def commands(context: click.Context, config: str | None) -> None:
    """Billing through Lago."""
    context.obj = config or context.obj


@commands.command()
@click.option("--from", "since", required=True, type=click.DateTime(), help="The first moment, UTC.")
@click.option("--to", "until", type=click.DateTime(), help="The end, UTC, not included; now by default.")
@click.option("--subscription", help="Only this one.")
@click.option("--repair", is_flag=True, help="Send what Lago lacks.")
@click.option("--timeout", default=60.0, show_default=True, help="Seconds that the sending of a repair may take.")
@click.pass_obj
def reconcile(
    config: str | None, since: datetime.datetime, until: datetime.datetime | None, subscription: str | None,
    repair: bool, timeout: float,
) -> None:  # fmt: skip
    """Compare the spend log with Lago's events, by day and subscription. Exit status 1 on a difference."""
    begin = since.replace(tzinfo=datetime.timezone.utc)
    end = until.replace(tzinfo=datetime.timezone.utc) if until else datetime.datetime.now(datetime.timezone.utc)

    async def work(tools: Tools) -> int:
        reconciler = Reconciler(tools.client, tools.database)
        found = await reconciler.run(begin, end, subscription)
        if repair and found.missing:
            await reconciler.repair(found.missing, time.time())
            await tools.sender.drain(timeout)
            click.echo(f"{len(found.missing)} missing events sent")
            found = await reconciler.run(begin, end, subscription)
        click.echo(table(found, tools.client.currency))
        return 0 if found.agrees else EXIT_DIFFERENCE

    _run(config, work)


@commands.command()
@click.argument("ids", nargs=-1)
@click.option("--list", "listed", is_flag=True, help="Only say what there is.")
@click.option("--timeout", default=60.0, show_default=True, help="Seconds that the sending may take.")
@click.pass_obj
def replay(config: str | None, ids: tuple[str, ...], listed: bool, timeout: float) -> None:
    """Send dead letters again: those named by IDS, or all. Exit status 1 when some are refused again."""

    async def work(tools: Tools) -> int:
        async with tools.database.write() as transaction:
            queries = OutboxQueries(transaction.connection)
            if listed:
                for letter in await queries.letters(MAX_LISTED):
                    click.echo(f"{letter['transaction_id']}  {letter['subscription']}  {letter['reason']}")
                return 0
            sent = await queries.replay(ids or None, tools.client.settings.event_code, time.time())
        await tools.sender.drain(timeout)
        click.echo(f"{sent} dead letters sent again, {tools.metrics.refused} refused again")
        return EXIT_DIFFERENCE if tools.metrics.refused else 0

    _run(config, work)


@commands.command()
@click.pass_obj
def status(config: str | None) -> None:
    """What waits in the outbox, and what is dead."""

    async def work(tools: Tools) -> int:
        async with tools.database.read() as connection:
            tools.metrics.count(await OutboxQueries(connection).counts())
        report = tools.metrics.report(tools.client.settings.entitlement.when_unavailable)
        wanted = ("events_waiting", "oldest_waiting_seconds", "dead_letters")
        click.echo(json.dumps({name: report[name] for name in wanted}))
        return 0

    _run(config, work)


@commands.command()
@click.argument("customer")
@click.pass_obj
def balance(config: str | None, customer: str) -> None:
    """What a customer's wallets hold."""

    async def work(tools: Tools) -> int:
        amount = await tools.client.abalance(customer)
        click.echo("no wallet" if amount is None else f"{amount:f} {tools.client.currency.name}")
        return 0

    _run(config, work)


@commands.command()
@click.argument("customer")
@click.option("--subscription", help="The customer's subscription, where it has another id.")
@click.pass_obj
def usage(config: str | None, customer: str, subscription: str | None) -> None:
    """A customer's usage in the current billing period, as JSON."""

    async def work(tools: Tools) -> int:
        click.echo(json.dumps(await tools.client.ausage(customer, subscription or customer), indent=2))
        return 0

    _run(config, work)


def _run(config_path: str | None, work: Callable[[Tools], Coroutine[Any, Any, int]]) -> None:
    """Do a command's work with the gateway's config and database, and exit with its status."""

    async def run() -> int:
        config = load_config(config_path) if config_path else ProxyConfig()
        async with _tools(config) as tools:
            return await work(tools)

    try:
        status = asyncio.run(run())
    except ConfigError as error:
        click.echo("\n".join(f"config error: {problem}" for problem in error.problems), err=True)
        status = EXIT_FAILED
    except MonetaError as error:
        click.echo(f"Lago: {error}", err=True)
        status = EXIT_FAILED
    except DATABASE_ERRORS as error:
        click.echo(f"database: {type(error).__name__}", err=True)
        status = EXIT_FAILED
    sys.exit(status)


@contextlib.asynccontextmanager
async def _tools(config: ProxyConfig) -> AsyncIterator[Tools]:
    folder = data_dir()
    database = Database(database_url(config.general_settings.raw, folder), folder)
    await database.start()
    owner, metrics = f"cli-{os.getpid()}-{uuid.uuid4().hex[:8]}", Metrics()
    client = MonetaClient(settings_of(config))
    try:
        async with database.write() as transaction:
            await make_tables(transaction.connection)
            await BudgetQueries(transaction.connection).seen(owner, utc_now())
        yield Tools(client, database, Sender(client, database, owner, metrics), metrics)
        async with database.write() as transaction:
            await BudgetQueries(transaction.connection).ended(owner)
    finally:
        await database.stop()
