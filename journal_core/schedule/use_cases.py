"""Templates and books. Opened and blocked time are booking's to change, for that settles the day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from journal_core.catalogue.model import Book, VisitType
from journal_core.organisation.model import Clinic
from journal_core.refusal import Refusal
from journal_core.schedule import queries, refusals
from journal_core.schedule.model import FRAME_FIRST, FRAME_LAST, LAST_RESOURCE, ClinicBook, ScheduleTemplate

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class OpenedAs(Protocol):
    """What a template keeps of it."""

    @property
    def name(self) -> str: ...
    @property
    def colour(self) -> str | None: ...
    @property
    def book(self) -> Book: ...
    @property
    def type_ids(self) -> frozenset[int]: ...
    @property
    def internal(self) -> bool: ...


def keep_template(session: Session, clinic_id: int, told: OpenedAs) -> ScheduleTemplate:
    """A template, in the place of one with the same name."""
    found = next((one for one in queries.templates(session, clinic_id) if one.name == told.name), None)
    template = found or ScheduleTemplate(clinic_id=clinic_id, name=told.name)
    template.colour, template.book, template.internal = told.colour, told.book, told.internal
    template.types = list(session.scalars(select(VisitType).where(VisitType.id.in_(told.type_ids))))
    session.add(template)
    return template


def forget_template(session: Session, clinic_id: int, template_id: int) -> None:
    found = queries.template(session, template_id, clinic_id)
    if found is not None:
        session.delete(found)


def set_book(session: Session, clinic_id: int, book: Book, name: str, resources: Sequence[int]) -> None:
    """A book's name and its resources from Monday to Sunday. What is opened already stays open.

    Raises Refusal: resources_out_of_range.
    """
    if not all(0 <= count <= LAST_RESOURCE for count in resources):
        raise Refusal(refusals.RESOURCES_OUT_OF_RANGE, most=LAST_RESOURCE)
    row = session.get(ClinicBook, (clinic_id, book)) or ClinicBook(clinic_id=clinic_id, book=book)
    row.name = name
    for day, count in zip(DAYS, resources, strict=True):
        setattr(row, day, count)
    session.add(row)


def set_frame(clinic: Clinic, start: int, end: int) -> None:
    """Between which minutes time is opened. Raises Refusal: not_whole_fives, ends_before_start, frame_too_wide."""
    if start % 5 or end % 5:
        raise Refusal(refusals.NOT_WHOLE_FIVES)
    if end <= start:
        raise Refusal(refusals.ENDS_BEFORE_START)
    if start < FRAME_FIRST or end > FRAME_LAST:
        raise Refusal(refusals.FRAME_TOO_WIDE, first=FRAME_FIRST, last=FRAME_LAST)
    clinic.frame_start_minute, clinic.frame_end_minute = start, end
