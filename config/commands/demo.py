"""vaccinporten demo"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from config.commands.failure import CommandFailed
from config.settings import Settings, read_settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from journal_core.transaction import Database
    from portal.web.services import Services

SIZES = ("clinics", "days", "resources", "filled", "seed")
DEFAULTS = {"days": 60, "resources": 4, "filled": 0.5, "seed": 1}
NOT_EMPTY = "the database is not empty; the demo fills only an empty one"


def describe(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "Without options: the demo region. With --clinics: that many generated clinics over the whole country, the "
        "same for the same seed. Refuses a database that holds anything, and production."
    )
    parser.add_argument("--clinics", type=_count(100_000), metavar="N", help="generate N clinics")
    parser.add_argument("--days", type=_count(366), metavar="N", help="days with times, default 60")
    parser.add_argument("--resources", type=_count(50), metavar="N", help="resources in each clinic, default 4")
    parser.add_argument("--filled", type=_share, metavar="SHARE", help="share of places booked, 0 to 1, default 0.5")
    parser.add_argument("--seed", type=_count(2**31 - 1, 0), metavar="N", help="other clinics and bookings; default 1")
    parser.add_argument(
        "--top-up",
        action="store_true",
        help="fill an empty database; add times to one that holds the demo region; leave any other alone",
    )


def _count(most: int, least: int = 1) -> Callable[[str], int]:
    def number(typed: str) -> int:
        if not typed.isascii() or not typed.isdigit() or not least <= int(typed) <= most:
            raise argparse.ArgumentTypeError(f"must be a whole number from {least} to {most}")
        return int(typed)

    return number


def _share(typed: str) -> float:
    try:
        share = float(typed)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError("must be a number from 0 to 1")
    return share


def run(arguments: argparse.Namespace) -> int:
    generated = {size: getattr(arguments, size) for size in SIZES if getattr(arguments, size) is not None}
    _check_choice(generated, arguments.top_up)
    settings = read_settings(os.environ)
    if settings.production:
        raise CommandFailed("demo data is for development only (VACCINPORTEN_ENV=development)")
    print(_fill(settings, generated, arguments.top_up))
    return 0


def _check_choice(generated: Mapping[str, Any], top_up: bool) -> None:
    if generated and top_up:
        raise CommandFailed("--top-up goes with no other option", code=2)
    if generated and "clinics" not in generated:
        raise CommandFailed(f"--{next(iter(generated))} needs --clinics", code=2)


def _fill(settings: Settings, generated: Mapping[str, Any], top_up: bool) -> str:
    """Does what was asked for, in one transaction, and says what that was."""
    from config.commands.schema import migrated

    with migrated(settings) as database:
        said = _kept_up(database) if top_up else None
        return said or _filled(settings, database, generated)


def keep_up(settings: Settings) -> str:
    """What --top-up does, for `serve --demo`."""
    return _fill(settings, {}, top_up=True)


def _filled(settings: Settings, database: Database, generated: Mapping[str, Any]) -> str:
    from config.opening import open_portal

    services: Services = open_portal(settings, database).extensions["services"]
    with database.writing() as session:
        return _generate(session, services, generated) if generated else _fill_region(session, services)


def _fill_region(session: Session, services: Services) -> str:
    from config.demo.build import NotEmpty
    from config.demo.fill import fill

    try:
        fill(session, services.vault, services.keys, services.tools.post, services.clock.now())
    except NotEmpty:
        raise CommandFailed(NOT_EMPTY) from None
    return "The database holds the demo region."


def _generate(session: Session, services: Services, sizes: Mapping[str, Any]) -> str:
    from config.demo.build import NotEmpty
    from config.demo.generate import generate

    try:
        generate(session, services.vault, now=services.clock.now(), **{**DEFAULTS, **sizes})
    except NotEmpty:
        raise CommandFailed(NOT_EMPTY) from None
    return f"The database holds {sizes['clinics']} generated clinics."


def _kept_up(database: Database) -> str | None:
    """Adds the times that are missing; None for an empty database. Quick: it runs at each `make run`."""
    from config.demo.fill import is_demo, top_up
    from journal_core.clock import SystemClock
    from journal_core.organisation import queries

    with database.writing() as session:
        if queries.is_empty(session):
            return None
        if not is_demo(session):
            return "The database was not made by the demo; it is left alone."
        top_up(session, SystemClock().now())
    return "The demo region has times for the coming weeks."
