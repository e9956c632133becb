"""The first schema, and the wall against double booking below it.

The wall refuses two live bookings that overlap on a resource, whatever path wrote them: on PostgreSQL an exclusion constraint
over one int8range (no extension needed), on SQLite triggers. A later change of `booking` on SQLite by batch must make the
triggers anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

POSTGRES_WALL = """
ALTER TABLE booking ADD CONSTRAINT booking_wall
EXCLUDE USING gist (int8range(lane_start, lane_end) WITH &&)
WHERE (cancelled_at IS NULL AND lane_start IS NOT NULL)
"""
# No visit is longer than a day, so that the index bounds the search from both sides.
SQLITE_WALL = """
CREATE TRIGGER booking_wall_{name} BEFORE {event} ON booking
WHEN NEW.cancelled_at IS NULL AND NEW.lane_start IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'booking_wall') WHERE EXISTS (
        SELECT 1 FROM booking
        WHERE lane_start > NEW.lane_start - 1440 AND lane_start < NEW.lane_end AND lane_end > NEW.lane_start
        AND cancelled_at IS NULL AND id IS NOT NEW.id
    );
END
"""


def upgrade() -> None:
    op.create_table(
        "access_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(length=32), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("assignment_id", sa.Integer(), nullable=True),
        sa.Column("clinic_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log")),
    )
    with op.batch_alter_table("access_log", schema=None) as batch_op:
        batch_op.create_index("ix_access_log_clinic_at", ["clinic_id", "at"], unique=False)
        batch_op.create_index("ix_access_log_person_at", ["person_id", "at"], unique=False)

    op.create_table(
        "booking_pass",
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", "booking_id", name=op.f("pk_booking_pass")),
    )
    with op.batch_alter_table("booking_pass", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_booking_pass_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "care_provider",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("org_number", sa.String(), nullable=False),
        sa.Column("hsa_id", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_provider")),
        sa.UniqueConstraint("org_number", name=op.f("uq_care_provider_org_number")),
    )
    op.create_table(
        "eid_order",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("next_path", sa.String(), nullable=False),
        sa.Column("provider_reference", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eid_order")),
    )
    with op.batch_alter_table("eid_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_eid_order_created_at"), ["created_at"], unique=False)

    op.create_table(
        "outgoing_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_message")),
    )
    with op.batch_alter_table("outgoing_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outgoing_message_booking_id"), ["booking_id"], unique=False)
        batch_op.create_index("ix_outgoing_message_due", ["sent_at", "next_try_at"], unique=False)

    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("identity_kind", sa.String(length=32), nullable=False),
        sa.Column("identity", sa.String(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("sex", sa.String(length=32), nullable=False),
        sa.Column("given_name", sa.String(), nullable=True),
        sa.Column("family_name", sa.String(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(identity IS NULL) = (identity_kind = 'none')",
            name=op.f("ck_person_identity_by_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("identity", name=op.f("uq_person_identity")),
        sa.UniqueConstraint("public_id", name=op.f("uq_person_public_id")),
    )
    op.create_table(
        "reason",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reason")),
        sa.UniqueConstraint("slug", name=op.f("uq_reason_slug")),
    )
    op.create_table(
        "staff_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deactivated_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_account")),
        sa.UniqueConstraint("identity", name=op.f("uq_staff_account_identity")),
    )
    op.create_table(
        "tries",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "ends_at", name=op.f("pk_tries")),
    )
    with op.batch_alter_table("tries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tries_ends_at"), ["ends_at"], unique=False)

    op.create_table(
        "care_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("hsa_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["provider_id"], ["care_provider.id"], name=op.f("fk_care_unit_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_unit")),
    )
    with op.batch_alter_table("care_unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_care_unit_provider_id"), ["provider_id"], unique=False)

    op.create_table(
        "policy_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["care_provider.id"],
            name=op.f("fk_policy_text_provider_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_text")),
    )
    with op.batch_alter_table("policy_text", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_policy_text_provider_id"), ["provider_id"], unique=False)

    op.create_table(
        "provider_reason",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("reason_id", sa.Integer(), nullable=False),
        sa.Column("eid_demanded", sa.Boolean(), nullable=False),
        sa.Column("information", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["care_provider.id"],
            name=op.f("fk_provider_reason_provider_id"),
        ),
        sa.ForeignKeyConstraint(["reason_id"], ["reason.id"], name=op.f("fk_provider_reason_reason_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_reason")),
        sa.UniqueConstraint(
            "provider_id",
            "reason_id",
            name=op.f("uq_provider_reason_provider_id_reason_id"),
        ),
    )
    op.create_table(
        "clinic",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("search_key", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("street", sa.String(), nullable=True),
        sa.Column("postcode", sa.String(), nullable=True),
        sa.Column("city", sa.String(), nullable=True),
        sa.Column("web_page", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("colour", sa.String(), nullable=True),
        sa.Column("welcome_booking", sa.String(), nullable=True),
        sa.Column("welcome_arrival", sa.String(), nullable=True),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("visible", sa.Boolean(), nullable=False),
        sa.Column("booking", sa.Boolean(), nullable=False),
        sa.Column("eid_booking", sa.Boolean(), nullable=False),
        sa.Column("drop_in", sa.Boolean(), nullable=False),
        sa.Column("public_unit", sa.Boolean(), nullable=False),
        sa.Column("arrival_booked", sa.Boolean(), nullable=False),
        sa.Column("arrival_opens_minutes", sa.Integer(), nullable=False),
        sa.Column("late_cancellation_hours", sa.Integer(), nullable=False),
        sa.Column("start_step_minutes", sa.Integer(), nullable=True),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name=op.f("ck_clinic_whole_pin")),
        sa.CheckConstraint(
            "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180",
            name=op.f("ck_clinic_pin_on_earth"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["care_unit.id"], name=op.f("fk_clinic_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clinic")),
    )
    with op.batch_alter_table("clinic", schema=None) as batch_op:
        batch_op.create_index("ix_clinic_listed", ["visible", "activated_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_clinic_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["staff_account.id"], name=op.f("fk_assignment_account_id")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_assignment_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_clinic_id"), ["clinic_id"], unique=False)

    op.create_table(
        "clinic_day",
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_clinic_day_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "day", name=op.f("pk_clinic_day")),
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_draft_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_seen_at"), ["seen_at"], unique=False)

    op.create_table(
        "module_switch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("clinic_id", sa.Integer(), nullable=True),
        sa.Column("module", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "(provider_id IS NULL) <> (clinic_id IS NULL)",
            name=op.f("ck_module_switch_one_owner"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_module_switch_clinic_id")),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["care_provider.id"],
            name=op.f("fk_module_switch_provider_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_module_switch")),
        sa.UniqueConstraint("clinic_id", "module", name=op.f("uq_module_switch_clinic_id_module")),
        sa.UniqueConstraint("provider_id", "module", name=op.f("uq_module_switch_provider_id_module")),
    )
    op.create_table(
        "opening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("colour", sa.String(), nullable=True),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_opening_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening")),
    )
    with op.batch_alter_table("opening", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_opening_clinic_id"), ["clinic_id"], unique=False)

    op.create_table(
        "visit_category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("reason_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("min_age", sa.Integer(), nullable=True),
        sa.Column("max_age", sa.Integer(), nullable=True),
        sa.Column("invisible_online", sa.Boolean(), nullable=False),
        sa.Column("series", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("min_age <= max_age", name=op.f("ck_visit_category_ages_in_order")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_visit_category_clinic_id")),
        sa.ForeignKeyConstraint(["reason_id"], ["reason.id"], name=op.f("fk_visit_category_reason_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_category")),
    )
    with op.batch_alter_table("visit_category", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_category_clinic_id"), ["clinic_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_category_reason_id"), ["reason_id"], unique=False)

    op.create_table(
        "opened_time",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("opening_id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("book", sa.String(length=32), nullable=False),
        sa.Column("resource", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("end_minute", sa.Integer(), nullable=False),
        sa.CheckConstraint("resource BETWEEN 1 AND 999", name=op.f("ck_opened_time_resources_from_one")),
        sa.CheckConstraint(
            "start_minute >= 300 AND start_minute < end_minute AND end_minute <= 1380",
            name=op.f("ck_opened_time_within_frame"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_opened_time_clinic_id")),
        sa.ForeignKeyConstraint(["opening_id"], ["opening.id"], name=op.f("fk_opened_time_opening_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opened_time")),
    )
    with op.batch_alter_table("opened_time", schema=None) as batch_op:
        batch_op.create_index("ix_opened_time_day", ["clinic_id", "book", "day"], unique=False)
        batch_op.create_index(batch_op.f("ix_opened_time_opening_id"), ["opening_id"], unique=False)

    op.create_table(
        "visit_type",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("book", sa.String(length=32), nullable=False),
        sa.Column("drop_in", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("minutes > 0 AND minutes % 5 = 0", name=op.f("ck_visit_type_whole_fives")),
        sa.CheckConstraint("persons BETWEEN 1 AND 10", name=op.f("ck_visit_type_some_persons")),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["visit_category.id"],
            name=op.f("fk_visit_type_category_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_type")),
    )
    with op.batch_alter_table("visit_type", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_type_category_id"), ["category_id"], unique=False)

    op.create_table(
        "web_session",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("assignment_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["staff_account.id"], name=op.f("fk_web_session_account_id")),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_web_session_assignment_id"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_web_session_person_id")),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_web_session")),
    )
    with op.batch_alter_table("web_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_web_session_seen_at"), ["seen_at"], unique=False)

    op.create_table(
        "booking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("book", sa.String(length=32), nullable=False),
        sa.Column("resource", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("lane_start", sa.BigInteger(), nullable=True),
        sa.Column("lane_end", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("link_hash", sa.String(), nullable=False),
        sa.Column("link", sa.LargeBinary(), nullable=False),
        sa.Column("arrival_hash", sa.String(), nullable=False),
        sa.Column("arrival_link", sa.LargeBinary(), nullable=False),
        sa.Column("calendar_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_by_id", sa.Integer(), nullable=True),
        sa.Column("policy_text_id", sa.Integer(), nullable=True),
        sa.Column("another_live", sa.Boolean(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.String(length=32), nullable=True),
        sa.Column("cancelled_late", sa.Boolean(), nullable=False),
        sa.Column("mobile", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["booked_by_id"], ["person.id"], name=op.f("fk_booking_booked_by_id")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_booking_clinic_id")),
        sa.ForeignKeyConstraint(
            ["policy_text_id"],
            ["policy_text.id"],
            name=op.f("fk_booking_policy_text_id"),
        ),
        sa.ForeignKeyConstraint(["type_id"], ["visit_type.id"], name=op.f("fk_booking_type_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("arrival_hash", name=op.f("uq_booking_arrival_hash")),
        sa.UniqueConstraint("code", name=op.f("uq_booking_code")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_booking_link_hash")),
    )
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.create_index("ix_booking_day", ["clinic_id", "day"], unique=False)
        batch_op.create_index("ix_booking_lane", ["lane_start", "lane_end"], unique=False)

    op.create_table(
        "hold",
        sa.Column("draft_id", sa.String(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("book", sa.String(length=32), nullable=False),
        sa.Column("resource", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_hold_clinic_id")),
        sa.ForeignKeyConstraint(["type_id"], ["visit_type.id"], name=op.f("fk_hold_type_id")),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_hold")),
    )
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.create_index("ix_hold_day", ["clinic_id", "day"], unique=False)

    op.create_table(
        "opening_type",
        sa.Column("opening_id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["opening_id"], ["opening.id"], name=op.f("fk_opening_type_opening_id")),
        sa.ForeignKeyConstraint(["type_id"], ["visit_type.id"], name=op.f("fk_opening_type_type_id")),
        sa.PrimaryKeyConstraint("opening_id", "type_id", name=op.f("pk_opening_type")),
    )
    with op.batch_alter_table("opening_type", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_opening_type_type_id"), ["type_id"], unique=False)

    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("given_name", sa.String(), nullable=False),
        sa.Column("family_name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_visit_booking_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_visit_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_booking_id"), ["booking_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_person_id"), ["person_id"], unique=False)

    op.create_table(
        "arrival",
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("registered_by", sa.String(length=32), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("no_show_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_arrival_visit_id")),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_arrival")),
    )

    if op.get_bind().dialect.name == "postgresql":
        op.execute(POSTGRES_WALL)
    else:
        for event in ("INSERT", "UPDATE"):
            op.execute(SQLITE_WALL.format(event=event, name=event.lower()))
