"""The database as commands need it: there, and with tables in a form that this program understands."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto

from sqlalchemy import text

from config.commands.failure import CommandFailed
from config.opening import open_database
from config.settings import Settings
from journal_core import migrations
from journal_core.transaction import Database

MIGRATION_LOCK = 0x7661_6363
"""Number of PostgreSQL's advisory lock; it only has to be the same each time."""


class Schema(Enum):
    NONE = auto()
    OLDER = auto()
    RIGHT = auto()
    NEWER = auto()
    """Migrated by a later version of the program."""


def schema_of(database: Database) -> Schema:
    revision = migrations.current(database)
    if revision is None:
        return Schema.NONE
    if revision == migrations.newest():
        return Schema.RIGHT
    return Schema.OLDER if revision in migrations.known() else Schema.NEWER


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database, closed at the end. An SQLite file is made when missing."""
    database = open_database(settings)
    try:
        yield database
    finally:
        database.dispose()


@contextmanager
def migrated(settings: Settings) -> Iterator[Database]:
    """The database, which has to be there and in the form that this version needs."""
    if settings.sqlite_file is not None and not settings.sqlite_file.exists():
        raise CommandFailed(f"there is no database at {settings.sqlite_file}; run vaccinporten migrate first")
    with opened(settings) as database:
        if schema_of(database) in (Schema.NONE, Schema.OLDER):
            raise CommandFailed("the database is not migrated; run vaccinporten migrate first")
        yield database


def upgrade(database: Database) -> bool:
    """Brings the database to the newest revision; False when it was there already. Two at once wait for each other."""
    with _alone(database):
        state = schema_of(database)
        if state is Schema.NEWER:
            raise CommandFailed("the database was migrated by a later version; the way back is restore")
        if state is not Schema.RIGHT:
            migrations.upgrade(database)
        return state is not Schema.RIGHT


@contextmanager
def _alone(database: Database) -> Iterator[None]:
    if database.path is None:
        with database.engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            yield
        return
    handle = os.open(f"{database.path}.migrating", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
