"""e-ID, the person register, guardians, consent, and the settings that go with them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

LATER = sa.DateTime(timezone=True)


def upgrade() -> None:
    _access()
    _persons()
    _settings()
    op.add_column("staff_account", sa.Column("hsa_id", sa.String(), nullable=True))
    op.create_index(op.f("ix_staff_account_hsa_id"), "staff_account", ["hsa_id"], unique=True)
    op.add_column("visit", sa.Column("hidden_from_guardians", sa.Boolean(), nullable=False, server_default=sa.false()))
    _consent()


def _add_link(table: str, column: str, to: str) -> None:
    """A foreign key by plain SQL, which both engines know: to copy a table that others point to would undo them on SQLite."""
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER CONSTRAINT fk_{table}_{column} REFERENCES {to} (id)")


def _access() -> None:
    _add_link("web_session", "acting_for_id", "person")
    op.add_column("web_session", sa.Column("eid", sa.String(), nullable=True))
    op.add_column("web_session", sa.Column("device", sa.String(), nullable=True))
    op.add_column("eid_order", sa.Column("provider", sa.String(), nullable=True))
    op.add_column("eid_order", sa.Column("content", sa.LargeBinary(), nullable=True))
    op.add_column("eid_order", sa.Column("collect_after", LATER, nullable=True))


def _persons() -> None:
    op.add_column("person", sa.Column("register_at", LATER, nullable=True))
    op.add_column("person", sa.Column("registered", sa.Boolean(), nullable=True))
    op.add_column("person", sa.Column("deceased_on", sa.Date(), nullable=True))
    op.add_column("person", sa.Column("emigrated_on", sa.Date(), nullable=True))
    for name in ("care_of", "street", "postcode", "city"):
        op.add_column("person", sa.Column(name, sa.String(), nullable=True))
    op.add_column("person", sa.Column("sealed_at", LATER, nullable=True))
    _add_link("person", "merged_into_id", "person")
    op.create_index(op.f("ix_person_merged_into_id"), "person", ["merged_into_id"], unique=False)
    op.create_table(
        "guardianship",
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("told_at", LATER, nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["person.id"], name=op.f("fk_guardianship_child_id")),
        sa.ForeignKeyConstraint(["guardian_id"], ["person.id"], name=op.f("fk_guardianship_guardian_id")),
        sa.PrimaryKeyConstraint("child_id", "guardian_id", name=op.f("pk_guardianship")),
    )
    op.create_index(op.f("ix_guardianship_guardian_id"), "guardianship", ["guardian_id"], unique=False)


def _settings() -> None:
    op.add_column("care_provider", sa.Column("consenting_guardians", sa.Integer(), nullable=False, server_default="2"))
    op.add_column("clinic", sa.Column("eid_only_oneself", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("provider_reason", sa.Column("digital_consent", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("provider_reason", sa.Column("consent_until_age", sa.Integer(), nullable=True))
    op.create_table(
        "age_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["provider_id"], ["care_provider.id"], name=op.f("fk_age_setting_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_age_setting")),
        sa.UniqueConstraint("provider_id", "kind", "first_day", name=op.f("uq_age_setting_provider_id_kind_first_day")),
    )


def _consent() -> None:
    op.create_table(
        "consent_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_text")),
        sa.UniqueConstraint("digest", name=op.f("uq_consent_text_digest")),
    )
    op.create_table(
        "consent_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=False),
        sa.Column("link_hash", sa.String(), nullable=False),
        sa.Column("link", sa.LargeBinary(), nullable=False),
        sa.Column("mobile", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_at", LATER, nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_consent_request_visit_id")),
        sa.ForeignKeyConstraint(["guardian_id"], ["person.id"], name=op.f("fk_consent_request_guardian_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_request")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_consent_request_link_hash")),
        sa.UniqueConstraint("visit_id", "guardian_id", name=op.f("uq_consent_request_visit_id_guardian_id")),
    )
    op.create_index(op.f("ix_consent_request_guardian_id"), "consent_request", ["guardian_id"], unique=False)
    op.create_table(
        "consent_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("at", LATER, nullable=False),
        sa.Column("answer", sa.String(length=32), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=True),
        sa.Column("identified_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["consent_request.id"], name=op.f("fk_consent_event_request_id")),
        sa.ForeignKeyConstraint(["text_id"], ["consent_text.id"], name=op.f("fk_consent_event_text_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_event")),
    )
    op.create_index(op.f("ix_consent_event_request_id"), "consent_event", ["request_id"], unique=False)
