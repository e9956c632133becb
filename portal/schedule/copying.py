"""Copying: one resource of a day to any day and resource, or several days to the same weekdays of a span."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from journal_core.booking import openings
from journal_core.booking.changes import Effect
from journal_core.catalogue.model import Book
from journal_core.refusal import Refusal
from journal_core.schedule.rules import LONGEST_SPAN, is_holiday
from portal.schedule.forms import read_book
from portal.schedule.preview import perform, preview, rehearse, sure
from portal.schedule.room import Room, blueprint, here, monday_of, numbers, room, today
from portal.web.forms import Form, posted
from portal.web.gate import staff_actor
from portal.web.services import now, services
from portal.web.shapes import read_day
from portal.words import say

Targets = Mapping[tuple[date, int], tuple[date, int]]
"""Source day and resource by target day and resource."""


@blueprint.route("/kopiera", methods=["GET", "POST"])
def copy() -> Response:
    with services().database.reading() as session:
        found = room(session)
    if request.method == "GET":
        return _form(found, Form(_presets(found)), 200)
    form = posted()
    if request.form.get("back"):
        form.problems = []
        return _form(found, form, 200)
    book = read_book(form)
    targets = _week_targets(form, book) if form.text("how") == "week" else _one_target(form)
    if targets is None or not form.fine:
        return _form(found, form, 422)

    def change(session: Session) -> Effect:
        return openings.copy(session, staff_actor(), here(session), targets, book, now())

    try:
        effect = (perform if sure() else rehearse)(change)
    except Refusal as refusal:
        form.wrong("from", say(refusal) if refusal.code != "nothing_chosen" else _("Det finns inget öppet att kopiera där."))
        return _form(found, form, 422)
    if sure():
        first = min(day for day, _resource in targets)
        return redirect(url_for("schedule.week", vecka=monday_of(first), andrad=effect.change_id), 303)
    return preview(form, effect, _("Kopiera"))


def _presets(found: Room) -> dict[str, str]:
    day = read_day(request.args.get("dag")) or today()
    book = found.used_books[0].value
    return {
        "how": "week",
        "book": book,
        "from": day.isoformat(),
        "first": (monday_of(day) + timedelta(weeks=1)).isoformat(),
        "last": (monday_of(day) + timedelta(weeks=5, days=-1)).isoformat(),
        "from_resource": "1",
        "to_resource": "1",
        "to": (day + timedelta(days=7)).isoformat(),
        f"resource-{book}-1": "1",
    }


def _form(found: Room, form: Form, status: int) -> Response:
    return make_response(render_template("schedule/copy.html", room=found, form=form), status)


def _day(form: Form, name: str) -> date | None:
    day = read_day(form.text(name))
    if day is None:
        form.wrong(name, _("Skriv datumet som år, månad och dag, till exempel 2026-12-01."))
    return day


def _resource(form: Form, name: str) -> int | None:
    typed = form.text(name)
    if not (typed.isascii() and typed.isdecimal() and 0 < int(typed[:4]) < 1000):
        form.wrong(name, _("Skriv resursens nummer, till exempel 2."))
        return None
    return int(typed)


def _one_target(form: Form) -> Targets | None:
    """One resource of a day, to any day and resource of the book."""
    day, source = _day(form, "from"), _resource(form, "from_resource")
    to, target = _day(form, "to"), _resource(form, "to_resource")
    return {(to, target): (day, source)} if day and source and to and target else None


def _week_targets(form: Form, book: Book) -> Targets | None:
    """The chosen resources of a whole week, to the same weekdays and resources of a span; never to the week itself."""
    day, first, last = _day(form, "from"), _day(form, "first"), _day(form, "last")
    resources = numbers(form, f"resource-{book.value}")
    if not resources:
        form.wrong(f"resource-{book.value}-1", _("Välj minst en resurs."))
    if not (day and first and last and resources):
        return None
    if last < first or last - first > LONGEST_SPAN:
        form.wrong("last", _("Sista dagen måste vara samma dag som den första eller senare."))
        return None
    monday = monday_of(day)
    span = (first + timedelta(days=n) for n in range((last - first).days + 1))
    days = [each for each in span if monday_of(each) != monday and not is_holiday(each)]
    return {(each, one): (monday + timedelta(days=each.weekday()), one) for each in days for one in resources}
