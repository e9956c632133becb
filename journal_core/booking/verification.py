"""Recounts everything from opened times, blocked time, bookings and holds alone, and compares with what serves the pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select, union
from sqlalchemy.orm import Session

from journal_core.booking import capacity, loading, openings, summary
from journal_core.booking.loading import BOOKING, HOLD, Loaded
from journal_core.booking.model import Booking, ClinicDay, Hold
from journal_core.booking.placement import Key, faults, starts_of
from journal_core.booking.queries import counted
from journal_core.booking.rules import Time, lane
from journal_core.organisation.model import Clinic
from journal_core.schedule.model import OpenedTime

AT_ONCE = 64
"""Days read together."""


@dataclass(frozen=True)
class Difference:
    """One thing that is not as the rows say."""

    clinic_id: int
    day: date
    what: str
    """uncounted, free, resource, lane."""
    about: str
    """Which type, booking or hold: ids alone."""


def clinics(session: Session) -> list[Clinic]:
    return list(session.scalars(select(Clinic).order_by(Clinic.id)))


def differences(session: Session, clinic: Clinic, now: datetime) -> Iterator[Difference]:
    """Everything of a clinic that differs."""
    days = _days(session, clinic.id)
    for at in range(0, len(days), AT_ONCE):
        part = days[at : at + AT_ONCE]
        loaded = loading.load(session, clinic, part, now)
        rows = select(ClinicDay).where(ClinicDay.clinic_id == clinic.id, ClinicDay.day.between(part[0], part[-1]))
        written = {row.day: row for row in session.scalars(rows.execution_options(populate_existing=True))}
        for day in part:
            yield from _of_day(loaded, day, written.get(day), now)
        yield from _lanes(session, clinic.id, part)


def repair(session: Session, clinic: Clinic, now: datetime) -> None:
    """Settles and counts each day anew. Places that nobody may have are taken back first."""
    days = _days(session, clinic.id)
    for at in range(0, len(days), AT_ONCE):
        part = days[at : at + AT_ONCE]
        capacity.lock_days(session, clinic.id, part)
        _clear(session, clinic, part, now)
        openings.recount(session, clinic, part, now)


def _days(session: Session, clinic_id: int) -> list[date]:
    """Every day of which something is known."""
    known = union(
        select(OpenedTime.day).where(OpenedTime.clinic_id == clinic_id),
        select(Booking.day).where(Booking.clinic_id == clinic_id, Booking.cancelled_at.is_(None)),
        select(Hold.day).where(Hold.clinic_id == clinic_id),
        select(ClinicDay.day).where(ClinicDay.clinic_id == clinic_id),
    )
    return sorted(session.scalars(known))


def _of_day(loaded: Loaded, day: date, row: ClinicDay | None, now: datetime) -> Iterator[Difference]:
    for book, sheet in loaded.sheets[day].items():
        for key in faults(sheet.openings, sheet.blocks, list(sheet.taken.values())):
            yield Difference(loaded.clinic_id, day, "resource", f"{_said(key)} in book {book.value}")
    right = capacity.summary_of(loaded, day)
    if row is None or row.free is None or row.free_after_holds is None:
        if right["free"]:
            yield Difference(loaded.clinic_id, day, "uncounted", "the whole day")
        return
    if _forgets_holds(row, right):
        yield Difference(loaded.clinic_id, day, "hold ends", "the whole day")
    shown = counted(row.free, row.free_after_holds, row.next_hold_end, row.last_hold_end, now)
    for name, kept, real in (
        ("free", shown, right["free"]),
        ("free after holds", row.free_after_holds, right["free_after_holds"]),
    ):
        if kept is not None and kept != real:
            assert isinstance(real, bytes)
            yield from _types(loaded.clinic_id, day, name, summary.unpack(kept), summary.unpack(real))


def _forgets_holds(row: ClinicDay, right: Mapping[str, bytes | datetime | None]) -> bool:
    """Whether a hold would end unseen. Ends that are over already may still stand there."""
    first, last = right["next_hold_end"], right["last_hold_end"]
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return False
    return not (row.next_hold_end and row.last_hold_end and row.next_hold_end <= first and last <= row.last_hold_end)


def _types(clinic_id: int, day: date, name: str, kept: dict[int, int], real: dict[int, int]) -> Iterator[Difference]:
    for type_id in sorted(kept.keys() | real.keys()):
        if kept.get(type_id) != real.get(type_id):
            wrong = starts_of((kept.get(type_id) or 0) ^ (real.get(type_id) or 0))
            times = ", ".join(f"{minute // 60:02}:{minute % 60:02}" for minute in wrong) or "open or not"
            yield Difference(clinic_id, day, name, f"type {type_id} at {times}")


def _lanes(session: Session, clinic_id: int, days: list[date]) -> Iterator[Difference]:
    """Bookings whose span behind the wall is another than their place says."""
    for booking in _bookings(session, clinic_id, days):
        right = _lane(clinic_id, booking)
        if (booking.lane_start, booking.lane_end) != right:
            yield Difference(clinic_id, booking.day, "lane", f"booking {booking.id}")


def _lane(clinic_id: int, booking: Booking) -> tuple[int | None, int | None]:
    if booking.resource is None:
        return None, None
    return lane(clinic_id, booking.book, booking.resource, Time(booking.day, booking.start_minute), booking.minutes)


def _bookings(session: Session, clinic_id: int, days: list[date]) -> list[Booking]:
    wanted = select(Booking).where(Booking.clinic_id == clinic_id, Booking.day.between(days[0], days[-1]))
    fresh = wanted.where(Booking.cancelled_at.is_(None)).execution_options(populate_existing=True)
    return list(session.scalars(fresh))


def _clear(session: Session, clinic: Clinic, days: list[date], now: datetime) -> None:
    """Who stands where nobody may stands nowhere, until the day is settled."""
    loaded = loading.load(session, clinic, days, now)
    wrong = {
        key
        for sheets in loaded.sheets.values()
        for sheet in sheets.values()
        for key in faults(sheet.openings, sheet.blocks, list(sheet.taken.values()))
    }
    standing = _bookings(session, clinic.id, days)
    for booking in standing:
        if (BOOKING, booking.id) in wrong or (booking.lane_start, booking.lane_end) != _lane(clinic.id, booking):
            booking.resource = booking.lane_start = booking.lane_end = None
    lost = [str(number) for kind, number in wrong if kind == HOLD]
    session.execute(delete(Hold).where(Hold.draft_id.in_(lost)))
    session.flush()


def _said(key: Key) -> str:
    kind, number = key
    return f"booking {number}" if kind == BOOKING else "a hold"
