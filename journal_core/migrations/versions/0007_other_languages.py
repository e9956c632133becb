"""Clinics' and providers' own texts in other languages; finding what somebody booked; drafts that outlive a session."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    kind = sa.JSON().with_variant(JSONB(), "postgresql")
    for table in ("clinic", "policy_text", "provider_reason", "visit_category", "visit_type"):
        op.add_column(table, sa.Column("translations", kind, nullable=False, server_default=sa.text("'{}'")))
    # By plain SQL, which both engines know: to copy a table that others point to would undo them on SQLite.
    op.execute("ALTER TABLE draft ADD COLUMN person_id INTEGER CONSTRAINT fk_draft_person_id REFERENCES person (id)")
    op.create_index(op.f("ix_booking_booked_by_id"), "booking", ["booked_by_id"], unique=False)
