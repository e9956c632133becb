"""The schema on both engines: where it comes from, and that it is what the models say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Enum, inspect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import TypeEngine

from journal_core import migrations
from journal_core.mapping import Mapped
from journal_core.organisation.model import PolicyText
from journal_core.transaction import Database
from tests.build import engines
from tests.build.clocks import START


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database that nobody has migrated."""
    if request.param == "sqlite":
        with engines.opened(engines.sqlite_url(tmp_path / "empty.sqlite")) as database:
            yield database
    else:
        with engines.postgres_copy(request.getfixturevalue("cluster"), None) as database:
            yield database


def types_differ(
    _context: MigrationContext,
    _inspected: Column[object],
    _declared: Column[object],
    inspected_type: TypeEngine[object],
    declared_type: TypeEngine[object],
) -> bool | None:
    """An Enum is kept as text of the same length: no difference. None leaves the verdict to Alembic."""
    if isinstance(declared_type, Enum):
        return getattr(inspected_type, "length", None) != declared_type.length
    return None


def differences(database: Database) -> list[object]:
    with database.engine.connect() as connection:
        options = {"compare_type": types_differ, "compare_server_default": True}
        found: list[object] = compare_metadata(MigrationContext.configure(connection, opts=options), Mapped.metadata)
        return found


def test_a_database_that_was_never_migrated_has_no_revision(empty_database: Database) -> None:
    assert migrations.current(empty_database) is None


def test_an_upgrade_brings_an_empty_database_to_the_newest_revision(empty_database: Database) -> None:
    migrations.upgrade(empty_database)
    assert migrations.current(empty_database) == migrations.newest()


def test_a_second_upgrade_changes_nothing(database: Database) -> None:
    def schema() -> object:
        with database.engine.connect() as connection:
            inspector = inspect(connection)
            told = [
                (table, inspector.get_columns(table), inspector.get_indexes(table))
                for table in sorted(inspector.get_table_names())
            ]
        # Some of it is told by objects that say where they lie in memory.
        return re.sub("0x[0-9a-f]+", "", repr(told))

    before = schema()
    migrations.upgrade(database)
    assert schema() == before
    assert migrations.current(database) == migrations.newest()


def test_models_and_migrations_describe_the_same_schema(database: Database) -> None:
    assert differences(database) == []


def test_a_column_that_only_the_database_has_would_be_noticed(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE reason ADD COLUMN forgotten INTEGER")
    assert differences(database)


def test_foreign_keys_are_enforced_on_both_engines(database: Database) -> None:
    with pytest.raises(IntegrityError), database.writing() as session:
        session.add(PolicyText(provider_id=99, text="", valid_from=START))
