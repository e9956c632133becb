"""Real clinics and the waiting-room screen: keys of imported clinics, postcodes, devices."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("clinic", sa.Column("hsa_id", sa.String(), nullable=True))
    op.add_column("clinic", sa.Column("import_key", sa.String(), nullable=True))
    op.create_index(op.f("ix_clinic_import_key"), "clinic", ["import_key"], unique=False)

    op.create_table(
        "postcode",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("locality", sa.String(), nullable=False),
        sa.Column("municipality", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_postcode")),
    )
    op.create_table(
        "device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("code_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("content_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_device_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("code", name=op.f("uq_device_code")),
        sa.UniqueConstraint("reference", name=op.f("uq_device_reference")),
    )
    op.create_index(op.f("ix_device_clinic_id"), "device", ["clinic_id"], unique=False)
