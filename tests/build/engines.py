"""Migrated databases on both engines: made once, copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Dialect, Engine, make_url

from journal_core import migrations
from journal_core.transaction import Database
from tests.build.postgres import drop_database, fresh_database


def url_of(database: Database) -> str:
    """The address by which another process opens the same database."""
    return database.engine.url.render_as_string(hide_password=False)


def sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"


DIALECTS: dict[str, Dialect] = {}
COMPILED: dict[Any, Any] = {}
"""Statements as each dialect spells them. A new database a test would compile them all anew, a fifth of the whole time."""


def share_statements(engine: Engine) -> None:
    engine.dialect = DIALECTS.setdefault(engine.name, engine.dialect)
    engine.update_execution_options(compiled_cache=COMPILED)


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = Database(url)
    share_statements(database.engine)
    try:
        yield database
    finally:
        database.dispose()


def sqlite_template(folder: Path) -> Path:
    """A migrated file to copy. Once disposed, all of it is in the one file."""
    path = folder / "template.sqlite"
    with opened(sqlite_url(path)) as database:
        migrations.upgrade(database)
    return path


@contextmanager
def sqlite_copy(template: Path, folder: Path) -> Iterator[Database]:
    path = folder / "vaccinporten.sqlite"
    shutil.copyfile(template, path)
    with opened(sqlite_url(path)) as database:
        yield database


def postgres_template(cluster: str) -> str:
    """The name of a migrated database to copy, with nobody connected to it."""
    url = fresh_database(cluster)
    with opened(url) as database:
        migrations.upgrade(database)
    name = make_url(url).database
    assert name is not None
    return name


@contextmanager
def postgres_copy(cluster: str, template: str | None) -> Iterator[Database]:
    url = fresh_database(cluster, template)
    try:
        with opened(url) as database:
            yield database
    finally:
        drop_database(url)
