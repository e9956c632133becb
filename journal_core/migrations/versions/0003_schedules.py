"""Schedules: what each day has left, blocked time, books, templates, changes that can be undone.

What `clinic_day` has left is filled in at a day's next change, or by `vaccinporten verify-capacity --repair`; until then pages
count such a day from its rows.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WITHOUT_RESOURCE = "resource IS NULL AND cancelled_at IS NULL"
PLACE = {
    "within_frame": "start_minute >= 300 AND start_minute < end_minute AND end_minute <= 1380",
    "whole_fives": "start_minute % 5 = 0 AND end_minute % 5 = 0",
    "resources_from_one": "resource BETWEEN 1 AND 999",
}


def upgrade() -> None:
    op.add_column("clinic", sa.Column("frame_start_minute", sa.Integer(), nullable=False, server_default="420"))
    op.add_column("clinic", sa.Column("frame_end_minute", sa.Integer(), nullable=False, server_default="1200"))
    op.add_column("clinic", sa.Column("autosearch", sa.Boolean(), nullable=False, server_default=sa.false()))

    op.add_column("clinic_day", sa.Column("free", sa.LargeBinary(), nullable=True))
    op.add_column("clinic_day", sa.Column("free_after_holds", sa.LargeBinary(), nullable=True))
    op.add_column("clinic_day", sa.Column("next_hold_end", sa.DateTime(timezone=True), nullable=True))
    op.add_column("clinic_day", sa.Column("last_hold_end", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "INSERT INTO clinic_day (clinic_id, day, version) "
        "SELECT DISTINCT clinic_id, day, 0 FROM opened_time WHERE TRUE ON CONFLICT DO NOTHING"
    )

    # A hold lives for minutes: those of an upgrade's moment count as made when it was.
    op.add_column("hold", sa.Column("created_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE hold SET created_at = held_until")
    with op.batch_alter_table("hold") as batch_op:
        batch_op.alter_column("created_at", nullable=False, existing_type=sa.DateTime(timezone=True))

    op.create_index(
        "ix_booking_without_resource",
        "booking",
        ["clinic_id"],
        sqlite_where=sa.text(WITHOUT_RESOURCE),
        postgresql_where=sa.text(WITHOUT_RESOURCE),
    )
    _create_tables()
    with op.batch_alter_table("opened_time") as batch_op:
        batch_op.add_column(sa.Column("change_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_opened_time_change_id"), "schedule_change", ["change_id"], ["id"])
        batch_op.create_index(op.f("ix_opened_time_change_id"), ["change_id"], unique=False)
        batch_op.create_check_constraint(op.f("ck_opened_time_whole_fives"), PLACE["whole_fives"])


def _create_tables() -> None:
    op.create_table(
        "schedule_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("removed", sa.JSON(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_schedule_change_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_change")),
    )
    op.create_index(op.f("ix_schedule_change_clinic_id"), "schedule_change", ["clinic_id"], unique=False)

    op.create_table(
        "blocked_time",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("book", sa.String(length=32), nullable=False),
        sa.Column("resource", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("end_minute", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_blocked_time_{name}")) for name, rule in PLACE.items()),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_blocked_time_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocked_time")),
    )
    op.create_index("ix_blocked_time_day", "blocked_time", ["clinic_id", "day"], unique=False)

    op.create_table(
        "clinic_book",
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("book", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        *(sa.Column(day, sa.Integer(), nullable=False) for day in WEEKDAYS),
        sa.CheckConstraint(
            " AND ".join(f"{day} BETWEEN 0 AND 999" for day in WEEKDAYS), name=op.f("ck_clinic_book_some_resources")
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_clinic_book_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "book", name=op.f("pk_clinic_book")),
    )
    op.create_table(
        "schedule_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("colour", sa.String(), nullable=True),
        sa.Column("book", sa.String(length=32), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_schedule_template_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_template")),
    )
    op.create_index(op.f("ix_schedule_template_clinic_id"), "schedule_template", ["clinic_id"], unique=False)
    op.create_table(
        "schedule_template_type",
        sa.Column("schedule_template_id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["schedule_template_id"],
            ["schedule_template.id"],
            name=op.f("fk_schedule_template_type_schedule_template_id"),
        ),
        sa.ForeignKeyConstraint(["type_id"], ["visit_type.id"], name=op.f("fk_schedule_template_type_type_id")),
        sa.PrimaryKeyConstraint("schedule_template_id", "type_id", name=op.f("pk_schedule_template_type")),
    )
    op.create_index(op.f("ix_schedule_template_type_type_id"), "schedule_template_type", ["type_id"], unique=False)
