"""What can be booked: the clinic's categories and types."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from journal_core.catalogue import queries, refusals, use_cases
from journal_core.catalogue.model import Book, VisitCategory
from journal_core.catalogue.use_cases import NewCategory, NewType
from journal_core.refusal import Refusal
from portal.schedule.forms import LONGEST_NAME, read_book
from portal.schedule.room import blueprint, here, may_offer, room
from portal.web.forms import Form, posted
from portal.web.services import now, services
from portal.words import ages, reason_name, say

FIELDS = {
    refusals.REASON_UNKNOWN: "reason",
    refusals.AGES_ORDER: "max_age",
    refusals.MINUTES_WRONG: "minutes",
    refusals.PERSONS_WRONG: "persons",
}
OFFER_PAGES = {f"schedule.{name}" for name in ("offers", "add_category", "add_type", "names", "move_category", "retire")}
PRESETS = {"minutes": "10", "persons": "1", "book": Book.A.value, "type_name": ""}


@blueprint.get("/besok", endpoint="offers")
def offers_page() -> str:
    with services().database.reading() as session:
        found = room(session)
        categories = queries.categories_of_clinic(session, found.clinic.id)
    return render_template("schedule/offers.html", room=found, categories=categories, ages=ages, reason_name=reason_name)


@blueprint.route("/besok/ny", methods=["GET", "POST"])
def add_category() -> Response:
    form = posted() if request.method == "POST" else Form(PRESETS)
    if request.method == "POST":
        told, first = _category(form), _type(form, form.text("name"))
        if (
            form.fine
            and told
            and first
            and _done(form, lambda session: use_cases.add_category(session, here(session).id, told, first))
        ):
            return redirect(url_for("schedule.offers"), 303)
    with services().database.reading() as session:
        found, reasons = room(session), queries.reasons(session)
    page = render_template("schedule/category.html", room=found, form=form, reasons=reasons, reason_name=reason_name)
    return make_response(page, 422 if form.problems else 200)


@blueprint.route("/besok/<id:category_id>/typ", methods=["GET", "POST"])
def add_type(category_id: int) -> Response:
    form = posted() if request.method == "POST" else Form(PRESETS)
    if request.method == "POST":
        told = _type(form, "")
        if told and _done(form, lambda it: use_cases.add_type(it, _own(it, category_id), told)):
            return redirect(url_for("schedule.offers"), 303)
    with services().database.reading() as session:
        found, category = room(session), _own(session, category_id)
    page = render_template("schedule/type.html", room=found, form=form, category=category)
    return make_response(page, 422 if form.problems else 200)


@blueprint.route("/besok/<id:category_id>/namn", methods=["GET", "POST"])
def names(category_id: int) -> Response:
    """What the category and its types are called."""
    with services().database.reading() as session:
        found, category = room(session), _own(session, category_id)
        kinds = [kind for kind in category.types if kind.retired_at is None]
    form = (
        posted() if request.method == "POST" else Form({"name": category.name, **{f"type-{one.id}": one.name for one in kinds}})
    )
    if request.method == "POST":
        name, types = _named(form, "name"), {kind.id: _named(form, f"type-{kind.id}") for kind in kinds}
        if _done(form, lambda it: use_cases.rename(_own(it, category_id), name, types)):
            return redirect(url_for("schedule.offers"), 303)
    page = render_template("schedule/names.html", room=found, form=form, category=category, kinds=kinds)
    return make_response(page, 422 if form.problems else 200)


def _named(form: Form, field: str) -> str:
    name = form.text(field)[:LONGEST_NAME]
    if not name:
        form.wrong(field, _("Skriv ett namn."))
    return name


@blueprint.post("/besok/<id:category_id>/flytta")
def move_category(category_id: int) -> Response:
    with services().database.writing() as session:
        use_cases.move_category(session, _own(session, category_id), up=request.form.get("way") == "up")
    return redirect(url_for("schedule.offers"), 303)


@blueprint.post("/besok/<id:category_id>/avsluta")
def retire(category_id: int) -> Response:
    """A type, when one is named, else the whole category."""
    kind_id = request.form.get("type", 0, type=int)
    with services().database.writing() as session:
        category = _own(session, category_id)
        kinds = [kind for kind in category.types if kind.id == kind_id]
        if kind_id and not kinds:
            abort(404)
        if kinds:
            use_cases.retire_type(kinds[0], now())
        else:
            use_cases.retire_category(category, now())
    return redirect(url_for("schedule.offers"), 303)


@blueprint.before_request
def _absent_where_the_provider_says_so() -> None:
    if request.endpoint in OFFER_PAGES and not may_offer():
        abort(404)


def _own(session: Session, category_id: int) -> VisitCategory:
    found = queries.category(session, category_id, here(session).id)
    if found is None:
        abort(404)
    return found


def _done(form: Form, change: Callable[[Session], object]) -> bool:
    """Whether it was done; else the form says why not."""
    if not form.fine:
        return False
    try:
        with services().database.writing() as session:
            change(session)
    except Refusal as refusal:
        form.wrong(FIELDS[refusal.code], say(refusal))
    return form.fine


def _category(form: Form) -> NewCategory | None:
    name = form.text("name")[:LONGEST_NAME]
    if not name:
        form.wrong("name", _("Skriv vad besöket heter, till exempel Vaccination mot TBE."))
    reason = _whole(form, "reason")
    if not reason:
        form.wrong("reason", _("Välj en besöksanledning."))
    low, high = (_whole(form, age) if form.text(age) else None for age in ("min_age", "max_age"))
    for age, value in (("min_age", low), ("max_age", high)):
        if form.text(age) and (value is None or value > 130):
            form.wrong(age, _("Skriv en ålder i hela år, till exempel 18."))
    if not form.fine or reason is None:
        return None
    return NewCategory(reason, name, low, high, form.ticked("invisible_online"), form.ticked("series"))


def _type(form: Form, otherwise: str) -> NewType | None:
    name = form.text("type_name")[:LONGEST_NAME] or otherwise[:LONGEST_NAME]
    if not name and not otherwise and "name" not in form.data:
        form.wrong("type_name", _("Skriv vad besökstypen heter, till exempel 2 personer."))
    minutes, persons = _whole(form, "minutes"), _whole(form, "persons")
    if minutes is None:
        form.wrong("minutes", _("Skriv antalet minuter, till exempel 10."))
    if persons is None:
        form.wrong("persons", _("Skriv antalet personer, till exempel 1."))
    if minutes is None or persons is None or not form.fine:
        return None
    return NewType(name, minutes, persons, read_book(form), form.ticked("drop_in"))


def _whole(form: Form, name: str) -> int | None:
    typed = form.text(name)
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else None
