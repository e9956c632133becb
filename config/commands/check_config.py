"""vaccinporten check-config"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from config.settings import BadSettings, Settings, read_settings
from portal.web.languages import LANGUAGES, READY

GOOD, NOTE, BAD = "ok", "note", "FAIL"
WAL_ADVICE = (
    "SQLite {version} has a fault that can corrupt a database that several processes write ahead (3.7.0 to 3.51.2), "
    "so production takes the rollback journal: while something is written nobody reads, and the other way round, "
    "and busy hours get slow. PostgreSQL is recommended"
)


@dataclass(frozen=True)
class Finding:
    level: str
    what: str
    says: str

    def __str__(self) -> str:
        return f"{self.level:<5}{self.what}: {self.says}"


def describe(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        f"One line a thing: {GOOD}, {NOTE} (works, but read it) or {BAD}. With a {BAD} it ends in 1. Changes nothing."
    )


def run(_arguments: argparse.Namespace) -> int:
    try:
        settings = read_settings(os.environ)
    except BadSettings as wrong:
        findings = [Finding(BAD, "settings", str(wrong))]
    else:
        findings = list(_findings(settings))
    print("\n".join(map(str, findings)))
    bad = [finding.what for finding in findings if finding.level == BAD]
    if bad:
        print(f"vaccinporten: the service could not start: {', '.join(bad)}", file=sys.stderr)
    return 1 if bad else 0


def _findings(settings: Settings) -> Iterator[Finding]:
    kind = "production" if settings.production else "development"
    served = f"port {settings.port}, {settings.web_concurrency} workers"
    yield Finding(GOOD, "settings", f"{kind}, {settings.base_url}, {served}")
    yield Finding(GOOD, "secret", f"{len(settings.secret)} bytes")
    yield _proxies(settings)
    yield _support(settings)
    yield _languages(settings)
    yield _eids(settings)
    yield from _database(settings)
    yield from _journal(settings)
    yield _assets()


def _proxies(settings: Settings) -> Finding:
    if settings.production and not settings.trusted_proxies:
        return Finding(NOTE, "proxies", "none is trusted; behind a proxy all visitors share one address and its limits")
    return Finding(GOOD, "proxies", f"{settings.trusted_proxies} trusted")


def _support(settings: Settings) -> Finding:
    ways = [way for way in (settings.support_phone, settings.support_email) if way]
    if not ways:
        return Finding(NOTE, "support", "neither telephone nor e-mail: the law wants a way to report what is hard to use")
    return Finding(GOOD, "support", ", ".join(ways))


def _languages(settings: Settings) -> Finding:
    told = ", ".join(settings.languages)
    unread = [code for code in settings.languages if code not in READY]
    if settings.production and unread:
        return Finding(NOTE, "languages", f"{told}; no native speaker has read {', '.join(unread)} yet")
    off = [code for code in LANGUAGES if code not in settings.languages]
    return Finding(GOOD, "languages", f"{told}; off: {', '.join(off)}" if off else told)


def _eids(settings: Settings) -> Finding:
    if not settings.eids:
        return Finding(NOTE, "e-IDs", "none is on: nobody can log in, neither residents nor staff")
    told = ", ".join(f"{one.name} ({' and '.join(sorted(one.audiences))})" for one in settings.eids)
    missing = [who for who in ("residents", "staff") if not any(who in one.audiences for one in settings.eids)]
    if missing:
        return Finding(NOTE, "e-IDs", f"{told}; none for {missing[0]}")
    return Finding(GOOD, "e-IDs", told)


def _database(settings: Settings) -> Iterator[Finding]:
    """Two lines: reachable, and migrated."""
    from sqlalchemy.exc import SQLAlchemyError

    from config.commands.failure import database_says
    from config.commands.schema import opened, schema_of

    if settings.sqlite_file is not None and not settings.sqlite_file.exists():
        yield Finding(BAD, "database", f"there is none at {settings.sqlite_file}; run vaccinporten migrate")
        return
    try:
        with opened(settings) as database:
            state = schema_of(database)
    except SQLAlchemyError as error:
        yield Finding(BAD, "database", f"can't be reached: {database_says(error)}")
        return
    where = "PostgreSQL" if settings.sqlite_file is None else f"SQLite, {settings.sqlite_file}"
    yield Finding(GOOD, "database", f"reachable, {where}")
    yield _schema(state.name)


def _schema(state: str) -> Finding:
    match state:
        case "RIGHT":
            return Finding(GOOD, "schema", "migrated")
        case "NEWER":
            return Finding(NOTE, "schema", "migrated by a later version of the program than this one")
        case _:
            return Finding(BAD, "schema", "not migrated; run vaccinporten migrate")


def _journal(settings: Settings) -> Iterator[Finding]:
    from config.opening import takes_wal
    from journal_core.transaction import wal_is_safe

    if settings.sqlite_file is None:
        return
    if wal_is_safe():
        yield Finding(GOOD, "journal", f"SQLite {sqlite3.sqlite_version} writes ahead safely")
    elif takes_wal(settings):
        yield Finding(
            NOTE,
            "journal",
            f"SQLite {sqlite3.sqlite_version} writes ahead; in production this version would not",
        )
    else:
        yield Finding(NOTE, "journal", WAL_ADVICE.format(version=sqlite3.sqlite_version))


def _assets() -> Finding:
    from config.assets import borders, browser, drawing, places, translations
    from config.assets.made import BUILT

    wanted = [*(BUILT / name for name in browser.PARTS), borders.RESULT, drawing.RESULT, places.RESULT]
    wanted += [translations.FOLDER / language / "LC_MESSAGES" / "messages.mo" for language in translations.languages()]
    missing = [file.name for file in wanted if not file.is_file()]
    if missing:
        return Finding(NOTE, "assets", f"missing: {', '.join(missing)}; run python -m config.assets")
    return Finding(GOOD, "assets", "built")
