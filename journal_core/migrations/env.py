"""Alembic's way in: the database is handed over by journal_core.migrations."""

import importlib
from typing import Any, Literal

from alembic import context
from sqlalchemy import Enum

from journal_core.mapping import Instant, Mapped
from journal_core.transaction import Database

for noun in (
    "access",
    "arrivals",
    "audit",
    "booking",
    "catalogue",
    "consent",
    "messages",
    "organisation",
    "persons",
    "schedule",
    "staff",
):
    importlib.import_module(f"journal_core.{noun}.model")


def spell_type(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Migrations keep plain types: a history must not change when the program's enums do."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Enum):
        return "sa.String(length=32)"
    return False


database: Database = context.config.attributes["database"]
with database.writing() as session:
    context.configure(
        connection=session.connection(),
        target_metadata=Mapped.metadata,
        render_as_batch=database.sqlite,
        render_item=spell_type,
    )
    context.run_migrations()
