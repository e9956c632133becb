"""Calendar files: one event a booking, the same UID for life, SEQUENCE growing with each change (RFC 5545)."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask_babel import gettext as _
from icalendar import Calendar, Event

from journal_core.booking.model import Booking
from journal_core.booking.rules import hides_place, time_of
from journal_core.clock import STOCKHOLM


def calendar_file(booking: Booking, address: str, now: datetime) -> bytes:
    """The event as text/calendar. It says when and where, and nothing of who or why; of a protected person not where."""
    event = Event()
    start = time_of(booking).instant.astimezone(STOCKHOLM)
    cancelled = booking.cancelled_at is not None
    event.add("uid", f"{booking.calendar_id}@{urlsplit(address).hostname}")
    event.add("dtstamp", booking.cancelled_at or booking.created_at)
    event.add("last-modified", now)
    event.add("sequence", booking.sequence)
    event.add("dtstart", start)
    event.add("dtend", start + timedelta(minutes=booking.minutes))
    event.add("summary", _("Avbokat: besök") if cancelled else _("Besök på mottagning"))
    event.add("description", _("Se, ändra eller avboka: %(link)s", link=address))
    event.add("url", address)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if cancelled else "OPAQUE")
    if not hides_place(booking):
        clinic = booking.clinic
        event.add("location", ", ".join(part for part in (clinic.name, clinic.street, clinic.city) if part))
    calendar = Calendar()
    calendar.add("prodid", "-//Vaccinporten//SV")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())
