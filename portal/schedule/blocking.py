"""Blocking time on a resource of a day, and letting it go."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from journal_core.booking import openings
from journal_core.booking.changes import Effect
from journal_core.refusal import Refusal
from journal_core.schedule import refusals
from journal_core.schedule.rules import Stretch
from portal.schedule.forms import LONGEST_NAME, read_book, read_span
from portal.schedule.preview import perform, preview, rehearse, sure
from portal.schedule.room import blueprint, here, numbers, room, today
from portal.web.forms import Form, posted
from portal.web.gate import staff_actor
from portal.web.services import now, services
from portal.web.shapes import read_day
from portal.words import say

FIELDS = {refusals.ENDS_BEFORE_START: "end", refusals.DAY_PAST: "dag"}


@blueprint.route("/blockera", methods=["GET", "POST"])
def block() -> Response:
    with services().database.reading() as session:
        found = room(session)
    day = read_day(request.values.get("dag")) or today()
    if request.method == "GET":
        book = found.used_books[0].value
        return _form(found, Form({"book": book, "start": "12:00", "end": "13:00", f"resource-{book}-1": "1"}), day, 200)
    form = posted()
    book, span = read_book(form), read_span(form)
    resources = numbers(form, f"resource-{book.value}")
    if not resources:
        form.wrong(f"resource-{book.value}-1", _("Välj minst en resurs."))
    if request.form.get("back"):
        form.problems = []
        return _form(found, form, day, 200)
    if span is None or not form.fine:
        return _form(found, form, day, 422)
    stretches = [Stretch(day, book, resource, *span) for resource in sorted(resources)]

    def change(session: Session) -> Effect:
        note = form.text("note")[:LONGEST_NAME] or None
        return openings.block(session, staff_actor(), here(session), stretches, note, now())

    try:
        effect = (perform if sure() else rehearse)(change)
    except Refusal as refusal:
        form.wrong(FIELDS.get(refusal.code, "start"), say(refusal))
        return _form(found, form, day, 422)
    if sure():
        return redirect(url_for("schedule.day", dag=day), 303)
    return preview(form, effect, _("Blockera tiden"))


def _form(found: object, form: Form, day: object, status: int) -> Response:
    return make_response(render_template("schedule/block.html", room=found, form=form, day=day), status)


@blueprint.post("/blockering/<id:block_id>/ta-bort")
def unblock(block_id: int) -> Response:
    with services().database.writing() as session:
        openings.unblock(session, staff_actor(), here(session), block_id, now())
    return redirect(url_for("schedule.day", dag=read_day(request.form.get("dag")) or today()), 303)
