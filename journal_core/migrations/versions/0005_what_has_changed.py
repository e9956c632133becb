"""An index that tells what has changed in the country's days without reading them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

COUNTED = sa.text("free IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_clinic_day_stamp",
        "clinic_day",
        ["day", "clinic_id", "version"],
        sqlite_where=COUNTED,
        postgresql_where=COUNTED,
    )
