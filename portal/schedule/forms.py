"""Reading the schedule's forms: days, times, resources, types."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _

from journal_core.booking.changes import Told
from journal_core.booking.openings import Edit
from journal_core.catalogue.model import Book
from journal_core.refusal import Refusal
from journal_core.schedule.model import ScheduleTemplate
from journal_core.schedule.queries import OpenedSearch
from journal_core.schedule.rules import Days, Pattern, Stretch, days_of, stretches
from portal.schedule.room import Room, is_colour, numbers
from portal.web.forms import Form
from portal.web.shapes import read_day
from portal.words import say

LONGEST_NAME = 60
PRESET_START, PRESET_END = 8 * 60, 16 * 60
AT_FIRST = timedelta(weeks=8)


@dataclass(frozen=True)
class Wish:
    """Time that staff want to open."""

    told: Told
    days: Days
    stretches: Sequence[Stretch]
    lacking: Sequence[tuple[date, int]]
    """Days on which the book has no such resource."""


def presets(room: Room, today: date, template: ScheduleTemplate | None = None) -> dict[str, str]:
    """What the form for opening time is filled with from the start."""
    book = template.book if template else room.used_books[0]
    types = template.types if template else room.types_of(book)
    filled = {
        "name": template.name if template else _("Mottagning"),
        "colour": (template.colour if template else None) or "#2f6f4f",
        "book": book.value,
        "pattern": Pattern.WORKING_DAYS.value,
        "first": today.isoformat(),
        "last": (today + AT_FIRST).isoformat(),
        "start": show_clock(max(PRESET_START, room.clinic.frame_start_minute)),
        "end": show_clock(min(PRESET_END, room.clinic.frame_end_minute)),
        f"resource-{book.value}-1": "1",
        **{f"type-{kind.id}": "1" for kind in types},
    }
    return filled | ({"internal": "1"} if template and template.internal else {})


def read_opening(form: Form, room: Room) -> Wish | None:
    """What was typed, or None with the form's problems said, in the order of the page."""
    name = read_name(form)
    book = read_book(form)
    span = read_span(form)
    first, last = _day(form, "first"), _day(form, "last")
    days = _days(form, first, last) if first and last else None
    chosen = numbers(form, f"resource-{book.value}")
    if not chosen:
        form.wrong(f"resource-{book.value}-1", _("Välj minst en resurs."))
    types = {kind.id for kind in room.types_of(book)} & numbers(form, "type")
    if not types:
        form.wrong("typer", _("Välj minst en besökstyp."))
    if not form.fine or days is None or span is None:
        return None
    found, lacking = stretches(room.books, book, chosen, days.open, span)
    told = Told(name, read_colour(form), book, frozenset(types), form.ticked("internal"))
    return Wish(told, days, found, lacking)


def read_name(form: Form) -> str:
    name = form.text("name")
    if not name:
        form.wrong("name", _("Skriv ett namn, till exempel Dagtid."))
    elif len(name) > LONGEST_NAME:
        form.wrong("name", _("Namnet är för långt. Skriv högst %(count)d tecken.", count=LONGEST_NAME))
    return name


def read_colour(form: Form) -> str | None:
    colour = form.text("colour").lower()
    return colour if is_colour(colour) else None


def read_book(form: Form) -> Book:
    return Book.B if form.text("book") == Book.B.value else Book.A


def read_span(form: Form) -> tuple[int, int] | None:
    start, end = read_clock(form, "start"), read_clock(form, "end")
    return None if start is None or end is None else (start, end)


def read_clock(form: Form, name: str) -> int | None:
    """Minutes from midnight of 08:00, 8.00, 0800 or 8; what is wrong is said."""
    minute = clock_minute(form.text(name))
    if minute is None:
        form.wrong(name, _("Skriv ett klockslag, till exempel 08.00."))
    return minute


def clock_minute(typed: str) -> int | None:
    match = re.fullmatch(r"([0-9]{1,2})(?:[:.]?([0-9]{2}))?", typed)
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    return hour * 60 + minute if hour < 24 and minute < 60 else None


def show_clock(minute: int) -> str:
    """As fields of kind time want it."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _day(form: Form, name: str) -> date | None:
    day = read_day(form.text(name))
    if day is None:
        form.wrong(name, _("Skriv datumet som år, månad och dag, till exempel 2026-12-01."))
    return day


def _days(form: Form, first: date, last: date) -> Days | None:
    if last < first:
        form.wrong("last", _("Sista dagen måste vara samma dag som den första eller senare."))
        return None
    pattern = Pattern(form.text("pattern")) if form.text("pattern") in set(Pattern) else Pattern.WORKING_DAYS
    weekdays = numbers(form, "weekday")
    if pattern is Pattern.WEEKDAYS and not weekdays:
        form.wrong("weekday-0", _("Välj minst en veckodag."))
        return None
    try:
        return days_of(first, last, pattern, weekdays, on_holidays=form.ticked("holidays"))
    except Refusal as refusal:
        form.wrong("last", say(refusal))
        return None


def read_block(form: Form, book: Book, resource: int, day: date) -> Stretch | None:
    span = read_span(form)
    return None if span is None else Stretch(day, book, resource, *span)


def read_search(args: Mapping[str, str], today: date) -> tuple[Form, OpenedSearch]:
    """The list's search, all of it in the address; only from today on can anything be changed, so it begins there."""
    form = Form(dict(args))
    resource, kind = form.text("resource"), form.text("type")
    search = OpenedSearch(
        name=form.text("name")[:LONGEST_NAME],
        colour=read_colour(form),
        book=Book(form.text("book")) if form.text("book") in set(Book) else None,
        resource=int(resource) if resource.isascii() and resource.isdecimal() and len(resource) < 4 else None,
        first=max(read_day(form.text("first")) or today, today),
        last=read_day(form.text("last")),
        type_id=int(kind) if kind.isascii() and kind.isdecimal() and len(kind) < 10 else None,
        internal={"1": True, "0": False}.get(form.text("internal")),
    )
    return form, search


def read_edit(form: Form, room: Room) -> Edit | None:
    """What to change; empty fields stay as they are."""
    start = read_clock(form, "start") if form.text("start") else None
    end = read_clock(form, "end") if form.text("end") else None
    resource = form.text("resource")
    if resource and not (resource.isascii() and resource.isdecimal() and 0 < int(resource[:4]) < 1000):
        form.wrong("resource", _("Skriv resursens nummer, till exempel 2."))
    types = frozenset(numbers(form, "type"))
    if not types <= {kind.id for kind in room.types}:
        form.wrong("typer", _("Någon av besökstyperna finns inte längre. Välj bland dem som finns."))
    if not form.fine:
        return None
    wish = Edit(
        name=form.text("name")[:LONGEST_NAME] or None,
        colour=read_colour(form),
        type_ids=types or None,
        internal={"1": True, "0": False}.get(form.text("internal")),
        start=start,
        end=end,
        resource=int(resource) if resource else None,
    )
    if wish == Edit():
        form.wrong("name", _("Ändra minst en uppgift."))
        return None
    return wish
