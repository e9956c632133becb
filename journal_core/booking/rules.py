"""Judges of bookings. Loaded facts in, verdict out; a "no" is a Refusal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from journal_core.booking import refusals
from journal_core.booking.model import Booking, Hold, Visit
from journal_core.catalogue import rules as catalogue
from journal_core.catalogue.model import Book, VisitCategory, VisitType
from journal_core.clock import ADULT, MINUTES_A_DAY, age_on, day_of_age, instant_of, local
from journal_core.organisation import rules as organisation
from journal_core.organisation.model import AgeKind, Clinic
from journal_core.persons.model import Person, Sex
from journal_core.persons.rules import Identity
from journal_core.refusal import Refusal
from journal_core.schedule.model import LAST_RESOURCE

HOLD_LENGTH = timedelta(minutes=10)
BOOK_AHEAD = timedelta(days=366)
EPOCH = date(2000, 1, 1)
LANE = 1 << 26
"""Minutes on one resource's line: 127 years, so that lines never touch."""
BOOKS = {Book.A: 0, Book.B: 1}
RESOURCES = LAST_RESOURCE + 1


@dataclass(frozen=True)
class Time:
    """A start: a Swedish calendar day and minutes from its midnight."""

    day: date
    minute: int

    @property
    def instant(self) -> datetime:
        return instant_of(self.day, self.minute)


@dataclass(frozen=True)
class Coming:
    """One person who comes, as typed or as the e-ID told."""

    born: date
    given_name: str
    family_name: str
    identity: Identity | None = None
    sex: Sex = Sex.UNKNOWN


def lane(clinic_id: int, book: Book, resource: int, time: Time, minutes: int) -> tuple[int, int]:
    """Half-open span of a visit on one line of integers: the resources of all clinics one after the other.

    Two live bookings overlap on a resource exactly when their spans do, which is what the database's wall refuses.
    """
    line = (clinic_id * len(BOOKS) + BOOKS[book]) * RESOURCES + resource
    start = line * LANE + (time.day - EPOCH).days * MINUTES_A_DAY + time.minute
    return start, start + minutes


def last_day(now: datetime) -> date:
    """The last day that residents may book."""
    return local(now).date() + BOOK_AHEAD


def check_offered(clinic: Clinic, kind: VisitType) -> None:
    """That residents may book this type here now."""
    if not organisation.can_be_booked_online(clinic) or kind.retired_at or not catalogue.offered_online(kind.category):
        raise Refusal(refusals.NOT_BOOKABLE)


def age_hindrances(category: VisitCategory, coming: Sequence[Coming], visit_day: date) -> Iterator[Refusal]:
    """Whose age on the day of the visit is not within the category's; each says whom it is about, and when it would be."""
    for position, person in enumerate(coming, start=1):
        age = age_on(person.born, visit_day)
        if category.min_age is not None and age < category.min_age:
            first = day_of_age(person.born, category.min_age)
            yield Refusal(refusals.TOO_YOUNG, person=position, min_age=category.min_age, first_day=first)
        if category.max_age is not None and age > category.max_age:
            yield Refusal(refusals.TOO_OLD, person=position, max_age=category.max_age)


def check_ages(category: VisitCategory, coming: Sequence[Coming], visit_day: date) -> None:
    """That everybody's age on the day of the visit is within the category's."""
    for refusal in age_hindrances(category, coming, visit_day):
        raise refusal


def check_cancellable(booking: Booking, now: datetime, *, online: bool) -> None:
    """That a booking can be cancelled; `online` when residents do it themselves."""
    if booking.cancelled_at is not None:
        raise Refusal(refusals.ALREADY_CANCELLED)
    if time_of(booking).instant <= now:
        raise Refusal(refusals.ALREADY_PAST)
    if online and not organisation.allows_online_cancellation(booking.clinic):
        raise Refusal(refusals.NO_ONLINE_CANCELLATION)


def check_rebookable(booking: Booking, now: datetime, *, online: bool) -> None:
    """That a booking can be moved; `online` when residents do it themselves. The type has to be offered still."""
    if booking.cancelled_at is not None:
        raise Refusal(refusals.ALREADY_CANCELLED)
    if time_of(booking).instant <= now:
        raise Refusal(refusals.ALREADY_PAST)
    if online and not organisation.allows_online_rebooking(booking.clinic):
        raise Refusal(refusals.NO_ONLINE_REBOOKING)
    if online:
        check_offered(booking.clinic, booking.type)


def time_of(booking: Booking | Hold) -> Time:
    return Time(booking.day, booking.start_minute)


def end_of(booking: Booking) -> datetime:
    return time_of(booking).instant + timedelta(minutes=booking.minutes)


def may_see(booking: Booking, seer_id: int, person: Person, ages: Mapping[AgeKind, int] | None, day: date) -> bool:
    """That somebody logged in sees a person's booking on my pages (domain §5): one's own, or that of a child one acts for.

    What one has booked oneself one always sees. What others have booked is the person's record: it goes by the ages in force at
    its provider on `day` (None: the person is an adult), and where minors' records are sealed no minor's is shown.
    """
    visit = next((visit for visit in booking.visits if visit.person_id == person.id), None)
    if visit is None:
        return False
    age = age_on(person.birth_date, day)
    if booking.booked_by_id == seer_id or (seer_id == person.id and age >= ADULT):
        return True
    if ages is None or organisation.seals_minors(booking.clinic):
        return False
    if seer_id == person.id:
        return age >= ages[AgeKind.OWN_RECORD]
    return age < ages[AgeKind.GUARDIAN_READS] and not visit.hidden_from_guardians


def hides_place(booking: Booking) -> bool:
    """That its messages and calendar files name no place: a protected person booked it with the own e-ID.

    Who only typed somebody's number chose the place and knows it; hiding it would tell that the person is protected.
    """
    return hides_place_from(booking.booked_by)


def hides_place_from(booked_by: Person | None) -> bool:
    return booked_by is not None and booked_by.protected


def hides_contact(booking: Booking, visits: Iterable[Visit]) -> bool:
    """That nobody is shown how its booker is reached: they are protected, or somebody in it is. `visits`: all of it."""
    return hides_place(booking) or any(visit.person.protected for visit in visits)


def is_late_cancellation(clinic: Clinic, time: Time, now: datetime) -> bool:
    return now > last_free_cancellation(clinic, time)


def last_free_cancellation(clinic: Clinic, time: Time) -> datetime:
    return time.instant - timedelta(hours=clinic.late_cancellation_hours)


def nearest(free: Iterable[Time], wanted: Time, count: int) -> list[Time]:
    """The `count` times nearest to the wanted one, in order of time; the same time comes first of all."""
    closest = sorted(
        free,
        key=lambda time: (
            abs((time.instant - wanted.instant).total_seconds()),
            time.instant,
        ),
    )[:count]
    return sorted(closest, key=lambda time: (time != wanted, time.instant))
