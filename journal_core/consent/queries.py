"""Reading consent: requests with their events. What isn't asked of anybody (rules.is_asked) is simply not there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from journal_core.booking.model import Booking, Visit
from journal_core.catalogue.model import VisitCategory, VisitType
from journal_core.clock import local
from journal_core.consent.model import Answer, ConsentEvent, ConsentRequest, ConsentText
from journal_core.consent.rules import is_answerable, is_asked
from journal_core.organisation.queries import WHOLE_CLINIC
from journal_core.persons.model import Person
from journal_core.reading import one_of

WITH_ANSWERS = (joinedload(ConsentRequest.guardian), selectinload(ConsentRequest.events))
WITH_EVENTS = (
    joinedload(ConsentRequest.guardian),
    selectinload(ConsentRequest.events).selectinload(ConsentEvent.text),
)
ANSWERED = ConsentRequest.events.any(ConsentEvent.answer != Answer.ASKED)


def request_by_link(session: Session, link_hash: str) -> ConsentRequest | None:
    """Whoever has the link has to be its guardian as well: the doors compare with who is logged in."""
    return _one(session, _whole().where(ConsentRequest.link_hash == link_hash))


def request(session: Session, request_id: int, guardian_id: int) -> ConsentRequest | None:
    """A request to this very guardian."""
    return _one(session, _whole().where(ConsentRequest.id == request_id, ConsentRequest.guardian_id == guardian_id))


def of_visits(session: Session, visit_ids: Collection[int], *, texts: bool = True) -> dict[int, Sequence[ConsentRequest]]:
    """All requests about each visit, for its staff and for judging; who booked first. Visits without any are left out.

    Three statements, however many visits; two without the texts that were read. One without events is to somebody who can't
    be asked here.
    """
    if not visit_ids:
        return {}
    wanted = select(ConsentRequest).where(one_of(ConsentRequest.visit_id, visit_ids)).order_by(ConsentRequest.id)
    found: dict[int, list[ConsentRequest]] = {}
    for row in session.scalars(wanted.options(*(WITH_EVENTS if texts else WITH_ANSWERS))):
        found.setdefault(row.visit_id, []).append(row)
    return {**found}


def guardians_asked(session: Session, visit_id: int) -> Sequence[Person]:
    """Of the child in a visit, those whom staff see there."""
    asked = select(ConsentRequest.guardian_id).where(ConsentRequest.visit_id == visit_id, ConsentRequest.events.any())
    return session.scalars(select(Person).where(Person.id.in_(asked)).order_by(Person.id)).all()


def open_for(session: Session, guardian_id: int, now: datetime) -> Sequence[ConsentRequest]:
    """What a guardian has been asked and not answered and still can, by the time of the visit."""
    to_come = Booking.day >= local(now).date()
    own = _whole().where(ConsentRequest.guardian_id == guardian_id, ~ANSWERED, to_come)
    found = session.scalars(own.order_by(Booking.day, Booking.start_minute, ConsentRequest.id))
    return [row for row in found if is_answerable(row, now)]


def given_by(session: Session, guardian_id: int) -> Sequence[ConsentRequest]:
    """Whatever a guardian has answered, yes or no, the latest visit first."""
    own = _whole().where(ConsentRequest.guardian_id == guardian_id, ANSWERED)
    found = session.scalars(own.order_by(Booking.day.desc(), Booking.start_minute.desc(), ConsentRequest.id))
    return [row for row in found if is_asked(row)]


def booking_of(session: Session, request_id: int) -> int | None:
    """The id of the booking that a request is about."""
    return session.scalar(select(Visit.booking_id).join(ConsentRequest).where(ConsentRequest.id == request_id))


def as_it_is(session: Session, request_id: int) -> ConsentRequest:
    """A request with everything, whatever this session has read before: for whoever has just locked its booking."""
    wanted = _whole().where(ConsentRequest.id == request_id)
    return session.scalars(wanted.execution_options(populate_existing=True)).one()


def text_id(session: Session, digest: str) -> int | None:
    return session.scalar(select(ConsentText.id).where(ConsentText.digest == digest))


def _one(session: Session, wanted: Select[ConsentRequest]) -> ConsentRequest | None:
    found = session.scalar(wanted)
    return found if found is not None and is_asked(found) else None


def _whole() -> Select[ConsentRequest]:
    """With all that a page about it needs. The same number of statements however many."""
    booking = contains_eager(ConsentRequest.visit).contains_eager(Visit.booking)
    return (
        select(ConsentRequest)
        .join(ConsentRequest.visit)
        .join(Visit.booking)
        .options(
            *WITH_EVENTS,
            contains_eager(ConsentRequest.visit).joinedload(Visit.person),
            booking.joinedload(Booking.clinic).options(*WHOLE_CLINIC),
            booking.joinedload(Booking.type).joinedload(VisitType.category).joinedload(VisitCategory.reason),
        )
    )
