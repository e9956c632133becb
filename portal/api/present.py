"""What the open booking API reads in addresses, and the shapes that it answers with."""

from __future__ import annotations

import json
import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from journal_core.booking.placement import CELL
from journal_core.booking.queries import times_of
from journal_core.catalogue.model import VisitCategory, VisitType
from journal_core.catalogue.rules import types_offered_online
from journal_core.organisation.model import Clinic
from journal_core.organisation.rules import can_be_booked_online

ID = re.compile(r"[1-9][0-9]{0,8}")
SPAN = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})-([0-9]{2})([0-9]{2})([0-9]{2})")
MOST_MONTHS = 6


def read_id(text: str) -> int | None:
    """A row's number as portal.web.shapes takes it; None for anything else, so that the answer can be an empty list."""
    return int(text) if ID.fullmatch(text) else None


def read_span(text: str) -> tuple[date, date] | None:
    """First and last day of YYMMDD-YYMMDD; None when it is malformed, reversed or longer than six months."""
    found = SPAN.fullmatch(text)
    if not found:
        return None
    year, month, day, last_year, last_month, last_day = map(int, found.groups())
    try:
        first, last = date(2000 + year, month, day), date(2000 + last_year, last_month, last_day)
    except ValueError:
        return None
    return (first, last) if first <= last <= _months_later(first) else None


def _months_later(day: date) -> date:
    """The same day of the month half a year later, or that month's last when it has no such day."""
    years, month = divmod(day.month - 1 + MOST_MONTHS, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def compact(found: object) -> str:
    """JSON without a blank too many, its letters as they are written."""
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def clinic_row(clinic: Clinic) -> dict[str, str | bool]:
    return {
        "id": str(clinic.id),
        "name": clinic.name,
        "address": clinic.street or "",
        "city": clinic.city or "",
        "style": clinic.colour or "",
        "hasWebTimebook": can_be_booked_online(clinic),
        "booking_auto_search": clinic.autosearch,
        "success_redirect_booking": "",
    }


def type_rows(categories: Sequence[VisitCategory]) -> list[dict[str, str]]:
    """The types that the booking page offers, in its order."""
    return [_type_row(category, kind) for category in categories for kind in types_offered_online(category)]


def _type_row(category: VisitCategory, kind: VisitType) -> dict[str, str]:
    return {
        "id": str(kind.id),
        "name": _type_name(category, kind),
        "categoryId": str(category.id),
        "min_age": "" if category.min_age is None else str(category.min_age),
    }


def _type_name(category: VisitCategory, kind: VisitType) -> str:
    """On the page a type stands under its category; alone it has to say both."""
    return kind.name if kind.name == category.name else f"{category.name}, {kind.name}"


def day_rows(starts: Mapping[date, int], free: Mapping[date, int | None], now: datetime) -> list[dict[str, object]]:
    """Days with the starts that are still to come; `starts` and `free` are cells by day (booking.placement)."""
    rows = ((day, _slots(day, starts[day], free.get(day) or 0, now)) for day in sorted(starts))
    return [{"date": day.strftime("%y%m%d"), "slots": slots} for day, slots in rows if slots]


def _slots(day: date, starts: int, free: int, now: datetime) -> list[dict[str, str | bool]]:
    return [
        {"when": f"{time.minute // 60:02}:{time.minute % 60:02}", "available": bool(free >> time.minute // CELL & 1)}
        for time in times_of(day, starts, now)
    ]
