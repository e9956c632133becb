"""Books, resources and frame; and the templates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from journal_core.booking import openings
from journal_core.catalogue.model import Book
from journal_core.refusal import Refusal
from journal_core.schedule import queries as schedule
from journal_core.schedule import use_cases
from journal_core.schedule.rules import resources_on
from portal.schedule.forms import LONGEST_NAME, read_span, show_clock
from portal.schedule.present import types_said
from portal.schedule.room import Room, blueprint, here, room
from portal.web.forms import Form, posted
from portal.web.services import now, services
from portal.words import say

STEPS = (5, 10, 15)
"""Minutes between the starts that a clinic may choose instead of a type's own."""


@blueprint.route("/bocker", methods=["GET", "POST"], endpoint="books")
def books_page() -> Response:
    with services().database.reading() as session:
        found = room(session)
    form = posted() if request.method == "POST" else Form(_as_it_is(found))
    if request.method == "POST" and _saved(form):
        return redirect(url_for("schedule.books", sparat=1), 303)
    page = render_template("schedule/books.html", room=found, form=form, steps=STEPS, saved="sparat" in request.args)
    return make_response(page, 422 if form.problems else 200)


def _as_it_is(found: Room) -> dict[str, str]:
    monday = date(2026, 1, 5)
    filled = {"start": show_clock(found.clinic.frame_start_minute), "end": show_clock(found.clinic.frame_end_minute)}
    filled["start_step"] = str(found.clinic.start_step_minutes or "")
    filled["autosearch"] = "1" if found.clinic.autosearch else ""
    for book in Book:
        filled[f"name-{book.value}"] = found.name(book)
        for n in range(7):
            filled[f"resources-{book.value}-{n}"] = str(resources_on(found.books, book, monday + timedelta(days=n)))
    return filled


def _saved(form: Form) -> bool:
    names = {book: form.text(f"name-{book.value}")[:LONGEST_NAME] for book in Book}
    for book, name in names.items():
        if not name:
            form.wrong(f"name-{book.value}", _("Skriv vad tidboken heter."))
    counts = {book: [_count(form, f"resources-{book.value}-{n}") for n in range(7)] for book in Book}
    span = read_span(form)
    step = {str(minutes): minutes for minutes in STEPS}.get(form.text("start_step"))
    if span is None or not form.fine:
        return False
    try:
        with services().database.writing() as session:
            clinic = here(session)
            use_cases.set_frame(clinic, *span)
            clinic.autosearch = form.ticked("autosearch")
            openings.set_step(session, clinic, step, now())
            for book in Book:
                use_cases.set_book(session, clinic.id, book, names[book], counts[book])
    except Refusal as refusal:
        form.wrong("start", say(refusal))
    return form.fine


def _count(form: Form, name: str) -> int:
    typed = form.text(name)
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 4):
        form.wrong(name, _("Skriv ett antal, till exempel 3."))
        return 0
    return int(typed)


@blueprint.get("/mallar")
def templates() -> str:
    with services().database.reading() as session:
        found = room(session)
        known: Sequence[object] = schedule.templates(session, found.clinic.id)
    return render_template("schedule/templates.html", room=found, templates=known, types_said=types_said)


@blueprint.post("/mallar/<id:template_id>/ta-bort")
def forget_template(template_id: int) -> Response:
    with services().database.writing() as session:
        use_cases.forget_template(session, here(session).id, template_id)
    return redirect(url_for("schedule.templates"), 303)
