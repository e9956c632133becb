"""The verbs of booking: hold a time, book it, change it, cancel it."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from journal_core.access import use_cases as drafts
from journal_core.access.model import Draft
from journal_core.actor import Actor, ActorKind
from journal_core.audit import use_cases as audit
from journal_core.audit.model import Action
from journal_core.booking import capacity, judgement, loading, queries, refusals, rules
from journal_core.booking.judgement import Wish
from journal_core.booking.loading import BOOKING, HOLD, Loaded
from journal_core.booking.model import Booking, Hold, Visit
from journal_core.booking.placement import Taken
from journal_core.booking.rules import HOLD_LENGTH, Coming, Time, time_of
from journal_core.catalogue.model import Book, ProviderReason, VisitType
from journal_core.clock import local
from journal_core.crypto import Vault, new_token
from journal_core.messages.model import MessageKind
from journal_core.messages.use_cases import Post, Recipient
from journal_core.organisation.model import AgeKind, Clinic, PolicyText
from journal_core.organisation.rules import AGE_PRESETS
from journal_core.persons import use_cases as persons
from journal_core.persons.model import Person
from journal_core.persons.rules import Identity
from journal_core.reading import quick_write
from journal_core.refusal import Refusal
from journal_core.writing import insert_of, insert_one


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
    setting: ProviderReason | None
    """What the provider asks for the type's reason, read in this transaction."""
    hidden_from_guardians: bool = False
    acting_for: Identity | None = None
    """The child for whom the booker acts; the door fills it in once it has judged the right to."""
    ages: Mapping[AgeKind, int] = field(default_factory=lambda: AGE_PRESETS)
    """Those in force at the provider today."""

    @property
    def wish(self) -> Wish:
        """What is judged of it."""
        until = self.ages[AgeKind.GUARDIAN_BOOKS]
        return Wish(self.clinic, self.kind, self.setting, self.coming, self.booker, self.acting_for, until)


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
    *,
    length: timedelta = HOLD_LENGTH,
) -> Hold:
    """Keeps a time for a draft, in the place of what it held before. Call with the draft locked.

    Raises Refusal: not_bookable, time_past, time_taken; then the earlier hold stays.
    """
    rules.check_offered(clinic, kind)
    seen = queries.taken_day(session, (HOLD, draft_id))
    days = {time.day} | ({seen} if seen else set())
    capacity.lock_days(session, clinic.id, days)
    capacity.forget_run_out(session, clinic.id, time.day, now)
    loaded = loading.load(session, clinic, days, now)
    loaded.drop((HOLD, draft_id))
    resource = capacity.check_free(loaded, kind, time, now)
    held = Hold(
        draft_id=draft_id,
        clinic_id=clinic.id,
        type_id=kind.id,
        book=kind.book,
        resource=resource,
        day=time.day,
        start_minute=time.minute,
        minutes=kind.minutes,
        created_at=now,
        held_until=now + length,
    )
    capacity.keep(session, held)
    loaded.add(held.day, held.book, Taken((HOLD, draft_id), kind.id, time.minute, kind.minutes, now, resource), held.held_until)
    capacity.settle(session, loaded)
    return held


def release(session: Session, clinic: Clinic, draft_ids: Sequence[str], now: datetime) -> None:
    """Lets go of what these drafts hold. Call with the drafts locked."""
    held = queries.holds(session, draft_ids)
    if not held:
        return
    days = {one.day for one in held}
    capacity.lock_days(session, clinic.id, days)
    loaded = loading.load(session, clinic, days, now)
    for one in held:
        loaded.drop((HOLD, one.draft_id))
    capacity.let_go(session, draft_ids)
    capacity.settle(session, loaded)


def extend(session: Session, clinic: Clinic, draft_id: str, now: datetime, *, length: timedelta = HOLD_LENGTH) -> datetime:
    """More time for a hold that has not run out; until when. Call with the draft locked. Raises Refusal: hold_ran_out."""
    own, loaded = _own_hold(session, clinic, draft_id, now)
    until = now + length
    session.execute(update(Hold).where(Hold.draft_id == draft_id).values(held_until=until))
    loaded.add(own.day, own.book, own.visit, until)
    capacity.write_down(session, loaded)
    return until


class OwnHold(NamedTuple):
    """What a draft holds, as its day under lock says."""

    day: date
    book: Book
    visit: Taken
    resource: int

    @property
    def time(self) -> Time:
        return Time(self.day, self.visit.start)


def _own_hold(session: Session, clinic: Clinic, draft_id: str, now: datetime) -> tuple[OwnHold, Loaded]:
    """The draft's living hold, and its day under lock. Raises Refusal: hold_ran_out."""
    day = queries.taken_day(session, (HOLD, draft_id))
    if day is None:
        raise Refusal(refusals.HOLD_RAN_OUT)
    capacity.lock_days(session, clinic.id, {day})
    loaded = loading.load(session, clinic, {day}, now)
    for book, sheet in loaded.sheets[day].items():
        visit = sheet.taken.get((HOLD, draft_id))
        if visit is not None and visit.resource is not None:
            return OwnHold(day, book, visit, visit.resource), loaded
    raise Refusal(refusals.HOLD_RAN_OUT)


def confirm(
    session: Session,
    actor: Actor,
    tools: Tools,
    draft: Draft,
    order: Order,
    now: datetime,
) -> int:
    """Makes the booking that a draft holds a time for, and gives its id. Call with the draft locked.

    A draft that already became a booking gives that one again: a form sent twice books once (P3).
    Raises Refusal: those of judgement.hindrances, hold_ran_out, already_booked (only to the person with e-ID).
    """
    if draft.booking_id is not None:
        return draft.booking_id
    wish, today = order.wish, local(now).date()
    judgement.check(wish, today)
    known = _known(session, order, now)
    comers = _comers(session, order, known, now)
    own, loaded = _own_hold(session, order.clinic, draft.id, now)
    if own.visit.type_id != order.kind.id:
        raise Refusal(refusals.HOLD_RAN_OUT)
    if own.time.instant <= now:
        raise Refusal(refusals.TIME_PAST)
    judgement.check(wish, today, own.day)
    others = _others(session, actor, order, comers, own.day, now)
    capacity.let_go(session, [draft.id])
    made = _write(session, tools.vault, order, comers, own, _booked_by(order, known, comers), another_live=bool(others))
    drafts.draft_booked(session, draft, made.id)
    # It stands where it stood: a hold that becomes a booking moves nobody, but will not run out.
    loaded.become(own.day, own.book, (HOLD, draft.id), (BOOKING, made.id))
    capacity.write_down(session, loaded)
    tools.post.write(session, MessageKind.BOOKED, order.recipient, made.facts, made.id, now)
    _tell_others(session, tools, others, now)
    audit.record(
        session,
        actor,
        Action.BOOKED,
        now,
        persons=[comer.id for comer in comers],
        clinic_id=order.clinic.id,
        booking_id=made.id,
    )
    return made.id


class Comer(NamedTuple):
    """What is asked of a person who comes."""

    id: int
    number: str | None


def _known(session: Session, order: Order, now: datetime) -> Mapping[str, Person]:
    """Who comes and has a number, and who books; locked where one's own second booking has to be refused."""
    identities = [person.identity for person in order.coming if person.identity]
    booker = [order.booker.number] if order.booker else []
    return persons.ensure(session, identities, now, lock=bool(booker), others=booker)


def _comers(session: Session, order: Order, known: Mapping[str, Person], now: datetime) -> list[Comer]:
    return [
        Comer(known[person.identity.number].id, person.identity.number)
        if person.identity
        else Comer(persons.add_without_number(session, person.born, person.sex, now), None)
        for person in order.coming
    ]


def _others(
    session: Session, actor: Actor, order: Order, comers: Sequence[Comer], day: date, now: datetime
) -> Sequence[Booking]:
    """Other live bookings of the same persons and category.

    With e-ID a second is refused, one's own or that of the child for whom one acts (domain §3); but who may not see the first
    of a child doesn't learn of it.
    """
    ids = [comer.id for comer in comers if comer.number is not None]
    others = queries.live_bookings_of(session, ids, order.kind.category, day, now)
    oneself, child = _comer(order.booker, comers), _comer(order.acting_for, comers)
    if oneself is not None:
        _refuse_second(others, oneself.id)
    if child is not None and actor.id is not None:
        today = local(now).date()
        _refuse_second([one for one in others if _sees_child_in(one, actor.id, child, order, today)], child.id)
    return others


def _sees_child_in(booking: Booking, guardian_id: int, child: Comer, order: Order, today: date) -> bool:
    return any(
        rules.may_see(booking, guardian_id, visit.person, order.ages, today)
        for visit in booking.visits
        if visit.person_id == child.id
    )


def _comer(identity: Identity | None, comers: Sequence[Comer]) -> Comer | None:
    """Who has this identity, if among those who come."""
    return next((comer for comer in comers if identity and comer.number == identity.number), None)


def _booked_by(order: Order, known: Mapping[str, Person], comers: Sequence[Comer]) -> Person | None:
    """Who is logged in and books for oneself, or for the child for whom one acts."""
    books = _comer(order.booker, comers) or _comer(order.acting_for, comers)
    return known.get(order.booker.number) if books and order.booker else None


def _refuse_second(others: Iterable[Booking], person_id: int) -> None:
    """Raises Refusal: already_booked, if one of `others` is this person's."""
    for other in others:
        if any(visit.person_id == person_id for visit in other.visits):
            raise Refusal(refusals.ALREADY_BOOKED, booking_id=other.id)


class Made(NamedTuple):
    """A booking that has just been written."""

    id: int
    facts: Mapping[str, object]
    """What messages may say of it."""


def _write(
    session: Session,
    vault: Vault,
    order: Order,
    comers: Sequence[Comer],
    own: OwnHold,
    booked_by: Person | None,
    *,
    another_live: bool,
) -> Made:
    lane_start, lane_end = rules.lane(order.clinic.id, own.book, own.resource, own.time, own.visit.minutes)
    link, arrival, code = new_token(), new_token(), _new_code(session)
    link_hash, arrival_hash = vault.hash("link", link), vault.hash("arrival", arrival)
    booking_id = insert_one(
        session,
        Booking,
        clinic_id=order.clinic.id,
        type_id=order.kind.id,
        book=own.book,
        resource=own.resource,
        day=own.day,
        start_minute=own.visit.start,
        minutes=own.visit.minutes,
        lane_start=lane_start,
        lane_end=lane_end,
        code=code,
        link_hash=link_hash,
        link=vault.seal(f"booking-link:{link_hash}", link),
        arrival_hash=arrival_hash,
        arrival_link=vault.seal(f"booking-arrival:{arrival_hash}", arrival),
        calendar_id=uuid4(),
        sequence=0,
        created_at=own.visit.created_at,
        booked_by_id=booked_by.id if booked_by else None,
        policy_text_id=order.policy.id if order.policy else None,
        another_live=another_live,
        cancelled_at=None,
        cancelled_by=None,
        cancelled_late=False,
        mobile=order.recipient.mobile,
        email=order.recipient.email,
        channel=order.recipient.channel,
        language=order.recipient.language,
    )
    visits = [
        {
            "booking_id": booking_id,
            "person_id": comer.id,
            "position": position,
            "given_name": typed.given_name,
            "family_name": typed.family_name,
            "hidden_from_guardians": order.hidden_from_guardians,
        }
        for position, (comer, typed) in enumerate(zip(comers, order.coming, strict=True), start=1)
    ]
    quick_write(session, insert_of(session.get_bind().dialect.name, Visit), visits)
    clinic = None if rules.hides_place_from(booked_by) else order.clinic
    return Made(booking_id, _facts(clinic, own.time, code, link))


def _new_code(session: Session) -> str:
    """Nine random digits that no booking has."""
    while True:
        code = f"{secrets.randbelow(10**9):09}"
        if not queries.code_is_used(session, code):
            return code


def _tell_others(session: Session, tools: Tools, others: Iterable[Booking], now: datetime) -> None:
    """Whoever booked the first is told that there is another."""
    for other in others:
        contact, facts = recipient_of(other), facts_of(tools.vault, other)
        tools.post.write(session, MessageKind.ANOTHER_BOOKING, contact, facts, other.id, now)


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
    clinic = None if rules.hides_place(booking) else booking.clinic
    return _facts(clinic, time_of(booking), booking.code, link_of(vault, booking))


def _facts(clinic: Clinic | None, time: Time, code: str, link: str) -> Mapping[str, object]:
    return {"clinic": clinic, "time": time, "code": code, "link": link}


def locked(session: Session, booking_id: int, other_days: Iterable[date] = ()) -> Booking:
    """A booking as it is now, with its day and `other_days` locked before it, as everybody locks.

    Raises Refusal: code_unknown (there is none), booking_changed (it moved to another day this very moment).
    """
    found = queries.day_of(session, booking_id)
    if found is None:
        raise Refusal(refusals.CODE_UNKNOWN)
    clinic_id, day = found
    capacity.lock_days(session, clinic_id, {day, *other_days})
    booking = queries.booking(session, booking_id, lock=True)
    assert booking is not None
    if booking.day != day:
        raise Refusal(refusals.BOOKING_CHANGED)
    return booking


def lock_all_of(session: Session, person_ids: Collection[int]) -> None:
    """Every booking of these persons, with their days locked before them, as everybody locks. Call with the persons locked."""
    places = queries.places_of(session, person_ids)
    for clinic_id in sorted({clinic_id for _booking, clinic_id, _day in places}):
        capacity.lock_days(session, clinic_id, {day for _booking, where, day in places if where == clinic_id})
    numbers = [booking_id for booking_id, _clinic, _day in places]
    in_order = select(Booking.id).where(Booking.id.in_(numbers)).order_by(Booking.day, Booking.start_minute, Booking.id)
    session.execute(in_order.with_for_update())


def cancel(session: Session, actor: Actor, tools: Tools, booking_id: int, now: datetime) -> Booking:
    """Cancels a booking; whether it was late is recorded.

    Raises Refusal: those of `locked`, already_cancelled, already_past, no_online_cancellation (residents only).
    """
    booking = locked(session, booking_id)
    time = time_of(booking)
    rules.check_cancellable(booking, now, online=actor.kind is not ActorKind.STAFF)
    loaded = loading.load(session, booking.clinic, {booking.day}, now)
    loaded.drop((BOOKING, booking.id))
    booking.cancelled_at, booking.cancelled_by = now, actor.kind
    booking.cancelled_late = rules.is_late_cancellation(booking.clinic, time, now)
    booking.resource = booking.lane_start = booking.lane_end = None
    booking.sequence += 1
    session.flush()
    capacity.settle(session, loaded)
    _tell_booker(session, tools, MessageKind.CANCELLED, booking, now)
    _log(session, actor, Action.CANCELLED, booking, now)
    return booking


def rebook(session: Session, actor: Actor, tools: Tools, booking_id: int, time: Time, now: datetime) -> Booking:
    """Moves a booking to another time of the same type. Until the new one is certain the old one stays: one transaction.

    Raises Refusal: those of `locked` and of rules.check_rebookable and check_ages, time_past, time_taken, same_time,
    already_booked (only to the person with e-ID).
    """
    booking = locked(session, booking_id, {time.day})
    rules.check_rebookable(booking, now, online=actor.kind is not ActorKind.STAFF)
    if time_of(booking) == time:
        raise Refusal(refusals.SAME_TIME)
    coming = [Coming(visit.person.birth_date, visit.given_name, visit.family_name) for visit in booking.visits]
    rules.check_ages(booking.type.category, coming, time.day)
    others = _met_on(session, actor, booking, time.day, now)
    loaded = loading.load(session, booking.clinic, {booking.day, time.day}, now)
    loaded.drop((BOOKING, booking.id))
    resource = capacity.check_free(loaded, booking.type, time, now)
    booking.day, booking.start_minute, booking.minutes = time.day, time.minute, booking.type.minutes
    booking.resource = resource
    booking.lane_start, booking.lane_end = rules.lane(booking.clinic_id, booking.book, resource, time, booking.minutes)
    booking.another_live = booking.another_live or bool(others)
    booking.sequence += 1
    session.flush()
    moved = Taken((BOOKING, booking.id), booking.type_id, time.minute, booking.minutes, booking.created_at, resource)
    loaded.add(time.day, booking.book, moved)
    capacity.settle(session, loaded)
    _tell_booker(session, tools, MessageKind.CHANGED, booking, now)
    _tell_others(session, tools, others, now)
    _log(session, actor, Action.REBOOKED, booking, now)
    return booking


def _met_on(session: Session, actor: Actor, booking: Booking, day: date, now: datetime) -> Sequence[Booking]:
    """Bookings of the same series that its persons have on the day to which it moves. With e-ID one's own is refused.

    The day's lock keeps a second from coming there meanwhile.
    """
    if not booking.type.category.series or day == booking.day:
        return ()
    persons_in_it = [visit.person_id for visit in booking.visits]
    others = queries.live_bookings_of(session, persons_in_it, booking.type.category, day, now)
    if actor.kind is ActorKind.RESIDENT and actor.id is not None and actor.id in persons_in_it:
        _refuse_second(others, actor.id)
    return others


def _tell_booker(session: Session, tools: Tools, kind: MessageKind, booking: Booking, now: datetime) -> None:
    tools.post.write(session, kind, recipient_of(booking), facts_of(tools.vault, booking), booking.id, now)


def _log(session: Session, actor: Actor, action: Action, booking: Booking, now: datetime) -> None:
    persons_in_it = [visit.person_id for visit in booking.visits]
    audit.record(session, actor, action, now, persons=persons_in_it, clinic_id=booking.clinic_id, booking_id=booking.id)
