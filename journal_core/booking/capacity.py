"""The one deciding path: who may have a place. The only room that takes a day's lock.

Order of locks, always: draft, persons, days ascending, then bookings (docs/locks.md). PostgreSQL: the row of `clinic_day` is
locked by updating it. SQLite: there is one writer at all, so a day is locked by waiting for one's turn. Below both
stands the wall in the database (migration 0001), which no path, this one included, gets past.

Whoever changes a day locks it, loads it (booking.loading), changes it in memory and in its rows, and lets `settle` finish:
that finds everybody's place anew and writes down what the day has left.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from sqlalchemy import Date, Integer, UpdateBase, bindparam, delete, func, null, select, true, update
from sqlalchemy import literal as value
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from journal_core.booking import refusals, summary
from journal_core.booking.loading import HOLD, Loaded, Sheet
from journal_core.booking.model import Booking, ClinicDay, Hold
from journal_core.booking.placement import Key, Taken, free, occupied, resource_for
from journal_core.booking.placement import settle as settled
from journal_core.booking.rules import Time, lane, last_day
from journal_core.catalogue.model import Book, VisitType
from journal_core.mapping import table_of
from journal_core.reading import each, quick_write
from journal_core.refusal import Refusal
from journal_core.transaction import wait_for_turn
from journal_core.writing import insert_in, insert_of


def lock_days(session: Session, clinic_id: int, days: Collection[date]) -> None:
    """Nobody else decides on these days of the clinic until this transaction ends."""
    wait_for_turn(session)
    if session.get_bind().dialect.name == "postgresql" and days:
        wanted = sorted(set(days))
        lock = LOCK_IN_TURN if len(wanted) <= FEW else LOCK
        session.connection().execute(lock, {"clinic": clinic_id, "days": wanted})


FEW = 2
"""Days that a booking may want at once: the old one and the new."""


def _lock(*, in_turn: bool) -> UpdateBase:
    """Takes the rows in the order in which the days are told, and leaves them as they are.

    `in_turn`: waits in a queue for each day first, which PostgreSQL has for advisory locks. Rows it gives to anybody who asks
    just when they have been written, and under a rush somebody may wait for long. Whoever wants many days does without, for
    the locks of all transactions share one small table.
    """
    clinic, day = bindparam("clinic", type_=Integer()), each("days", Date(), "postgresql")
    rows = select(clinic, day, value(0))
    if in_turn:
        rows = rows.where(func.pg_advisory_xact_lock(clinic, day - date(2000, 1, 1)).is_not(None))
    added = postgresql.insert(table_of(ClinicDay)).from_select(("clinic_id", "day", "version"), rows)
    return added.on_conflict_do_update(index_elements=("clinic_id", "day"), set_={"version": ClinicDay.version})


LOCK, LOCK_IN_TURN = _lock(in_turn=False), _lock(in_turn=True)


def forget_run_out(session: Session, clinic_id: int, day: date, now: datetime) -> None:
    """Holds that ran out leave the table; they counted for nothing already."""
    quick_write(session, RUN_OUT, [{"clinic": clinic_id, "day": day, "now": now}])


RUN_OUT = delete(Hold).where(
    Hold.clinic_id == bindparam("clinic"), Hold.day == bindparam("day"), Hold.held_until <= bindparam("now")
)


def keep(session: Session, held: Hold) -> None:
    """Writes down what a draft holds, in the place of what it held before."""
    row = {column.name: getattr(held, column.name) for column in table_of(Hold).c}
    quick_write(session, _keep(session.get_bind().dialect.name), [row])


def let_go(session: Session, draft_ids: Iterable[str]) -> None:
    """Nothing is held for these drafts any more."""
    quick_write(session, OF_DRAFT, [{"draft": draft_id} for draft_id in draft_ids])


OF_DRAFT = delete(Hold).where(Hold.draft_id == bindparam("draft"))


@cache
def _keep(dialect: str) -> UpdateBase:
    table, added = table_of(Hold), insert_of(dialect, Hold)
    others = {column.name: added.excluded[column.name] for column in table.c if not column.primary_key}
    return added.on_conflict_do_update(index_elements=table.primary_key, set_=others)


def check_free(loaded: Loaded, kind: VisitType, time: Time, now: datetime) -> int:
    """The resource that takes a new visit at `time`, as things stand. Raises Refusal: time_past, time_taken."""
    if time.instant <= now:
        raise Refusal(refusals.TIME_PAST)
    sheet = loaded.sheet(time.day, kind.book)
    full = occupied(sheet.blocks, sheet.taken.values())
    resource = resource_for(sheet.openings, full, kind.id, time.minute, kind.minutes, loaded.steps(kind.id))
    if time.day > last_day(now) or resource is None:
        raise Refusal(refusals.TIME_TAKEN, time=time)
    return resource


@dataclass(frozen=True)
class Settled:
    """What came of the visits of the days."""

    moved: int
    without: Collection[Key]
    """Who stands nowhere now and did before."""
    back: Collection[Key]
    """Who has a place again."""


def settle(session: Session, loaded: Loaded) -> Settled:
    """Finds everybody's place anew, writes what changed, and writes down what each day has left."""
    moves: list[tuple[date, Book, Taken, int | None]] = []
    for day, sheets in loaded.sheets.items():
        for book, sheet in sheets.items():
            if sheet.taken:
                places = settled(sheet.openings, sheet.blocks, sheet.taken.values())
                for key, visit in sheet.taken.items():
                    if places[key] != visit.resource:
                        moves.append((day, book, visit, places[key]))
                        sheet.taken[key] = visit._replace(resource=places[key])
    _move(session, loaded.clinic_id, moves)
    write_down(session, loaded)
    return Settled(
        len(moves),
        [visit.key for *_, visit, place in moves if place is None],
        [visit.key for *_, visit, place in moves if visit.resource is None],
    )


def _move(session: Session, clinic_id: int, moves: Iterable[tuple[date, Book, Taken, int | None]]) -> None:
    """First clears, then sets: the wall never sees two on one place. A hold that stands nowhere is gone."""
    cleared: list[dict[str, object]] = []
    placed: list[dict[str, object]] = []
    held: list[dict[str, object]] = []
    lost: list[dict[str, object]] = []
    for day, book, visit, resource in moves:
        kind, number = visit.key
        if kind == HOLD:
            (lost if resource is None else held).append({"draft": number, "place": resource})
            continue
        if visit.resource is not None:
            cleared.append({"number": number})
        if resource is not None:
            start, end = lane(clinic_id, book, resource, Time(day, visit.start), visit.minutes)
            placed.append({"number": number, "place": resource, "first": start, "last": end})
    quick_write(session, CLEAR, cleared)
    quick_write(session, PLACE, placed)
    quick_write(session, PLACE_HOLD, held)
    quick_write(session, OF_DRAFT, lost)


CLEAR = update(Booking).where(Booking.id == bindparam("number")).values(resource=null(), lane_start=null(), lane_end=null())
PLACE = (
    update(Booking)
    .where(Booking.id == bindparam("number"))
    .values(resource=bindparam("place"), lane_start=bindparam("first"), lane_end=bindparam("last"))
)
PLACE_HOLD = update(Hold).where(Hold.draft_id == bindparam("draft")).values(resource=bindparam("place"))


def write_down(session: Session, loaded: Loaded) -> None:
    """What each day has left, as its holds stand and as it will be when they have run out. One statement for days alike."""
    known: dict[object, bytes] = {}
    alike: dict[tuple[tuple[str, bytes | datetime | None], ...], list[date]] = {}
    for day in loaded.sheets:
        alike.setdefault(tuple(summary_of(loaded, day, known).items()), []).append(day)
    rows = [{"clinic": loaded.clinic_id, "days": days, **dict(left)} for left, days in alike.items()]
    quick_write(session, _write_days(session.get_bind().dialect.name), rows)


@cache
def _write_days(dialect: str) -> UpdateBase:
    table = table_of(ClinicDay)
    left = [bindparam(name, type_=table.c[name].type) for name in COUNTED]
    wanted = select(bindparam("clinic", type_=Integer()), each("days", Date(), dialect), value(1), *left).where(true())
    added = insert_in(dialect, ClinicDay).from_select(["clinic_id", "day", "version", *COUNTED], wanted)
    grow = {"version": table.c.version + 1, **{name: added.excluded[name] for name in COUNTED}}
    return added.on_conflict_do_update(index_elements=("clinic_id", "day"), set_=grow)


COUNTED = "free", "free_after_holds", "next_hold_end", "last_hold_end"


def summary_of(loaded: Loaded, day: date, known: dict[object, bytes] | None = None) -> dict[str, bytes | datetime | None]:
    """The columns of a day's row. `known` keeps what has been packed, for days that are alike."""
    # Holds whose place was closed are gone.
    standing = {
        key for sheet in loaded.sheets[day].values() for key, visit in sheet.taken.items() if visit.resource is not None
    }
    ends = [end for key, end in loaded.ends[day].items() if key in standing]
    known = {} if known is None else known
    packed = _packed(loaded, day, known, but_holds=False)
    return {
        "free": packed,
        "free_after_holds": _packed(loaded, day, known, but_holds=True) if ends else packed,
        "next_hold_end": min(ends, default=None),
        "last_hold_end": max(ends, default=None),
    }


def _packed(loaded: Loaded, day: date, known: dict[object, bytes], *, but_holds: bool) -> bytes:
    shape = tuple((book, sheet.facts) for book, sheet in loaded.sheets[day].items()), but_holds
    if shape not in known:
        known[shape] = summary.pack(left(loaded, day, but_holds=but_holds))
    return known[shape]


def left(loaded: Loaded, day: date, *, but_holds: bool = False) -> dict[int, int]:
    """A day's free cells by type; types for which nothing is open are absent. `but_holds`: as if there were none."""
    return {
        type_id: mask
        for sheet in loaded.sheets[day].values()
        for type_id, mask in _left(loaded, sheet, but_holds=but_holds).items()
    }


def _left(loaded: Loaded, sheet: Sheet, *, but_holds: bool) -> dict[int, int]:
    """Free cells by type, for the types that residents' time is opened for."""
    counted = [visit for visit in sheet.taken.values() if not (but_holds and visit.key[0] == HOLD)]
    full = occupied(sheet.blocks, counted)
    types = {type_id for opened in sheet.openings if not opened.internal for type_id in opened.types}
    return {type_id: free(sheet.openings, full, type_id, loaded.minutes[type_id], loaded.steps(type_id)) for type_id in types}
