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


def current(database: Database) -> str | None:
    """The revision that the database has, None when it was never migrated."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()
