"""Reading what a browser's reference stands for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.orm import Session

from journal_core.access.model import BookingPass, Device, Draft, EidOrder, WebSession
from journal_core.access.rules import STAFF_ABSOLUTE, draft_lives, session_lives


def web_session(session: Session, reference: str) -> WebSession | None:
    return session.get(WebSession, reference)


def whose(one: WebSession) -> ColumnElement[bool]:
    """Sessions of the same resident, or of the same member of the staff."""
    if one.account_id is not None:
        return WebSession.account_id == one.account_id
    return WebSession.person_id == one.person_id


def sessions_like(session: Session, one: WebSession, now: datetime) -> Sequence[WebSession]:
    """The living sessions of whoever `one` belongs to, the one used last first."""
    recent = WebSession.seen_at > now - STAFF_ABSOLUTE
    found = session.scalars(select(WebSession).where(whose(one), recent).order_by(WebSession.seen_at.desc()))
    return [each for each in found if session_lives(each, now)]


def eid_order(session: Session, order_id: str, owner: str) -> EidOrder | None:
    return session.scalar(select(EidOrder).where(EidOrder.id == order_id, EidOrder.owner == owner).with_for_update())


def draft(
    session: Session, draft_id: str, owner: str, now: datetime, *, person_id: int | None = None, lock: bool = False
) -> Draft | None:
    """This browser's draft, if it still lives; else that of whoever is logged in. One that became a booking lives as long, to
    show the way there."""
    found = session.scalar(LOCKED_DRAFT if lock else DRAFT, {"draft": draft_id, "owner": owner})
    if found is None and person_id is not None:
        found = session.scalar(LOCKED_DRAFT_OF_PERSON if lock else DRAFT_OF_PERSON, {"draft": draft_id, "person": person_id})
    return found if found is not None and draft_lives(found, now) else None


def booked_here(session: Session, owner: str, booking_id: int, now: datetime) -> bool:
    """This browser made the booking, and its draft lives still."""
    drafts = session.scalars(select(Draft).where(Draft.owner == owner, Draft.booking_id == booking_id))
    return any(draft_lives(draft, now) for draft in drafts)


def waits_for_its_person(session: Session, draft_id: str, now: datetime) -> bool:
    """A living draft of somebody who was logged in: the same e-ID opens it again."""
    found = session.get(Draft, draft_id)
    return found is not None and found.person_id is not None and draft_lives(found, now)


DRAFT = select(Draft).where(Draft.id == bindparam("draft"), Draft.owner == bindparam("owner"))
LOCKED_DRAFT = DRAFT.with_for_update().execution_options(populate_existing=True)
DRAFT_OF_PERSON = select(Draft).where(Draft.id == bindparam("draft"), Draft.person_id == bindparam("person"))
LOCKED_DRAFT_OF_PERSON = DRAFT_OF_PERSON.with_for_update().execution_options(populate_existing=True)


def open_drafts(session: Session, owner: str, clinic_id: int) -> Sequence[str]:
    """Ids of a browser's drafts at a clinic that are no bookings yet, locked: what they hold may then be let go."""
    query = select(Draft.id).where(Draft.owner == owner, Draft.clinic_id == clinic_id, Draft.booking_id.is_(None))
    return session.scalars(query.order_by(Draft.id).with_for_update()).all()


def may_change(session: Session, owner: str, booking_id: int, now: datetime) -> bool:
    found = session.get(BookingPass, (owner, booking_id))
    return found is not None and now < found.expires_at


def device_by_reference(session: Session, reference: str) -> Device | None:
    """The enrolled screen with this credential."""
    return session.scalar(select(Device).where(Device.reference == reference, Device.revoked_at.is_(None)))


def device_by_code(session: Session, code: str) -> Device | None:
    """Locked: a one-time code enrols one screen."""
    return session.scalar(select(Device).where(Device.code == code).with_for_update())


def devices(session: Session, clinic_id: int) -> Sequence[Device]:
    """A clinic's screens that have not been revoked, in the order in which they were added."""
    chosen = select(Device).where(Device.clinic_id == clinic_id, Device.revoked_at.is_(None))
    return session.scalars(chosen.order_by(Device.id)).all()


def device(session: Session, device_id: int, clinic_id: int, *, lock: bool = False) -> Device | None:
    """One screen of this very clinic that has not been revoked."""
    chosen = select(Device).where(Device.id == device_id, Device.clinic_id == clinic_id, Device.revoked_at.is_(None))
    return session.scalar(chosen.with_for_update().execution_options(populate_existing=True) if lock else chosen)
