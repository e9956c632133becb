"""Health declarations: what is asked, what was answered, how long it holds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"

LATER = sa.DateTime(timezone=True)
KEPT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    _asked()
    _answered()
    _settings()


def _asked() -> None:
    op.create_table(
        "declaration_definition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("drop_in", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("retired_at", LATER, nullable=True),
        sa.ForeignKeyConstraint(["provider_id"], ["care_provider.id"], name=op.f("fk_declaration_definition_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration_definition")),
        sa.UniqueConstraint("provider_id", "key", name=op.f("uq_declaration_definition_provider_id_key")),
    )
    op.create_index(op.f("ix_declaration_definition_provider_id"), "declaration_definition", ["provider_id"], unique=False)
    op.create_table(
        "declaration_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("definition_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("questions", KEPT, nullable=False),
        sa.Column("validity_days", sa.Integer(), nullable=True),
        sa.Column("created_at", LATER, nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["declaration_definition.id"], name=op.f("fk_declaration_version_definition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration_version")),
        sa.UniqueConstraint("definition_id", "number", name=op.f("uq_declaration_version_definition_id_number")),
    )
    op.create_table(
        "declaration_drop_in",
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("definition_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_declaration_drop_in_clinic_id")),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["declaration_definition.id"], name=op.f("fk_declaration_drop_in_definition_id")
        ),
        sa.PrimaryKeyConstraint("clinic_id", name=op.f("pk_declaration_drop_in")),
    )
    op.create_table(
        "declaration_hidden",
        sa.Column("definition_id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_declaration_hidden_clinic_id")),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["declaration_definition.id"], name=op.f("fk_declaration_hidden_definition_id")
        ),
        sa.PrimaryKeyConstraint("definition_id", "clinic_id", name=op.f("pk_declaration_hidden")),
    )
    op.create_table(
        "declaration_required",
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("definition_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["declaration_definition.id"], name=op.f("fk_declaration_required_definition_id")
        ),
        sa.ForeignKeyConstraint(["type_id"], ["visit_type.id"], name=op.f("fk_declaration_required_type_id")),
        sa.PrimaryKeyConstraint("type_id", name=op.f("pk_declaration_required")),
    )


def _answered() -> None:
    op.create_table(
        "declaration_removal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("at", LATER, nullable=False),
        sa.Column("before", LATER, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["provider_id"], ["care_provider.id"], name=op.f("fk_declaration_removal_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration_removal")),
    )
    op.create_index(op.f("ix_declaration_removal_provider_id"), "declaration_removal", ["provider_id"], unique=False)
    op.create_table(
        "declaration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("age", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("started_at", LATER, nullable=False),
        sa.Column("sent_at", LATER, nullable=True),
        sa.Column("told_by", sa.String(length=32), nullable=False),
        sa.Column("told_by_person_id", sa.Integer(), nullable=True),
        sa.Column("told_by_account_id", sa.Integer(), nullable=True),
        sa.Column("summary", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_declaration_clinic_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_declaration_person_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["care_provider.id"], name=op.f("fk_declaration_provider_id")),
        sa.ForeignKeyConstraint(["told_by_account_id"], ["staff_account.id"], name=op.f("fk_declaration_told_by_account_id")),
        sa.ForeignKeyConstraint(["told_by_person_id"], ["person.id"], name=op.f("fk_declaration_told_by_person_id")),
        sa.ForeignKeyConstraint(["version_id"], ["declaration_version.id"], name=op.f("fk_declaration_version_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_declaration_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration")),
        sa.UniqueConstraint("reference", name=op.f("uq_declaration_reference")),
    )
    op.create_index("ix_declaration_person", "declaration", ["person_id", "provider_id", "sent_at"], unique=False)
    op.create_index(op.f("ix_declaration_visit_id"), "declaration", ["visit_id"], unique=False)
    op.create_table(
        "declaration_answer",
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("answered_at", LATER, nullable=False),
        sa.ForeignKeyConstraint(["declaration_id"], ["declaration.id"], name=op.f("fk_declaration_answer_declaration_id")),
        sa.PrimaryKeyConstraint("declaration_id", "question", name=op.f("pk_declaration_answer")),
    )
    op.create_table(
        "declaration_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("at", LATER, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["staff_account.id"], name=op.f("fk_declaration_comment_account_id")),
        sa.ForeignKeyConstraint(["declaration_id"], ["declaration.id"], name=op.f("fk_declaration_comment_declaration_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration_comment")),
        sa.UniqueConstraint("declaration_id", "number", name=op.f("uq_declaration_comment_declaration_id_number")),
    )
    op.create_table(
        "declaration_use",
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("at", LATER, nullable=False),
        sa.ForeignKeyConstraint(["declaration_id"], ["declaration.id"], name=op.f("fk_declaration_use_declaration_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_declaration_use_visit_id")),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_declaration_use")),
    )
    op.create_index(op.f("ix_declaration_use_declaration_id"), "declaration_use", ["declaration_id"], unique=False)


def _settings() -> None:
    op.add_column("care_provider", sa.Column("declarations_kept_months", sa.Integer(), nullable=True))
    op.add_column("clinic", sa.Column("declaration_link", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("clinic", sa.Column("eid_declaration", sa.Boolean(), server_default=sa.false(), nullable=False))
