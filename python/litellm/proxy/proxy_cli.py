"""The command `litellm`: read the config, say what is wrong with it, else serve."""

from __future__ import annotations

import gc
import importlib
import logging
import os
import sys
from typing import Any

import click

from litellm.proxy.banner import address, banner
from litellm.proxy.config.data_dir import data_dir
from litellm.proxy.config.load import load_config
from litellm.proxy.config.master_key import VARIABLE, MasterKey, given_master_key, resolve_master_key
from litellm.proxy.config.problems import ConfigError
from litellm.proxy.config.settings import ProxyConfig
from litellm.proxy.hooks.billing import SECTION
from litellm.proxy.server.options import ServerOptions
from litellm.proxy.version import VERSION

CONFIG_VARIABLE = "CONFIG_FILE_PATH"
EXIT_CONFIG_ERROR = 1
# Upstream's choices of server and of database tool: there is one of each here, so that these change nothing.
WITHOUT_EFFECT = (
    "--run_gunicorn", "--run_hypercorn", "--run_granian", "--use_prisma_db_push", "--use_v2_migration_resolver",
    "--use_legacy_migration_resolver", "--local",
)  # fmt: skip


class _Commands(click.Group):
    """Serves when no subcommand is named. A package's subcommands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the subcommands."""
        return [SECTION]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The subcommand of that name."""
        if cmd_name != SECTION:
            return None
        found: click.Command = importlib.import_module(f"{cmd_name}.cli").commands
        return found


@click.group(cls=_Commands, invoke_without_command=True, context_settings={"show_default": True})
@click.option("--host", default="0.0.0.0", envvar="HOST", help="Address to listen on.")
@click.option("--port", default=4000, envvar="PORT", type=click.IntRange(0, 65535), help="Port to listen on.")
@click.option("--num_workers", default=1, envvar="NUM_WORKERS", type=click.IntRange(1, 256), help="Worker processes.")
@click.option("--config", "-c", envvar=CONFIG_VARIABLE, help="The config.yaml to serve.")
@click.option("--model", "-m", help="Serve this one model without a config, for example openai/gpt-4o.")
@click.option("--alias", help="The name under which --model is served.")
@click.option("--api_base", help="The address of --model's provider.")
@click.option("--api_version", help="The API version of --model's provider.")
@click.option("--temperature", type=float, help="Temperature of --model.")
@click.option("--max_tokens", type=click.IntRange(1), help="Output limit of --model.")
@click.option("--request_timeout", type=float, help="Seconds that a call to a provider may take.")
@click.option("--drop_params", is_flag=True, help="Drop parameters that a provider does not take.")
@click.option("--max_budget", type=float, help="Dollars that all calls together may cost.")
@click.option("--debug", is_flag=True, envvar="DEBUG", help="Log requests.")
@click.option("--detailed_debug", is_flag=True, envvar="DETAILED_DEBUG", help="Log everything.")
@click.option("--log_config", envvar="LOG_CONFIG", help="A logging configuration file.")
@click.option("--ssl_keyfile_path", envvar="SSL_KEYFILE_PATH", help="The private key to serve TLS with.")
@click.option("--ssl_certfile_path", envvar="SSL_CERTFILE_PATH", help="The certificate to serve TLS with.")
@click.option("--ciphers", help="TLS ciphers.")
@click.option("--keepalive_timeout", type=click.IntRange(1), default=65, envvar="KEEPALIVE_TIMEOUT",
              help="Seconds that an idle connection is kept.")  # fmt: skip
@click.option("--limit_concurrency", type=click.IntRange(1), help="Connections beyond this are answered 503.")
@click.option("--max_requests_before_restart", type=click.IntRange(1), envvar="MAX_REQUESTS_BEFORE_RESTART",
              help="Restart a worker after so many requests.")  # fmt: skip
@click.option("--validate_config", is_flag=True, help="Check the config, say what is wrong, and stop.")
@click.option("--skip_server_startup", is_flag=True, help="Set everything up, the database included, and stop.")
@click.option(*WITHOUT_EFFECT, "without_effect", is_flag=True, hidden=True)
@click.version_option(VERSION, "--version", "-v", prog_name="litellm")
@click.pass_context
def run_server(context: click.Context, /, config: str | None, **options: Any) -> None:
    """Serve the gateway. Stops with status 1 and the file, line and key when the config is wrong."""
    if context.invoked_subcommand:
        context.obj = config
        return
    _check_tls(options)
    logging.basicConfig(level=_log_level(options), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        loaded = load_config(config) if config else _config_of_one_model(options)
        if options["validate_config"]:
            from litellm.proxy.startup import build_parts

            given_master_key(loaded)
            build_parts(loaded)
            click.echo(f"{config or 'the command line'}: valid, {len(loaded.model_list)} deployments")
            return
        key = resolve_master_key(loaded, data_dir())
        status = _serve(loaded, key, config, options)
    except ConfigError as error:
        for problem in error.problems:
            click.echo(f"config error: {problem}", err=True)
        sys.exit(EXIT_CONFIG_ERROR)
    sys.exit(status)


def _check_tls(options: dict[str, Any]) -> None:
    """Raise click.UsageError when TLS cannot be served with the files and ciphers that are named."""
    certificate, key = options["ssl_certfile_path"], options["ssl_keyfile_path"]
    if key and not certificate:
        raise click.UsageError("--ssl_keyfile_path needs --ssl_certfile_path beside it")
    if not certificate:
        return
    import ssl

    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key, password="")  # an encrypted key is refused, not asked about
        context.set_ciphers(options["ciphers"] or "DEFAULT")
    except OSError as error:
        names = "--ssl_certfile_path, --ssl_keyfile_path or --ciphers"
        raise click.UsageError(f"{names} cannot be used: {error.strerror or error}") from error


def _log_level(options: dict[str, Any]) -> int:
    if options["detailed_debug"]:
        return logging.DEBUG
    return logging.INFO if options["debug"] else logging.WARNING


def _config_of_one_model(options: dict[str, Any]) -> ProxyConfig:
    settings = {name: options[name] for name in ("drop_params", "max_budget", "request_timeout") if options[name]}
    if not options["model"]:
        return ProxyConfig(litellm_settings=settings)
    names = ("api_base", "api_version", "temperature", "max_tokens")
    params = {name: options[name] for name in names if options[name] is not None} | {"model": options["model"]}
    entry = {"model_name": options["alias"] or options["model"], "litellm_params": params}
    return ProxyConfig(model_list=(entry,), litellm_settings=settings)


def _serve(config: ProxyConfig, key: MasterKey, config_path: str | None, options: dict[str, Any]) -> int:
    gc.disable()  # until the application has started: what is loaded for it stays
    from litellm.litellm_core_utils.accelerator import gateway_is_native
    from litellm.proxy.app import create_app
    from litellm.proxy.db.opening import prepare_database
    from litellm.proxy.server.uvicorn_server import serve

    if config_path:
        os.environ[CONFIG_VARIABLE] = os.path.abspath(config_path)
    os.environ[VARIABLE] = key.value  # the workers use the same key
    server = ServerOptions(
        host=options["host"], port=options["port"], num_workers=options["num_workers"],
        ssl_keyfile=options["ssl_keyfile_path"], ssl_certfile=options["ssl_certfile_path"],
        ciphers=options["ciphers"], keepalive_timeout=options["keepalive_timeout"],
        limit_concurrency=options["limit_concurrency"],
        max_requests_before_restart=options["max_requests_before_restart"], log_config=options["log_config"],
        debug=options["debug"] or options["detailed_debug"], root_path=os.environ.get("SERVER_ROOT_PATH", ""),
        native=gateway_is_native(),
    )  # fmt: skip

    def announce(port: int) -> None:
        click.echo(banner(address(server.host, port, tls=bool(server.ssl_certfile)), key, config.model_list))

    app = create_app(config, key.value)
    prepare_database(config, data_dir())
    return 0 if options["skip_server_startup"] else serve(app, server, announce)


if __name__ == "__main__":
    run_server()
