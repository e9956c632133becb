"""SQLite gives no opened or blocked time the number of one that is gone: a page that is still open somewhere may name it."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        # PostgreSQL's sequences never go back.
        return
    for table in ("opened_time", "blocked_time"):
        with op.batch_alter_table(table, recreate="always", table_kwargs={"sqlite_autoincrement": True}):
            pass
