"""Opening, closing, copying, editing and blocking time, and undoing it. Each change locks its days and settles them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from journal_core.actor import Actor
from journal_core.audit import use_cases as audit
from journal_core.audit.model import Action
from journal_core.booking import capacity
from journal_core.booking.placement import Key, grid, starts_of
from journal_core.catalogue import queries as catalogue
from journal_core.catalogue.model import Book, VisitType
from journal_core.clock import local
from journal_core.mapping import table_of
from journal_core.organisation.model import Clinic
from journal_core.refusal import Refusal
from journal_core.schedule import queries, refusals
from journal_core.schedule.model import BlockedTime, ChangeKind, OpenedTime, Opening, ScheduleChange, opening_type
from journal_core.schedule.queries import OpenedSearch, Standing
from journal_core.schedule.rules import Stretch, check_span, first_overlap, overlapping


@dataclass(frozen=True)
class Told:
    """As what time is opened: all of it but when and where."""

    name: str
    colour: str | None
    book: Book
    type_ids: frozenset[int]
    internal: bool = False


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


def open_time(
    session: Session, actor: Actor, clinic: Clinic, told: Told, stretches: Sequence[Stretch], now: datetime
) -> Effect:
    """Opens the stretches. Raises Refusal: no_types, other_book, no_days, day_past, those of check_span, not_empty."""
    _check_told(session, clinic, told.book, told.type_ids)
    _check_new(session, clinic, stretches, now)
    return _add(session, actor, clinic, ChangeKind.OPENED, {opening_for(session, clinic.id, told): stretches}, now)


def opening_for(session: Session, clinic_id: int, told: Told) -> int:
    """A new opening's id."""
    opening = Opening(clinic_id=clinic_id, name=told.name, colour=told.colour, internal=told.internal)
    session.add(opening)
    session.flush()
    rows = [{"opening_id": opening.id, "type_id": type_id} for type_id in sorted(told.type_ids)]
    if rows:
        session.connection().execute(insert(opening_type), rows)
    return opening.id


def lay_open(
    session: Session, clinic_id: int, opening_id: int, stretches: Iterable[Stretch], change_id: int | None = None
) -> None:
    """Writes opened times and nothing else: whoever calls has the days locked and settles them after."""
    rows = [
        {
            "opening_id": opening_id,
            "clinic_id": clinic_id,
            "book": stretch.book,
            "resource": stretch.resource,
            "day": stretch.day,
            "start_minute": stretch.start,
            "end_minute": stretch.end,
            "change_id": change_id,
        }
        for stretch in stretches
    ]
    if rows:
        session.connection().execute(insert(table_of(OpenedTime)), rows)


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
    return _change(session, actor, clinic, ChangeKind.CLOSED, _locked(session, clinic, ids, now), None, now)


def edit(session: Session, actor: Actor, clinic: Clinic, ids: Collection[int], wish: Edit, now: datetime) -> Effect:
    """Changes chosen fields of opened times from today on.

    Raises Refusal: nothing_chosen, no_types, other_book, those of check_span, not_empty.
    """
    return _change(session, actor, clinic, ChangeKind.EDITED, _locked(session, clinic, ids, now), wish, now)


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
    sources = set(targets.values())
    days = {day for day, _resource in sources}
    if not days:
        raise Refusal(refusals.NOTHING_CHOSEN)
    found: dict[tuple[date, int], list[Standing]] = {}
    for one in queries.opened(session, clinic.id, OpenedSearch(book=book, first=min(days), last=max(days))):
        found.setdefault((one.time.day, one.time.resource), []).append(one)
    copies: dict[int, list[Stretch]] = {}
    for (day, resource), source in targets.items():
        for one in found.get(source, ()):
            stretch = Stretch(day, book, resource, one.time.start_minute, one.time.end_minute)
            copies.setdefault(one.opening.id, []).append(stretch)
    everything = [stretch for stretches in copies.values() for stretch in stretches]
    if not everything:
        raise Refusal(refusals.NOTHING_CHOSEN)
    _check_days(everything, now)
    _check_empty(session, clinic, book, set(targets))
    return _add(session, actor, clinic, ChangeKind.COPIED, copies, now)


def undo(session: Session, actor: Actor, clinic: Clinic, change_id: int, now: datetime) -> Effect:
    """Takes a change back, if nobody has touched the same time since. Raises Refusal: undo_too_late."""
    change = queries.change(session, change_id, clinic.id, lock=True)
    if change is None or change.undone_at is not None:
        raise Refusal(refusals.UNDO_TOO_LATE)
    standing = list(session.scalars(select(OpenedTime).where(OpenedTime.change_id == change_id)))
    if len(standing) != change.left:
        raise Refusal(refusals.UNDO_TOO_LATE)
    removed = [_Row.read(values) for values in change.removed]
    back = [row.stretch for row in removed]
    days = {row.day for row in standing} | {stretch.day for stretch in back}
    capacity.lock_days(session, clinic.id, days)
    table = table_of(OpenedTime)
    removed_now = session.connection().execute(delete(table).where(table.c.change_id == change_id)).rowcount
    if removed_now != len(standing) or _standing_under(session, clinic, back):
        raise Refusal(refusals.UNDO_TOO_LATE)
    together: dict[tuple[int, int | None], list[Stretch]] = {}
    for row in removed:
        together.setdefault((row.opening_id, row.change_id), []).append(row.stretch)
    for (opening_id, earlier), stretches in together.items():
        lay_open(session, clinic.id, opening_id, stretches, earlier)
    change.undone_at = now
    return _finish(session, actor, clinic, days, len(standing) + len(back), None, now)


def block(
    session: Session, actor: Actor, clinic: Clinic, stretches: Sequence[Stretch], note: str | None, now: datetime
) -> Effect:
    """Blocks time on resources. Raises Refusal: no_days, day_past, those of check_span."""
    _check_days(stretches, now)
    for span in {one[3:] for one in stretches}:
        check_span(clinic, *span)
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
    return _finish(session, actor, clinic, days, len(rows), None, now)


def unblock(session: Session, actor: Actor, clinic: Clinic, block_id: int, now: datetime) -> Effect | None:
    """Lets blocked time go; None when it was gone already."""
    found = queries.block(session, block_id, clinic.id)
    if found is None:
        return None
    capacity.lock_days(session, clinic.id, {found.day})
    session.delete(found)
    return _finish(session, actor, clinic, {found.day}, 1, None, now)


def recount(session: Session, clinic: Clinic, days: Collection[date], now: datetime) -> None:
    """Settles days and writes down anew what they have left."""
    capacity.lock_days(session, clinic.id, days)
    capacity.settle(session, capacity.load(session, clinic, days, now))


def set_step(session: Session, clinic: Clinic, step: int | None, now: datetime) -> None:
    """How many minutes lie between starts; None: as many as a visit takes. Bookings stay as they are, days are counted anew."""
    if clinic.start_step_minutes == step:
        return
    clinic.start_step_minutes = step
    ahead = select(OpenedTime.day).distinct().where(OpenedTime.clinic_id == clinic.id, OpenedTime.day >= local(now).date())
    recount(session, clinic, set(session.scalars(ahead)), now)


# --- how changes are made ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Row:
    """An opened time as a change keeps it."""

    opening_id: int
    change_id: int | None
    """The change that it came from: with it back, that one can be undone too."""
    stretch: Stretch

    @classmethod
    def of(cls, row: OpenedTime) -> _Row:
        return cls(row.opening_id, row.change_id, stretch_of(row))

    @classmethod
    def read(cls, values: Sequence[Any]) -> _Row:
        opening_id, change_id, day, book, resource, start, end = values
        return cls(opening_id, change_id, Stretch(date.fromisoformat(day), Book(book), resource, start, end))

    @property
    def values(self) -> list[object]:
        day, book, resource, start, end = self.stretch
        return [self.opening_id, self.change_id, day.isoformat(), book.value, resource, start, end]


def stretch_of(row: OpenedTime) -> Stretch:
    return Stretch(row.day, row.book, row.resource, row.start_minute, row.end_minute)


def _add(
    session: Session, actor: Actor, clinic: Clinic, kind: ChangeKind, new: Mapping[int, Sequence[Stretch]], now: datetime
) -> Effect:
    """New opened times by opening, on days that were checked and locked."""
    everything = [stretch for stretches in new.values() for stretch in stretches]
    change = _note(session, actor, clinic, kind, [], len(everything), now)
    for opening_id, stretches in new.items():
        lay_open(session, clinic.id, opening_id, stretches, change.id)
    return _finish(session, actor, clinic, {one.day for one in everything}, len(everything), change.id, now)


def _change(
    session: Session,
    actor: Actor,
    clinic: Clinic,
    kind: ChangeKind,
    chosen: Sequence[Standing],
    wish: Edit | None,
    now: datetime,
) -> Effect:
    """Replaces opened times by what they become: edited ones, or, without a wish, nothing."""
    old = [_Row.of(one.time) for one in chosen]
    days = {row.stretch.day for row in old}
    ids, table = [one.time.id for one in chosen], table_of(OpenedTime)
    if wish is None:
        change = _note(session, actor, clinic, kind, old, 0, now)
        session.connection().execute(delete(table).where(table.c.id == bindparam("number")), [{"number": one} for one in ids])
    else:
        new = [_edited(row.stretch, wish) for row in old]
        _check_edited(session, clinic, wish, old, new, ids)
        change = _note(session, actor, clinic, kind, old, len(new), now)
        openings = _edited_openings(session, clinic, chosen, wish)
        session.connection().execute(
            update(table)
            .where(table.c.id == bindparam("number"))
            .values(
                opening_id=bindparam("opening"),
                resource=bindparam("at"),
                start_minute=bindparam("first"),
                end_minute=bindparam("last"),
                change_id=change.id,
            ),
            [
                {"number": n, "opening": openings[row.opening_id], "at": to.resource, "first": to.start, "last": to.end}
                for n, row, to in zip(ids, old, new, strict=True)
            ],
        )
    return _finish(session, actor, clinic, days, len(old), change.id, now)


def _edited(stretch: Stretch, wish: Edit) -> Stretch:
    return stretch._replace(
        resource=stretch.resource if wish.resource is None else wish.resource,
        start=stretch.start if wish.start is None else wish.start,
        end=stretch.end if wish.end is None else wish.end,
    )


def _edited_openings(session: Session, clinic: Clinic, chosen: Sequence[Standing], wish: Edit) -> dict[int, int]:
    """The opening that each becomes: a new one, so that what was opened with it and not chosen stays as it is."""
    openings = {one.opening.id: (one.opening, one.time.book) for one in chosen}
    if (wish.name, wish.colour, wish.type_ids, wish.internal) == (None, None, None, None):
        return {number: number for number in openings}
    return {
        number: opening_for(
            session,
            clinic.id,
            Told(
                opening.name if wish.name is None else wish.name,
                opening.colour if wish.colour is None else wish.colour,
                book,
                frozenset(kind.id for kind in opening.types) if wish.type_ids is None else wish.type_ids,
                opening.internal if wish.internal is None else wish.internal,
            ),
        )
        for number, (opening, book) in openings.items()
    }


def _note(
    session: Session, actor: Actor, clinic: Clinic, kind: ChangeKind, removed: Sequence[_Row], left: int, now: datetime
) -> ScheduleChange:
    change = ScheduleChange(
        clinic_id=clinic.id, kind=kind, at=now, account_id=actor.id, removed=[row.values for row in removed], left=left
    )
    session.add(change)
    session.flush()
    return change


def _finish(
    session: Session, actor: Actor, clinic: Clinic, days: Collection[date], times: int, change_id: int | None, now: datetime
) -> Effect:
    """Settles the days, which are locked and changed, and tells what came of it."""
    loaded = capacity.load(session, clinic, days, now)
    settled = capacity.settle(session, loaded)
    audit.record(session, actor, Action.SCHEDULE_CHANGED, now, clinic_id=clinic.id)
    everybody = [key for sheets in loaded.sheets.values() for sheet in sheets.values() for key in sheet.taken]
    return Effect(
        change_id=change_id,
        times=times,
        days=len(set(days)),
        bookings=len(_bookings(everybody)),
        without=_bookings(settled.without),
        back=_bookings(settled.back),
        moved=settled.moved - len(settled.without) - len(settled.back),
    )


def _bookings(keys: Iterable[Key]) -> list[int]:
    return [number for kind, number in keys if kind == capacity.BOOKING and isinstance(number, int)]


# --- what is refused -----------------------------------------------------------------------------------------------------


def _check_told(session: Session, clinic: Clinic, book: Book, type_ids: Collection[int]) -> None:
    if not type_ids:
        raise Refusal(refusals.NO_TYPES)
    known = {kind.id for kind in catalogue.types_of_clinic(session, clinic.id) if kind.book is book}
    if not known.issuperset(type_ids):
        raise Refusal(refusals.OTHER_BOOK)


def _check_new(session: Session, clinic: Clinic, stretches: Sequence[Stretch], now: datetime) -> None:
    _check_days(stretches, now)
    for span in {one[3:] for one in stretches}:
        check_span(clinic, *span)
    capacity.lock_days(session, clinic.id, {one.day for one in stretches})
    _refuse_under(_standing_under(session, clinic, stretches))


def _check_days(stretches: Sequence[Stretch], now: datetime) -> None:
    if not stretches:
        raise Refusal(refusals.NO_DAYS)
    if min(stretch.day for stretch in stretches) < local(now).date():
        raise Refusal(refusals.DAY_PAST)


def _standing_under(session: Session, clinic: Clinic, stretches: Sequence[Stretch], but: Collection[int] = ()) -> list[Stretch]:
    """Opened times that the stretches would lie on, or the stretches that lie on each other."""
    if not stretches:
        return []
    twice = first_overlap(stretches)
    if twice is not None:
        return [twice]
    days = [stretch.day for stretch in stretches]
    columns = select(
        OpenedTime.id, OpenedTime.day, OpenedTime.book, OpenedTime.resource, OpenedTime.start_minute, OpenedTime.end_minute
    )
    rows = session.execute(columns.where(OpenedTime.clinic_id == clinic.id, OpenedTime.day.between(min(days), max(days))))
    apart = set(but)
    return overlapping(stretches, [Stretch(*row[1:]) for row in rows if row[0] not in apart])


def _refuse_under(standing: Sequence[Stretch]) -> None:
    if standing:
        first = min(standing)
        raise Refusal(refusals.NOT_EMPTY, day=first.day, resource=first.resource, minute=first.start, count=len(standing))


def _check_empty(session: Session, clinic: Clinic, book: Book, targets: Collection[tuple[date, int]]) -> None:
    """That nothing at all is open on the targets' resources; locks their days."""
    days = {day for day, _resource in targets}
    capacity.lock_days(session, clinic.id, days)
    standing = [
        stretch_of(one.time)
        for one in queries.opened(session, clinic.id, OpenedSearch(book=book, first=min(days), last=max(days)))
        if (one.time.day, one.time.resource) in targets
    ]
    _refuse_under(standing)


def _check_edited(
    session: Session, clinic: Clinic, wish: Edit, old: Sequence[_Row], new: Sequence[Stretch], ids: Collection[int]
) -> None:
    books = {row.stretch.book for row in old}
    if wish.type_ids is not None:
        if len(books) > 1:
            raise Refusal(refusals.OTHER_BOOK)
        _check_told(session, clinic, books.pop(), wish.type_ids)
    if wish.start is not None or wish.end is not None:
        for span in {one[3:] for one in new}:
            check_span(clinic, *span)
    if (wish.start, wish.end, wish.resource) != (None, None, None):
        _refuse_under(_standing_under(session, clinic, new, ids))


def _locked(session: Session, clinic: Clinic, ids: Collection[int], now: datetime) -> list[Standing]:
    """The chosen ones as they are once nobody else changes their days."""
    capacity.lock_days(session, clinic.id, {one.time.day for one in _chosen(session, clinic, ids, now)})
    return _chosen(session, clinic, ids, now, fresh=True)


def _chosen(session: Session, clinic: Clinic, ids: Collection[int], now: datetime, *, fresh: bool = False) -> list[Standing]:
    """The clinic's own opened times among the ids, from today on."""
    today = local(now).date()
    chosen = queries.opened(session, clinic.id, OpenedSearch(ids=set(ids), first=today), fresh=fresh) if ids else []
    if not chosen:
        raise Refusal(refusals.NOTHING_CHOSEN)
    return chosen
