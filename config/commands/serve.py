"""vaccinporten serve"""

from __future__ import annotations

import argparse
import os
import sys

from config.commands.failure import CommandFailed
from config.settings import Settings, read_settings

MAILBOX = "/utveckling/brevlada"


def describe(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", metavar="PORT", help="port to listen on, instead of the environment's PORT")
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on; default 127.0.0.1, for a proxy on this machine"
    )

    parser.add_argument(
        "--demo", action="store_true", help="development: migrate, and fill or top up the demo region, before serving"
    )


def _prepare_demo(settings: Settings) -> None:
    """One process for what `migrate` and `demo --top-up` do in two: `make run` is waited for."""
    if settings.production:
        raise CommandFailed("--demo is for development only (VACCINPORTEN_ENV=development)")
    from config.commands.demo import keep_up
    from config.commands.schema import opened, upgrade

    with opened(settings) as database:
        upgrade(database)
    print(keep_up(settings))


def run(arguments: argparse.Namespace) -> int:
    environ = dict(os.environ) if arguments.port is None else {**os.environ, "PORT": arguments.port}
    settings = read_settings(environ)
    if arguments.demo:
        _prepare_demo(settings)
    else:
        _check_database(settings)
    if not settings.production:
        _introduce(settings)
    _become_gunicorn(arguments.host, settings.port, environ)
    return 0


def _check_database(settings: Settings) -> None:
    from config.commands.schema import migrated

    with migrated(settings):
        pass


def _introduce(settings: Settings) -> None:
    from config.opening import demo_people

    print(f"Portal   {settings.base_url}/")
    print(f"Staff    {settings.base_url}/personal")
    print(f"Screen   {settings.base_url}/kiosk (staff with admin make its code under Inställningar)")
    print(f"Mailbox  {settings.base_url}{MAILBOX}")
    print("Demo people, to choose from when logging in:")
    for person in demo_people(settings):
        whom = person.identified
        print(f"  {whom.number}  {whom.given_name} {whom.family_name}: {person.what}")
    sys.stdout.flush()


def _become_gunicorn(host: str, port: int, environ: dict[str, str]) -> None:
    """The same process goes on as gunicorn, so that whoever started it signals the server itself."""
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    command = [sys.executable, "-m", "gunicorn", "-c", "python:config.gunicorn", "--bind", address]
    try:
        os.execve(sys.executable, command, environ)  # noqa: S606 - no shell is wanted
    except OSError as error:
        raise CommandFailed(f"gunicorn can't be started: {error.strerror}") from None
