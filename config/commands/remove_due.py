"""vaccinporten remove-due"""

from __future__ import annotations

import argparse
import os

from config.settings import read_settings


def describe(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "How long each provider keeps health declarations is its own setting; without one nothing is removed. "
        "A row stays that says how many were removed, when, and from before when. Run it once a month."
    )


def run(_arguments: argparse.Namespace) -> int:
    settings = read_settings(os.environ)

    from sqlalchemy import select

    from config.commands.schema import migrated
    from journal_core.clock import SystemClock
    from journal_core.declarations import keeping
    from journal_core.organisation.model import CareProvider

    moment, removed = SystemClock().now(), 0
    with migrated(settings) as database:
        with database.reading() as session:
            ids = session.scalars(select(CareProvider.id).order_by(CareProvider.id)).all()
        for provider_id in ids:
            with database.writing() as session:
                removed += keeping.remove_due(session, session.get_one(CareProvider, provider_id), moment)
    print(f"Removed {removed} {'declaration' if removed == 1 else 'declarations'}.")
    return 0
