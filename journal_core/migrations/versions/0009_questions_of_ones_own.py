"""A provider's own questions, and shipped ones in its own words."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "declaration_question",
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("content", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["provider_id"], ["care_provider.id"], name=op.f("fk_declaration_question_provider_id")),
        sa.PrimaryKeyConstraint("provider_id", "key", name=op.f("pk_declaration_question")),
    )
