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


def provider(session: Session, org_number: str, *, lock: bool = False) -> CareProvider | None:
    chosen = select(CareProvider).where(CareProvider.org_number == org_number)
    return session.scalar(chosen.with_for_update() if lock else chosen)


def imported_clinics(session: Session, provider_id: int) -> dict[str, Clinic]:
    """A provider's imported clinics by import key, with their own modules."""
    rows = session.scalars(
        select(Clinic)
        .join(Clinic.unit)
        .where(CareUnit.provider_id == provider_id, Clinic.import_key.is_not(None))
        .options(selectinload(Clinic.modules))
    )
    return {clinic.import_key: clinic for clinic in rows if clinic.import_key is not None}


def postcodes(session: Session) -> dict[str, tuple[str, str]]:
    """Locality and municipality by code."""
    return {code: (locality, municipality) for code, locality, municipality in session.execute(_POSTCODES)}


_POSTCODES = select(Postcode.code, Postcode.locality, Postcode.municipality)
