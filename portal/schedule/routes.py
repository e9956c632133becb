"""The schedule's overview: week, day, who lacks a resource, and undo. The other pages are registered with it."""

from __future__ import annotations

from datetime import timedelta

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from journal_core.booking import openings, queries
from journal_core.catalogue.model import Book
from journal_core.refusal import Refusal
from journal_core.schedule import queries as schedule
from journal_core.schedule.queries import OpenedSearch
from portal.schedule import blocking, books, copying, listing, offers, opening, trying
from portal.schedule.present import columns, type_name, week_days
from portal.schedule.present import schedule as shown
from portal.schedule.preview import perform
from portal.schedule.room import blueprint, here, monday_of, room, today
from portal.web.gate import staff_actor
from portal.web.services import now, services
from portal.web.shapes import read_day
from portal.words import REFUSALS

__all__ = ["blocking", "blueprint", "books", "copying", "listing", "offers", "opening", "trying"]


@blueprint.get("")
def week() -> str:
    monday = monday_of(read_day(request.args.get("vecka")) or today())
    last = monday + timedelta(days=6)
    wanted = request.args.get("bok")
    book = Book(wanted) if wanted in set(Book) else None
    with services().database.reading() as session:
        found = room(session)
        opened = schedule.opened(session, found.clinic.id, OpenedSearch(first=monday, last=last))
        blocked = schedule.blocked(session, found.clinic.id, monday, last)
        bookings = queries.bookings_between(session, found.clinic.id, monday, last)
        missing = queries.count_without_resource(session, found.clinic.id, today())
        change = schedule.change(session, request.args.get("andrad", 0, type=int), found.clinic.id)
    return render_template(
        "schedule/week.html",
        room=found,
        monday=monday,
        shown=shown(found, week_days(monday, opened), opened, blocked, bookings, book),
        book=book,
        missing=missing,
        change=change,
        too_late="sent" in request.args and REFUSALS["undo_too_late"],
        undone="angrat" in request.args,
    )


@blueprint.get("/dag")
def day() -> str:
    wanted = read_day(request.args.get("dag")) or today()
    with services().database.reading() as session:
        found = room(session)
        opened = schedule.opened(session, found.clinic.id, OpenedSearch(first=wanted, last=wanted))
        blocked = schedule.blocked(session, found.clinic.id, wanted, wanted)
        bookings = queries.bookings_between(session, found.clinic.id, wanted, wanted, with_visits=True)
    day_shown = shown(found, [wanted], opened, blocked, bookings)
    return render_template(
        "schedule/day.html",
        room=found,
        day=wanted,
        shown=day_shown,
        columns=columns(day_shown, bookings),
        without=[(one, type_name(one.type)) for one in bookings if one.resource is None],
        anything=bool(opened),
        past=wanted < today(),
    )


@blueprint.get("/resurs-saknas")
def missing() -> str:
    """Bookings that no resource is open for; whose they are is seen on the visit's own page."""
    with services().database.reading() as session:
        clinic = here(session)
        found = queries.without_resource(session, clinic.id, today())
    return render_template("schedule/missing.html", rows=[(one, type_name(one.type)) for one in found])


@blueprint.post("/andring/<id:change_id>/angra")
def undo(change_id: int) -> Response:
    back = monday_of(read_day(request.form.get("vecka")) or today())
    try:
        perform(lambda session: openings.undo(session, staff_actor(), here(session), change_id, now()))
    except Refusal:
        return redirect(url_for("schedule.week", vecka=back, sent=1), 303)
    return redirect(url_for("schedule.week", vecka=back, angrat=1), 303)
