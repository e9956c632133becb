"""Reading staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from journal_core.organisation.queries import WHOLE_CLINIC
from journal_core.staff.model import Assignment, StaffAccount


def account_of(session: Session, number: str | None, hsa_id: str | None) -> StaffAccount | None:
    """The account that may log in with what an e-ID told: its identity number, or its HSA-ID where no number was told."""
    own = StaffAccount.identity == number if number else StaffAccount.hsa_id == hsa_id
    if number is None and hsa_id is None:
        return None
    return session.scalar(select(StaffAccount).where(own, StaffAccount.deactivated_at.is_(None)))


def current_assignments(session: Session, account_id: int, today: date) -> Sequence[Assignment]:
    """What the account may work as today, with clinics, by clinic name."""
    rows = session.scalars(
        select(Assignment)
        .join(Assignment.clinic)
        .join(Assignment.account)
        .where(
            Assignment.account_id == account_id,
            StaffAccount.deactivated_at.is_(None),
            Assignment.first_day <= today,
            or_(Assignment.last_day.is_(None), Assignment.last_day >= today),
        )
        .options(contains_eager(Assignment.clinic))
    ).all()
    return sorted(rows, key=lambda row: (row.clinic.name, row.role))


def assignment(session: Session, assignment_id: int) -> Assignment | None:
    return session.scalar(
        select(Assignment)
        .where(Assignment.id == assignment_id)
        .options(
            joinedload(Assignment.account),
            joinedload(Assignment.clinic).options(*WHOLE_CLINIC),
        )
    )
