"""Opening, closing, copying, editing and blocking time, and undoing it. Each locks its days, loads them, judges, changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from journal_core.actor import Actor
from journal_core.booking import capacity, loading
from journal_core.booking.changes import Effect, Told, add, finish, lay_open, note, opening_for, removed_by
from journal_core.booking.loading import FOR_NOTHING, Loaded, OpenedRow, OpenFor
from journal_core.booking.placement import grid, starts_of
from journal_core.catalogue import queries as catalogue
from journal_core.catalogue.model import Book, VisitType
from journal_core.clock import local
from journal_core.mapping import table_of
from journal_core.organisation.model import Clinic
from journal_core.reading import one_of
from journal_core.refusal import Refusal
from journal_core.schedule import queries, refusals
from journal_core.schedule.model import BlockedTime, ChangeKind, OpenedTime, Opening
from journal_core.schedule.rules import Stretch, check_span, first_overlap, overlapping


@dataclass(frozen=True)
class Edit:
    """What to change of opened times; None leaves a field as it is."""

    name: str | None = None
    colour: str | None = None
    type_ids: frozenset[int] | None = None
    internal: bool | None = None
    start: int | None = None
    end: int | None = None
    resource: int | None = None


def open_time(
    session: Session, actor: Actor, clinic: Clinic, told: Told, stretches: Sequence[Stretch], now: datetime
) -> Effect:
    """Opens the stretches. Raises Refusal: no_types, other_book, no_days, day_past, those of check_span, not_empty."""
    _check_told(session, clinic, told.book, told.type_ids)
    _check_stretches(clinic, stretches, now)
    loaded = _locked(session, clinic, {one.day for one in stretches}, now)
    _refuse_under(_standing_under(stretches, loaded.opened.values()))
    opening_id = opening_for(session, clinic.id, told)
    loaded.openings[opening_id] = OpenFor(told.type_ids, told.internal)
    return add(session, actor, clinic, loaded, ChangeKind.OPENED, {opening_id: stretches}, now)


def slots(clinic: Clinic, types: Iterable[VisitType], stretches: Iterable[Stretch]) -> dict[int, int]:
    """How many visits could begin, by type id, were the stretches opened: starts on the grid, counted on each resource."""
    spans: dict[tuple[int, int], int] = {}
    for stretch in stretches:
        spans[stretch.start, stretch.end] = spans.get((stretch.start, stretch.end), 0) + 1
    return {
        kind.id: sum(
            count * len(starts_of(grid(start, end, kind.minutes, clinic.start_step_minutes or kind.minutes)))
            for (start, end), count in spans.items()
        )
        for kind in types
    }


def close(session: Session, actor: Actor, clinic: Clinic, ids: Collection[int], now: datetime) -> Effect:
    """Closes opened times from today on. Raises Refusal: nothing_chosen."""
    loaded, chosen = _chosen(session, clinic, ids, now)
    change_id = note(session, actor, clinic, ChangeKind.CLOSED, chosen.values(), 0, now)
    session.connection().execute(delete(table_of(OpenedTime)).where(one_of(OpenedTime.id, chosen)))
    left = [row for number, row in loaded.opened.items() if number not in chosen]
    return finish(session, actor, loaded, left, len(chosen), change_id, now)


def edit(session: Session, actor: Actor, clinic: Clinic, ids: Collection[int], wish: Edit, now: datetime) -> Effect:
    """Changes chosen fields of opened times from today on.

    Raises Refusal: nothing_chosen, no_types, other_book, those of check_span, not_empty.
    """
    loaded, chosen = _chosen(session, clinic, ids, now)
    stretches = {number: _edited(row.stretch, wish) for number, row in chosen.items()}
    others = {number: row for number, row in loaded.opened.items() if number not in chosen}
    _check_edited(session, clinic, wish, stretches.values(), others.values())
    change_id = note(session, actor, clinic, ChangeKind.EDITED, chosen.values(), len(chosen), now)
    openings = _edited_openings(session, clinic, loaded, chosen.values(), wish)
    edited = {number: OpenedRow(openings[row.opening_id], change_id, stretches[number]) for number, row in chosen.items()}
    _write_edited(session, edited, wish)
    return finish(session, actor, loaded, (others | edited).values(), len(chosen), change_id, now)


def copy(
    session: Session,
    actor: Actor,
    clinic: Clinic,
    targets: Mapping[tuple[date, int], tuple[date, int]],
    book: Book,
    now: datetime,
) -> Effect:
    """Copies resources of days to others: `targets` has source day and resource by target day and resource.

    All or nothing: the targets must be empty. Raises Refusal: nothing_chosen, day_past, not_empty.
    """
    copies = _copies(session, clinic, targets, book)
    everything = [stretch for stretches in copies.values() for stretch in stretches]
    if not everything:
        raise Refusal(refusals.NOTHING_CHOSEN)
    _check_days(everything, now)
    loaded = _locked(session, clinic, {day for day, _resource in targets}, now)
    standing = (row.stretch for row in loaded.opened.values())
    _refuse_under([one for one in standing if one.book is book and (one.day, one.resource) in targets])
    loaded.openings |= loading.open_for(session, copies)
    return add(session, actor, clinic, loaded, ChangeKind.COPIED, copies, now)


def undo(session: Session, actor: Actor, clinic: Clinic, change_id: int, now: datetime) -> Effect:
    """Takes a change back, if nobody has touched the same time since and none of its days has passed.

    Raises Refusal: undo_too_late.
    """
    change = queries.change(session, change_id, clinic.id, lock=True)
    if change is None or change.undone_at is not None:
        raise Refusal(refusals.UNDO_TOO_LATE)
    back = removed_by(change)
    days = set(session.scalars(select(OpenedTime.day).distinct().where(OpenedTime.change_id == change_id)))
    days |= {row.stretch.day for row in back}
    if days and min(days) < local(now).date():
        raise Refusal(refusals.UNDO_TOO_LATE)
    loaded = _locked(session, clinic, days, now)
    others = [row for row in loaded.opened.values() if row.change_id != change_id]
    untouched = len(loaded.opened) - len(others) == change.left
    if not untouched or _standing_under([row.stretch for row in back], others):
        raise Refusal(refusals.UNDO_TOO_LATE)
    session.connection().execute(delete(table_of(OpenedTime)).where(OpenedTime.change_id == change_id))
    lay_open(session, clinic.id, back)
    loaded.openings |= loading.open_for(session, {row.opening_id for row in back})
    change.undone_at = now
    return finish(session, actor, loaded, [*others, *back], change.left + len(back), None, now)


def block(
    session: Session, actor: Actor, clinic: Clinic, stretches: Sequence[Stretch], note: str | None, now: datetime
) -> Effect:
    """Blocks time on resources. Raises Refusal: no_days, day_past, those of check_span."""
    _check_stretches(clinic, stretches, now)
    days = {stretch.day for stretch in stretches}
    capacity.lock_days(session, clinic.id, days)
    rows = [
        {
            "clinic_id": clinic.id,
            "book": one.book,
            "resource": one.resource,
            "day": one.day,
            "start_minute": one.start,
            "end_minute": one.end,
            "note": note,
        }
        for one in stretches
    ]
    session.connection().execute(insert(table_of(BlockedTime)), rows)
    return _as_opened(session, actor, clinic, days, len(rows), now)


def unblock(session: Session, actor: Actor, clinic: Clinic, block_id: int, now: datetime) -> Effect | None:
    """Lets blocked time go; None when it was gone already."""
    found = queries.block(session, block_id, clinic.id)
    if found is None:
        return None
    capacity.lock_days(session, clinic.id, {found.day})
    session.delete(found)
    return _as_opened(session, actor, clinic, {found.day}, 1, now)


def _as_opened(session: Session, actor: Actor, clinic: Clinic, days: Collection[date], times: int, now: datetime) -> Effect:
    """Finishes a change that leaves opened time as it is."""
    loaded = loading.load_to_change(session, clinic, days, now)
    return finish(session, actor, loaded, loaded.opened.values(), times, None, now)


def recount(session: Session, clinic: Clinic, days: Collection[date], now: datetime) -> None:
    """Settles days and writes down anew what they have left."""
    capacity.lock_days(session, clinic.id, days)
    capacity.settle(session, loading.load(session, clinic, days, now))


def set_step(session: Session, clinic: Clinic, step: int | None, now: datetime) -> None:
    """How many minutes lie between starts; None: as many as a visit takes. Bookings stay as they are, days are counted anew."""
    if clinic.start_step_minutes == step:
        return
    clinic.start_step_minutes = step
    ahead = select(OpenedTime.day).distinct().where(OpenedTime.clinic_id == clinic.id, OpenedTime.day >= local(now).date())
    recount(session, clinic, set(session.scalars(ahead)), now)


# --- what is changed ------------------------------------------------------------------------------------------------------


def _locked(session: Session, clinic: Clinic, days: Collection[date], now: datetime) -> Loaded:
    capacity.lock_days(session, clinic.id, days)
    return loading.load_to_change(session, clinic, days, now)


def _chosen(session: Session, clinic: Clinic, ids: Collection[int], now: datetime) -> tuple[Loaded, dict[int, OpenedRow]]:
    """The clinic's own opened times among the ids, from today on, as they are once nobody else changes their days."""
    own = OpenedTime.clinic_id == clinic.id, OpenedTime.day >= local(now).date(), one_of(OpenedTime.id, ids)
    loaded = _locked(session, clinic, set(session.scalars(select(OpenedTime.day).distinct().where(*own))), now)
    wanted = set(ids)
    chosen = {number: row for number, row in loaded.opened.items() if number in wanted}
    if not chosen:
        raise Refusal(refusals.NOTHING_CHOSEN)
    return loaded, chosen


def _copies(
    session: Session, clinic: Clinic, targets: Mapping[tuple[date, int], tuple[date, int]], book: Book
) -> dict[int, list[Stretch]]:
    """What would be opened, by opening."""
    days = {day for day, _resource in targets.values()}
    columns = OpenedTime.opening_id, OpenedTime.day, OpenedTime.resource, OpenedTime.start_minute, OpenedTime.end_minute
    own = OpenedTime.clinic_id == clinic.id, OpenedTime.book == book, one_of(OpenedTime.day, days)
    found: dict[tuple[date, int], list[tuple[int, int, int]]] = {}
    for opening_id, day, resource, start, end in session.execute(select(*columns).where(*own)):
        found.setdefault((day, resource), []).append((opening_id, start, end))
    copies: dict[int, list[Stretch]] = {}
    for (day, resource), source in targets.items():
        for opening_id, start, end in found.get(source, ()):
            copies.setdefault(opening_id, []).append(Stretch(day, book, resource, start, end))
    return copies


def _edited(stretch: Stretch, wish: Edit) -> Stretch:
    day, book, resource, start, end = stretch
    return Stretch(
        day,
        book,
        resource if wish.resource is None else wish.resource,
        start if wish.start is None else wish.start,
        end if wish.end is None else wish.end,
    )


def _edited_openings(
    session: Session, clinic: Clinic, loaded: Loaded, chosen: Iterable[OpenedRow], wish: Edit
) -> dict[int, int]:
    """The opening that each becomes: a new one, so that what was opened with it and not chosen stays as it is."""
    books = {row.opening_id: row.stretch.book for row in chosen}
    if (wish.name, wish.colour, wish.type_ids, wish.internal) == (None, None, None, None):
        return {number: number for number in books}
    edited: dict[int, int] = {}
    for opening in session.scalars(select(Opening).where(one_of(Opening.id, books))):
        types, internal = loaded.openings.get(opening.id, FOR_NOTHING)
        told = Told(
            opening.name if wish.name is None else wish.name,
            opening.colour if wish.colour is None else wish.colour,
            books[opening.id],
            types if wish.type_ids is None else wish.type_ids,
            internal if wish.internal is None else wish.internal,
        )
        edited[opening.id] = number = opening_for(session, clinic.id, told)
        loaded.openings[number] = OpenFor(told.type_ids, told.internal)
    return edited


def _write_edited(session: Session, edited: Mapping[int, OpenedRow], wish: Edit) -> None:
    """One statement for each opening that they become."""
    fields = {"resource": wish.resource, "start_minute": wish.start, "end_minute": wish.end}
    wished = {name: value for name, value in fields.items() if value is not None}
    by_opening: dict[tuple[int, int | None], list[int]] = {}
    for number, row in edited.items():
        by_opening.setdefault((row.opening_id, row.change_id), []).append(number)
    for (opening_id, change_id), numbers in by_opening.items():
        these = update(table_of(OpenedTime)).where(one_of(OpenedTime.id, numbers))
        session.connection().execute(these.values(opening_id=opening_id, change_id=change_id, **wished))


# --- what is refused -----------------------------------------------------------------------------------------------------


def _check_told(session: Session, clinic: Clinic, book: Book, type_ids: Collection[int]) -> None:
    if not type_ids:
        raise Refusal(refusals.NO_TYPES)
    known = {kind.id for kind in catalogue.types_of_clinic(session, clinic.id) if kind.book is book}
    if not known.issuperset(type_ids):
        raise Refusal(refusals.OTHER_BOOK)


def _check_stretches(clinic: Clinic, stretches: Sequence[Stretch], now: datetime) -> None:
    _check_days(stretches, now)
    for span in {one[3:] for one in stretches}:
        check_span(clinic, *span)


def _check_days(stretches: Sequence[Stretch], now: datetime) -> None:
    if not stretches:
        raise Refusal(refusals.NO_DAYS)
    if min(stretch.day for stretch in stretches) < local(now).date():
        raise Refusal(refusals.DAY_PAST)


def _standing_under(stretches: Collection[Stretch], standing: Iterable[OpenedRow]) -> list[Stretch]:
    """Opened times that the stretches would lie on, or a stretch that lies on another of them."""
    twice = first_overlap(stretches)
    return overlapping(stretches, [row.stretch for row in standing]) if twice is None else [twice]


def _refuse_under(standing: Sequence[Stretch]) -> None:
    if standing:
        first = min(standing)
        raise Refusal(refusals.NOT_EMPTY, day=first.day, resource=first.resource, minute=first.start, count=len(standing))


def _check_edited(
    session: Session, clinic: Clinic, wish: Edit, stretches: Collection[Stretch], others: Iterable[OpenedRow]
) -> None:
    books = {stretch.book for stretch in stretches}
    if wish.type_ids is not None:
        if len(books) > 1:
            raise Refusal(refusals.OTHER_BOOK)
        _check_told(session, clinic, books.pop(), wish.type_ids)
    if wish.start is not None or wish.end is not None:
        for span in {one[3:] for one in stretches}:
            check_span(clinic, *span)
    if (wish.start, wish.end, wish.resource) != (None, None, None):
        _refuse_under(_standing_under(stretches, others))
