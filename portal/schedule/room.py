"""What the schedule's pages share: the blueprint, the clinic of the assignment in use, days, colours."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from journal_core.catalogue import queries as catalogue
from journal_core.catalogue.model import Book, VisitType
from journal_core.clock import local
from journal_core.organisation import queries as organisation
from journal_core.organisation.model import Clinic, Module
from journal_core.schedule import queries as schedule
from journal_core.schedule.model import ClinicBook
from journal_core.schedule.rules import book_name, resources_on
from journal_core.staff.model import Role
from portal.web.at_work import around
from portal.web.forms import Form
from portal.web.gate import assignment
from portal.web.services import now, services

blueprint = Blueprint("schedule", __name__, url_prefix="/personal/schema")
blueprint.context_processor(around)

COLOURS: Mapping[str, LazyString] = {
    "#2f6f4f": _l("Grön"),
    "#0a6e8f": _l("Blå"),
    "#5a4a8a": _l("Lila"),
    "#b2560d": _l("Orange"),
    "#8a2f7b": _l("Rosa"),
    "#7a5230": _l("Brun"),
}
"""What can be chosen; beside each the word, for colour alone tells not everybody."""
WEEKDAYS: tuple[LazyString, ...] = (
    _l("måndag"),
    _l("tisdag"),
    _l("onsdag"),
    _l("torsdag"),
    _l("fredag"),
    _l("lördag"),
    _l("söndag"),
)


@dataclass(frozen=True)
class Room:
    """The clinic with what every form about its schedule asks for."""

    clinic: Clinic
    books: Mapping[Book, ClinicBook]
    types: Sequence[VisitType]

    def name(self, book: Book) -> str:
        return book_name(self.books, book)

    def resource_name(self, book: Book, resource: int) -> str:
        return f"{self.name(book)} {resource}"

    def most_resources(self, book: Book) -> int:
        """On the weekday that has most."""
        monday = date(2026, 1, 5)
        return max(resources_on(self.books, book, monday + timedelta(days=n)) for n in range(7))

    def types_of(self, book: Book) -> list[VisitType]:
        return [kind for kind in self.types if kind.book is book]

    @property
    def used_books(self) -> list[Book]:
        """Books for which there is any type; the first where there is none at all."""
        return [book for book in Book if self.types_of(book)] or [Book.A]


def here(session: Session) -> Clinic:
    """The clinic of the assignment in use."""
    found = organisation.clinic(session, assignment().clinic_id)
    if found is None:
        abort(404)
    return found


def room(session: Session) -> Room:
    clinic = here(session)
    return Room(clinic, schedule.books(session, clinic.id), catalogue.types_of_clinic(session, clinic.id))


def may_offer() -> bool:
    """Whether the assignment in use may say what can be booked: Endast bokning may not where the provider's module says so."""
    used = assignment()
    with services().database.reading() as session:
        modules = organisation.provider_modules(session, used.clinic.unit.provider_id)
    return used.role is not Role.BOOKING_ONLY or Module.BOOKING_ONLY_WITHOUT_OFFERS not in modules


def today() -> date:
    return local(now()).date()


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def numbers(form: Form, prefix: str) -> set[int]:
    """Of the boxes that are ticked, named as type-12."""
    found = (re.fullmatch(rf"{prefix}-([0-9]{{1,9}})", name) for name, value in form.data.items() if value)
    return {int(match[1]) for match in found if match}


def colour_class(colour: str | None) -> str:
    """A class of the page's own style element."""
    return f"k-{colour[1:]}" if colour and is_colour(colour) else ""


def is_colour(colour: str | None) -> bool:
    return bool(re.fullmatch("#[0-9a-f]{6}", colour or ""))


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        "COLOURS": COLOURS,
        "WEEKDAYS": WEEKDAYS,
        "both_books": list(Book),
        "books_named": lambda room: [(book.value, room.name(book)) for book in room.used_books],
        "colour_class": colour_class,
        "may_offer": may_offer,
        "one_day": timedelta(days=1),
        "one_week": timedelta(weeks=1),
        "today": today(),
    }
