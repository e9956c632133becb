"""Reading providers and clinics."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from journal_core.organisation.model import CareProvider, CareUnit, Clinic, PolicyText, Postcode

WHOLE_CLINIC = (
    selectinload(Clinic.modules),
    joinedload(Clinic.unit).joinedload(CareUnit.provider).selectinload(CareProvider.modules),
)
"""What the judges of organisation.rules read of a clinic."""


def clinic(session: Session, clinic_id: int) -> Clinic | None:
    return session.scalar(select(Clinic).where(Clinic.id == clinic_id).options(*WHOLE_CLINIC))


def clinics(session: Session, clinic_ids: Sequence[int]) -> list[Clinic]:
    return list(session.scalars(select(Clinic).where(Clinic.id.in_(clinic_ids)).options(*WHOLE_CLINIC)))


def policy(session: Session, provider_id: int, now: datetime) -> PolicyText | None:
    """The personal-data policy that is in force."""
    return session.scalar(
        select(PolicyText)
        .where(PolicyText.provider_id == provider_id, PolicyText.valid_from <= now)
        .order_by(PolicyText.valid_from.desc(), PolicyText.id.desc())
        .limit(1)
    )


def is_empty(session: Session) -> bool:
    return session.scalar(select(CareProvider.id).limit(1)) is None


def postcode(session: Session, code: str) -> Postcode | None:
    return session.get(Postcode, code)
