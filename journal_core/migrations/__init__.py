"""The schema's history: Alembic, forward only (the way back is restore)."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from journal_core.transaction import Database

HERE = Path(__file__).parent


def configured(database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["database"] = database
    return config


def upgrade(database: Database) -> None:
    """Brings the database to the newest revision."""
    command.upgrade(configured(database), "head")


def newest() -> str:
    """The revision that this program's code expects."""
    head = ScriptDirectory(str(HERE)).get_current_head()
    assert head is not None
    return head


def known() -> set[str]:
    """Every revision that this program's code has."""
    return {script.revision for script in ScriptDirectory(str(HERE)).walk_revisions()}


def is_fit(database: Database) -> bool:
    """Migrated as far as this program knows, or further: while a new release expands the schema, the old one still serves."""
    revision = current(database)
    return revision is not None and (revision == newest() or revision not in known())


def current(database: Database) -> str | None:
    """The revision that the database has, None when it was never migrated."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()
