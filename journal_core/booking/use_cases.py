"""The verbs of booking: hold a time, book it, cancel it, open times."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from journal_core.access.model import Draft
from journal_core.actor import Actor, ActorKind
from journal_core.audit import use_cases as audit
from journal_core.audit.model import Action
from journal_core.booking import capacity, queries, refusals, rules
from journal_core.booking.model import Booking, Hold, Visit
from journal_core.booking.rules import Coming, Time, time_of
from journal_core.catalogue import queries as catalogue
from journal_core.catalogue.model import Book, ProviderReason, VisitType
from journal_core.crypto import Vault, new_token
from journal_core.messages.model import MessageKind
from journal_core.messages.use_cases import Post, Recipient
from journal_core.organisation.model import Clinic, PolicyText
from journal_core.persons import use_cases as persons
from journal_core.persons.model import Person
from journal_core.persons.rules import Identity
from journal_core.refusal import Refusal
from journal_core.schedule.model import OpenedTime, Opening


@dataclass(frozen=True)
class Order:
    """What a resident asks for at confirm."""

    clinic: Clinic
    kind: VisitType
    coming: Sequence[Coming]
    recipient: Recipient
    policy: PolicyText | None
    booker: Identity | None
    """Who is logged in with e-ID, if anybody."""


@dataclass(frozen=True)
class Tools:
    """What booking needs from outside: the vault for tokens, the post for messages."""

    vault: Vault
    post: Post


def hold(
    session: Session,
    clinic: Clinic,
    kind: VisitType,
    time: Time,
    draft_id: str,
    now: datetime,
) -> Hold:
    """Keeps a time for a draft, in the place of what it held before.

    Raises Refusal: not_bookable, time_past, time_taken; then the earlier hold stays.
    """
    rules.check_offered(clinic, kind)
    earlier = queries.held_day(session, draft_id)
    capacity.lock_days(session, clinic.id, {time.day} | ({earlier} if earlier else set()))
    resource = capacity.place(session, clinic, kind, time, now, draft_id)
    held = queries.hold(session, draft_id) or Hold(draft_id=draft_id)
    held.clinic_id, held.type_id, held.book, held.resource = (
        clinic.id,
        kind.id,
        kind.book,
        resource,
    )
    held.day, held.start_minute, held.minutes = time.day, time.minute, kind.minutes
    held.held_until = now + rules.HOLD_LENGTH
    session.add(held)
    return held


def release(session: Session, draft_ids: Sequence[str]) -> None:
    """Lets go of what these drafts hold. Call with the drafts locked; the day needs no lock, for nobody is given a time."""
    session.execute(delete(Hold).where(Hold.draft_id.in_(draft_ids)))


def extend(session: Session, clinic_id: int, draft_id: str, now: datetime) -> Hold:
    """More time for a hold that has not run out. Raises Refusal: hold_ran_out."""
    held = _own_hold(session, clinic_id, draft_id, now)
    held.held_until = now + rules.HOLD_LENGTH
    return held


def _own_hold(session: Session, clinic_id: int, draft_id: str, now: datetime) -> Hold:
    """The draft's living hold, read under its day's lock. Raises Refusal: hold_ran_out."""
    day = queries.held_day(session, draft_id)
    if day is None:
        raise Refusal(refusals.HOLD_RAN_OUT)
    capacity.lock_days(session, clinic_id, {day})
    held = queries.hold(session, draft_id)
    if held is None or held.held_until <= now or held.clinic_id != clinic_id:
        raise Refusal(refusals.HOLD_RAN_OUT)
    return held


def confirm(
    session: Session,
    actor: Actor,
    tools: Tools,
    draft: Draft,
    order: Order,
    now: datetime,
) -> Booking:
    """Makes the booking that a draft holds a time for. Call with the draft locked.

    A draft that already became a booking gives that one again: a form sent twice books once (P3).
    Raises Refusal: those of booking.rules' checks, hold_ran_out, already_booked (only to the person with e-ID).
    """
    if draft.booking_id is not None:
        return _existing(session, draft.booking_id)
    setting = _setting(session, order)
    _check(order, setting)
    comers = _persons(session, order, now)
    held = _own_hold(session, order.clinic.id, draft.id, now)
    if held.type_id != order.kind.id:
        raise Refusal(refusals.HOLD_RAN_OUT)
    if time_of(held).instant <= now:
        raise Refusal(refusals.TIME_PAST)
    rules.check_ages(order.kind.category, order.coming, held.day)
    others = _others(session, order, comers, held.day, now)
    booking = _write(session, tools.vault, order, comers, held, now, another_live=bool(others))
    draft.booking_id = booking.id
    _tell(session, tools, order, booking, others, now)
    audit.record(
        session,
        actor,
        Action.BOOKED,
        now,
        persons=[person.id for person in comers],
        clinic_id=order.clinic.id,
        booking_id=booking.id,
    )
    return booking


def _existing(session: Session, booking_id: int) -> Booking:
    found = queries.booking(session, booking_id)
    if found is None:
        raise Refusal(refusals.DRAFT_GONE)
    return found


def _setting(session: Session, order: Order) -> ProviderReason | None:
    settings = catalogue.provider_reasons(session, order.clinic.unit.provider_id)
    return settings.get(order.kind.category.reason_id)


def _check(order: Order, setting: ProviderReason | None) -> None:
    rules.check_offered(order.clinic, order.kind)
    rules.check_identified(order.clinic, setting, order.booker)
    rules.check_only_oneself(order.clinic, setting, order.booker, order.coming)
    rules.check_different(order.coming)


def _persons(session: Session, order: Order, now: datetime) -> list[Person]:
    """The persons who come; locked where one's own second booking has to be refused."""
    identities = [person.identity for person in order.coming if person.identity]
    known = persons.ensure(session, identities, now, lock=order.booker is not None)
    return [
        known[person.identity.number] if person.identity else persons.add_without_number(session, person.born, person.sex, now)
        for person in order.coming
    ]


def _others(session: Session, order: Order, comers: Sequence[Person], day: date, now: datetime) -> Sequence[Booking]:
    """Other live bookings of the same persons and category. With e-ID one's own second is refused (domain §3)."""
    ids = [person.id for person in comers]
    others = queries.live_bookings_of(session, ids, order.kind.category, day, now)
    if order.booker is None:
        return others
    own = [other for other in others if any(visit.person.identity == order.booker.number for visit in other.visits)]
    if own and any(person.identity == order.booker for person in order.coming):
        raise Refusal(refusals.ALREADY_BOOKED, booking_id=own[0].id)
    return others


def _write(
    session: Session,
    vault: Vault,
    order: Order,
    comers: Sequence[Person],
    held: Hold,
    now: datetime,
    *,
    another_live: bool,
) -> Booking:
    time = Time(held.day, held.start_minute)
    lane_start, lane_end = rules.lane(order.clinic.id, held.book, held.resource, time, held.minutes)
    link, arrival = new_token(), new_token()
    link_hash, arrival_hash = vault.hash("link", link), vault.hash("arrival", arrival)
    booker = next(
        (person for person in comers if order.booker and person.identity == order.booker.number),
        None,
    )
    booking = Booking(
        clinic=order.clinic,
        type=order.kind,
        book=held.book,
        resource=held.resource,
        day=held.day,
        start_minute=held.start_minute,
        minutes=held.minutes,
        lane_start=lane_start,
        lane_end=lane_end,
        code=_new_code(session),
        link_hash=link_hash,
        link=vault.seal(f"booking-link:{link_hash}", link),
        arrival_hash=arrival_hash,
        arrival_link=vault.seal(f"booking-arrival:{arrival_hash}", arrival),
        created_at=now,
        booked_by_id=booker.id if booker else None,
        policy_text_id=order.policy.id if order.policy else None,
        another_live=another_live,
        mobile=order.recipient.mobile,
        email=order.recipient.email,
        channel=order.recipient.channel,
        language=order.recipient.language,
        visits=[
            Visit(
                person=person,
                position=n,
                given_name=typed.given_name,
                family_name=typed.family_name,
            )
            for n, (person, typed) in enumerate(zip(comers, order.coming, strict=True), start=1)
        ],
    )
    session.delete(held)
    session.add(booking)
    session.flush()
    return booking


def _new_code(session: Session) -> str:
    """Nine random digits that no booking has."""
    while True:
        code = f"{secrets.randbelow(10**9):09}"
        if not queries.code_is_used(session, code):
            return code


def _tell(
    session: Session,
    tools: Tools,
    order: Order,
    booking: Booking,
    others: Iterable[Booking],
    now: datetime,
) -> None:
    facts = facts_of(tools.vault, booking)
    tools.post.write(session, MessageKind.BOOKED, order.recipient, facts, booking.id, now)
    for other in others:
        contact = recipient_of(other)
        facts_of_other = facts_of(tools.vault, other)
        tools.post.write(session, MessageKind.ANOTHER_BOOKING, contact, facts_of_other, other.id, now)


def recipient_of(booking: Booking) -> Recipient:
    return Recipient(booking.channel, booking.mobile, booking.email, booking.language)


def link_of(vault: Vault, booking: Booking) -> str:
    """The token of /b/…"""
    return vault.open(f"booking-link:{booking.link_hash}", booking.link)


def arrival_link_of(vault: Vault, booking: Booking) -> str:
    """The token of /a/…"""
    return vault.open(f"booking-arrival:{booking.arrival_hash}", booking.arrival_link)


def facts_of(vault: Vault, booking: Booking) -> Mapping[str, object]:
    """What messages may say: never a name, a number or anything of health; of a protected person not even the place."""
    return {
        "clinic": None if rules.hides_place(booking) else booking.clinic,
        "time": Time(booking.day, booking.start_minute),
        "code": booking.code,
        "link": link_of(vault, booking),
    }


def cancel(session: Session, actor: Actor, tools: Tools, booking_id: int, now: datetime) -> Booking:
    """Cancels a booking; whether it was late is recorded.

    Raises Refusal: already_cancelled, already_past, no_online_cancellation (residents only).
    """
    booking = queries.booking(session, booking_id, lock=True)
    if booking is None:
        raise Refusal(refusals.CODE_UNKNOWN)
    time = Time(booking.day, booking.start_minute)
    rules.check_cancellable(booking, now, online=actor.kind is not ActorKind.STAFF)
    capacity.lock_days(session, booking.clinic_id, {booking.day})
    booking.cancelled_at, booking.cancelled_by = now, actor.kind
    booking.cancelled_late = rules.is_late_cancellation(booking.clinic, time, now)
    booking.resource = booking.lane_start = booking.lane_end = None
    booking.sequence += 1
    facts = facts_of(tools.vault, booking)
    tools.post.write(session, MessageKind.CANCELLED, recipient_of(booking), facts, booking.id, now)
    audit.record(
        session,
        actor,
        Action.CANCELLED,
        now,
        persons=[visit.person_id for visit in booking.visits],
        clinic_id=booking.clinic_id,
        booking_id=booking.id,
    )
    return booking


def open_time(
    session: Session,
    opening: Opening,
    book: Book,
    resources: Iterable[int],
    days: Iterable[date],
    span: tuple[int, int],
) -> None:
    """Opens the same stretch (minutes from midnight) on each resource and day, in one statement."""
    rows = [
        {
            "opening_id": opening.id,
            "clinic_id": opening.clinic_id,
            "book": book,
            "resource": resource,
            "day": day,
            "start_minute": span[0],
            "end_minute": span[1],
        }
        for day in days
        for resource in resources
    ]
    if rows:
        session.execute(insert(OpenedTime), rows)
