"""How opened time is changed: what is written, kept for undo, settled, and told of it. Whoever calls has the days locked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, insert
from sqlalchemy.orm import Session

from journal_core.actor import Actor
from journal_core.audit import use_cases as audit
from journal_core.audit.model import Action
from journal_core.booking import capacity
from journal_core.booking.loading import BOOKING, Loaded, OpenedRow
from journal_core.booking.placement import Key
from journal_core.catalogue.model import Book
from journal_core.mapping import table_of
from journal_core.organisation.model import Clinic
from journal_core.reading import quick_write
from journal_core.schedule.model import ChangeKind, OpenedTime, Opening, ScheduleChange, opening_type
from journal_core.schedule.rules import Stretch


@dataclass(frozen=True)
class Told:
    """As what time is opened: all of it but when and where."""

    name: str
    colour: str | None
    book: Book
    type_ids: frozenset[int]
    internal: bool = False


@dataclass(frozen=True)
class Effect:
    """What came, or in a rehearsal would come, of a change."""

    change_id: int | None
    times: int
    """Opened times that were made, changed or removed."""
    days: int
    bookings: int
    """Bookings on the days concerned."""
    without: Sequence[int]
    """Ids of bookings that no resource is open for now (Resurs saknas) and was before."""
    back: Sequence[int]
    """Ids of bookings that came back from there."""
    moved: int
    """Bookings that stand on another resource now."""


def opening_for(session: Session, clinic_id: int, told: Told) -> int:
    """A new opening's id."""
    opening = Opening(clinic_id=clinic_id, name=told.name, colour=told.colour, internal=told.internal)
    session.add(opening)
    session.flush()
    rows = [{"opening_id": opening.id, "type_id": type_id} for type_id in sorted(told.type_ids)]
    if rows:
        session.connection().execute(insert(opening_type), rows)
    return opening.id


def lay_open(session: Session, clinic_id: int, rows: Iterable[OpenedRow]) -> None:
    """Writes opened times and nothing else: whoever calls has the days locked and settles them after."""
    told = (
        {
            "opening_id": row.opening_id,
            "clinic_id": clinic_id,
            "book": row.stretch.book,
            "resource": row.stretch.resource,
            "day": row.stretch.day,
            "start_minute": row.stretch.start,
            "end_minute": row.stretch.end,
            "change_id": row.change_id,
        }
        for row in rows
    )
    quick_write(session, LAY_OPEN, told)


LAY_OPEN = insert(table_of(OpenedTime)).values(
    {
        name: bindparam(name)
        for name in ("opening_id", "clinic_id", "book", "resource", "day", "start_minute", "end_minute", "change_id")
    }
)


def note(
    session: Session, actor: Actor, clinic: Clinic, kind: ChangeKind, removed: Iterable[OpenedRow], left: int, now: datetime
) -> int:
    """A new change's id. It keeps the rows that went or were changed; `left`: how many rows it makes or changes."""
    change = ScheduleChange(clinic_id=clinic.id, kind=kind, at=now, account_id=actor.id, removed=_kept(removed), left=left)
    session.add(change)
    session.flush()
    return change.id


def _kept(rows: Iterable[OpenedRow]) -> list[list[object]]:
    """Rows that differ in their days alone are kept together: a year of mornings takes one line, not 250."""
    kept: dict[tuple[int, int | None, Book, int, int, int], list[str]] = {}
    for opening_id, change_id, (day, book, resource, start, end) in rows:
        kept.setdefault((opening_id, change_id, book, resource, start, end), []).append(day.isoformat())
    return [
        [opening_id, change_id, days, book.value, resource, start, end]
        for (opening_id, change_id, book, resource, start, end), days in kept.items()
    ]


def removed_by(change: ScheduleChange) -> list[OpenedRow]:
    """The rows that a change keeps. With its earlier change back, a row's earlier change can be undone too.

    Changes that were made before days were kept together have each row by itself, with one day.
    """
    return [
        OpenedRow(opening_id, change_id, Stretch(date.fromisoformat(day), Book(book), resource, start, end))
        for opening_id, change_id, days, book, resource, start, end in change.removed
        for day in ([days] if isinstance(days, str) else days)
    ]


def add(
    session: Session,
    actor: Actor,
    clinic: Clinic,
    loaded: Loaded,
    kind: ChangeKind,
    new: Mapping[int, Sequence[Stretch]],
    now: datetime,
) -> Effect:
    """New opened times by opening, whose uses `loaded` knows."""
    times = sum(map(len, new.values()))
    change_id = note(session, actor, clinic, kind, (), times, now)
    rows = [OpenedRow(opening_id, change_id, one) for opening_id, stretches in new.items() for one in stretches]
    lay_open(session, clinic.id, rows)
    return finish(session, actor, loaded, [*loaded.opened.values(), *rows], times, change_id, now)


def finish(
    session: Session,
    actor: Actor,
    loaded: Loaded,
    rows: Iterable[OpenedRow],
    times: int,
    change_id: int | None,
    now: datetime,
) -> Effect:
    """Settles the days, on which `rows` are open from now on, and tells what came of it."""
    loaded.open(rows)
    settled = capacity.settle(session, loaded)
    audit.record(session, actor, Action.SCHEDULE_CHANGED, now, clinic_id=loaded.clinic_id)
    everybody = [key for sheets in loaded.sheets.values() for sheet in sheets.values() for key in sheet.taken]
    return Effect(
        change_id=change_id,
        times=times,
        days=len(loaded.sheets),
        bookings=len(_bookings(everybody)),
        without=_bookings(settled.without),
        back=_bookings(settled.back),
        moved=settled.moved - len(settled.without) - len(settled.back),
    )


def _bookings(keys: Iterable[Key]) -> list[int]:
    return [number for kind, number in keys if kind == BOOKING and isinstance(number, int)]
