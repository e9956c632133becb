"""Which days and stretches of time can be opened (domain §2). Minutes from midnight, stretches half-open."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import holidays

from journal_core.catalogue.model import Book
from journal_core.organisation.model import Clinic
from journal_core.refusal import Refusal
from journal_core.schedule import refusals
from journal_core.schedule.model import LAST_RESOURCE, ClinicBook

LONGEST_SPAN = timedelta(days=366 * 2)
"""Time is opened at most so far from its first day to its last at once."""
WORKING = frozenset(range(5))
NAMES = {Book.A: "Sköterska", Book.B: "Läkare"}
RESOURCES = 4
"""Of a book that nobody has set up."""


class Pattern(StrEnum):
    EVERY_DAY = "every_day"
    WORKING_DAYS = "working_days"
    """Monday to Friday, but for holidays."""
    WEEKDAYS = "weekdays"
    """Those that were chosen, but for holidays."""


class Stretch(NamedTuple):
    """From `start` up to, not including, `end`, on one resource of a book, on one day."""

    day: date
    book: Book
    resource: int
    start: int
    end: int

    def overlaps(self, other: Stretch) -> bool:
        return self[:3] == other[:3] and self.start < other.end and other.start < self.end


@dataclass(frozen=True)
class Days:
    """What a pattern comes to."""

    open: Sequence[date]
    skipped: Sequence[date]
    """Holidays that the pattern would else have."""


def days_of(first: date, last: date, pattern: Pattern, weekdays: Collection[int] = (), *, on_holidays: bool = False) -> Days:
    """The days from `first` to `last`, both included. Holidays are skipped, but for every day and where they are wanted.

    Raises Refusal: too_many_days.
    """
    if last - first > LONGEST_SPAN:
        raise Refusal(refusals.TOO_MANY_DAYS, days=LONGEST_SPAN.days)
    wanted = {Pattern.EVERY_DAY: range(7), Pattern.WORKING_DAYS: WORKING, Pattern.WEEKDAYS: weekdays}[pattern]
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    chosen = [day for day in span if day.weekday() in wanted]
    if pattern is Pattern.EVERY_DAY or (pattern is Pattern.WEEKDAYS and on_holidays):
        return Days(chosen, [])
    return Days([day for day in chosen if not is_holiday(day)], [day for day in chosen if is_holiday(day)])


def is_holiday(day: date) -> bool:
    """Public holidays, and midsommar-, jul- and nyårsafton."""
    return day in _holidays(day.year)


@lru_cache(maxsize=8)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("SE", years=year, categories=("public", "de_facto")))


def check_span(clinic: Clinic, start: int, end: int) -> None:
    """Raises Refusal: not_whole_fives, ends_before_start, outside_frame."""
    if start % 5 or end % 5:
        raise Refusal(refusals.NOT_WHOLE_FIVES)
    if end <= start:
        raise Refusal(refusals.ENDS_BEFORE_START)
    if start < clinic.frame_start_minute or end > clinic.frame_end_minute:
        raise Refusal(refusals.OUTSIDE_FRAME, first=clinic.frame_start_minute, last=clinic.frame_end_minute)


def resources_on(books: Mapping[Book, ClinicBook], book: Book, day: date) -> int:
    """How many resources a book has on a day; RESOURCES where nobody has said."""
    found = books.get(book)
    if found is None:
        return RESOURCES
    by_weekday = (found.monday, found.tuesday, found.wednesday, found.thursday, found.friday, found.saturday, found.sunday)
    return by_weekday[day.weekday()]


def book_name(books: Mapping[Book, ClinicBook], book: Book) -> str:
    return books[book].name if book in books else NAMES[book]


def stretches(
    books: Mapping[Book, ClinicBook], book: Book, resources: Iterable[int], days: Iterable[date], span: tuple[int, int]
) -> tuple[list[Stretch], list[tuple[date, int]]]:
    """One a day and resource; and the days on which the book doesn't have a wanted resource, with its number."""
    chosen = sorted(set(resources))
    found, lacking = [], []
    for day in days:
        there = min(resources_on(books, book, day), LAST_RESOURCE)
        for resource in chosen:
            if resource > there:
                lacking.append((day, resource))
            else:
                found.append(Stretch(day, book, resource, *span))
    return found, lacking


def overlapping(new: Iterable[Stretch], standing: Iterable[Stretch]) -> list[Stretch]:
    """The standing stretches on which new ones would lie."""
    places: dict[tuple[date, Book, int], list[Stretch]] = {}
    for one in new:
        places.setdefault(one[:3], []).append(one)
    return [one for one in standing if any(one.overlaps(other) for other in places.get(one[:3], ()))]


def first_overlap(stretches: Iterable[Stretch]) -> Stretch | None:
    """A stretch that lies on another of the same ones, if any does."""
    ordered = sorted(stretches)
    return next((after for before, after in pairwise(ordered) if before.overlaps(after)), None)
