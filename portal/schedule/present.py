"""What the schedule's pages show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from journal_core.booking.changes import Effect
from journal_core.booking.model import Booking
from journal_core.catalogue.model import Book, VisitType
from journal_core.schedule.model import BlockedTime
from journal_core.schedule.queries import Standing
from portal.schedule.forms import Wish
from portal.schedule.room import Room
from portal.web.i18n import short_day, weekday

NAMED_TYPES = 2
"""So many types are named on a card; more are counted."""


@dataclass(frozen=True)
class Card:
    """An opened or blocked time in a cell of the schedule."""

    start: int
    end: int
    name: str
    colour: str | None = None
    internal: bool = False
    blocked: bool = False
    types: str = ""
    booked: int = 0
    booked_minutes: int = 0
    id: int = 0

    @property
    def minutes(self) -> int:
        return self.end - self.start


@dataclass(frozen=True)
class Line:
    """One resource over the days."""

    name: str
    book: Book
    resource: int
    cells: Sequence[Sequence[Card]]


@dataclass(frozen=True)
class Schedule:
    days: Sequence[date]
    lines: Sequence[Line]

    @property
    def colours(self) -> list[str]:
        return sorted({card.colour for line in self.lines for cell in line.cells for card in cell if card.colour})


def type_name(kind: VisitType) -> str:
    """A type as the clinic knows it, with its category where its own name doesn't tell that already."""
    own, category = (set(re.findall(r"\w{3,}", name.casefold())) for name in (kind.name, kind.category.name))
    return kind.name if own & category else f"{kind.category.name}, {kind.name}"


def types_said(types: Sequence[VisitType]) -> str:
    """Their categories, each once; of many the number."""
    names = list(dict.fromkeys(kind.category.name for kind in types))
    if len(names) > NAMED_TYPES:
        return ngettext("%(num)d kategori", "%(num)d kategorier", len(names))
    return ", ".join(names)


def schedule(
    room: Room,
    days: Sequence[date],
    opened: Iterable[Standing],
    blocked: Iterable[BlockedTime],
    bookings: Iterable[Booking],
    book: Book | None = None,
) -> Schedule:
    """A line for each resource with anything on these days, and for the first of a book without."""
    cells: dict[tuple[Book, int, date], list[Card]] = {}
    visits: dict[tuple[Book, int | None, date], list[Booking]] = {}
    for one in bookings:
        visits.setdefault((one.book, one.resource, one.day), []).append(one)
    for standing in opened:
        time, opening = standing.time, standing.opening
        there = [
            one
            for one in visits.get((time.book, time.resource, time.day), ())
            if time.start_minute <= one.start_minute < time.end_minute
        ]
        card = Card(
            time.start_minute,
            time.end_minute,
            opening.name,
            opening.colour,
            internal=opening.internal,
            types=types_said(opening.types),
            booked=len(there),
            booked_minutes=sum(one.minutes for one in there),
            id=time.id,
        )
        cells.setdefault((time.book, time.resource, time.day), []).append(card)
    for block in blocked:
        card = Card(block.start_minute, block.end_minute, block.note or "", blocked=True, id=block.id)
        cells.setdefault((block.book, block.resource, block.day), []).append(card)
    there_are = {key[:2] for key in cells} | {(one, 1) for one in room.used_books}
    lines = [
        Line(
            room.resource_name(one, resource),
            one,
            resource,
            [sorted(cells.get((one, resource, day), ()), key=lambda card: (card.start, card.blocked)) for day in days],
        )
        for one, resource in sorted(there_are)
        if book in (None, one)
    ]
    return Schedule(days, lines)


def week_days(monday: date, opened: Iterable[Standing]) -> list[date]:
    """Monday to Friday, and the days of the weekend where something is open."""
    there = {standing.time.day for standing in opened}
    week = [monday + timedelta(days=n) for n in range(7)]
    return [day for day in week if day.weekday() < 5 or day in there]


@dataclass(frozen=True)
class Entry:
    """A stretch of a resource's day, as the day page lists it: a visit, free or blocked time."""

    start: int
    end: int
    kind: str
    """visit, free, internal or blocked."""
    words: str
    visit_id: int = 0
    id: int = 0


@dataclass(frozen=True)
class Column:
    name: str
    book: Book
    resource: int
    entries: Sequence[Entry]
    opened: Sequence[Card] = field(default_factory=tuple)


def columns(shown: Schedule, bookings: Iterable[Booking]) -> list[Column]:
    """A day's resources beside each other: what was opened, and in it visits and gaps by time."""
    by_place: dict[tuple[Book, int | None], list[Booking]] = {}
    for one in bookings:
        by_place.setdefault((one.book, one.resource), []).append(one)
    return [
        Column(
            line.name,
            line.book,
            line.resource,
            _entries(line.cells[0], by_place.get((line.book, line.resource), [])),
            [card for card in line.cells[0] if not card.blocked],
        )
        for line in shown.lines
    ]


def _entries(cards: Sequence[Card], bookings: Sequence[Booking]) -> list[Entry]:
    fixed = [
        Entry(one.start_minute, one.start_minute + one.minutes, "visit", type_name(one.type), one.visits[0].id)
        for one in bookings
    ]
    fixed += [Entry(card.start, card.end, "blocked", card.name, id=card.id) for card in cards if card.blocked]
    found = list(fixed)
    for card in cards:
        if not card.blocked:
            kind, words = ("internal", _("Internt, ledigt")) if card.internal else ("free", _("Ledigt"))
            found += [Entry(start, end, kind, words) for start, end in _gaps(card.start, card.end, fixed)]
    return sorted(found, key=lambda entry: (entry.start, entry.end))


def _visit(one: Booking) -> Entry:
    return Entry(one.start_minute, one.start_minute + one.minutes, "visit", type_name(one.type), one.visits[0].id)


def _gaps(start: int, end: int, taken: Sequence[Entry]) -> list[tuple[int, int]]:
    gaps, at = [], start
    for entry in sorted(taken, key=lambda entry: entry.start):
        if entry.end > at and entry.start < end:
            if entry.start > at:
                gaps.append((at, entry.start))
            at = entry.end
    return [*gaps, (at, end)] if at < end else gaps


@dataclass(frozen=True)
class Counted:
    """How many visits could begin in what is to be opened."""

    places: Sequence[tuple[str, int]]
    """By type."""
    days: int
    skipped: Sequence[date]
    lacking: Sequence[date]


def counted(room: Room, wish: Wish, places: Mapping[int, int]) -> Counted:
    """`places`: booking.openings.slots."""
    said = [(type_name(kind), places[kind.id]) for kind in room.types if kind.id in places]
    return Counted(said, len({one.day for one in wish.stretches}), wish.days.skipped, sorted({day for day, _ in wish.lacking}))


def effect_words(effect: Effect) -> list[str]:
    """What comes of a change to those who are booked."""
    words = []
    if effect.without:
        words.append(
            ngettext(
                "%(num)d bokning blir utan resurs. Den behåller sin tid och hamnar i listan Resurs saknas.",
                "%(num)d bokningar blir utan resurs. De behåller sina tider och hamnar i listan Resurs saknas.",
                len(effect.without),
            )
        )
    if effect.back:
        words.append(
            ngettext("%(num)d bokning får tillbaka en resurs.", "%(num)d bokningar får tillbaka en resurs.", len(effect.back))
        )
    if effect.moved:
        words.append(
            ngettext(
                "%(num)d bokning flyttas till en annan resurs. Tiden är densamma.",
                "%(num)d bokningar flyttas till en annan resurs. Tiderna är desamma.",
                effect.moved,
            )
        )
    return words


def days_said(days: Sequence[date]) -> str:
    """torsdag 24 dec, fredag 25 dec"""
    return ", ".join(f"{weekday(day)} {short_day(day)}" for day in days)
