"""The list of opened times: searching, changing or closing many at once, each with what comes of it said first."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from journal_core.booking import openings
from journal_core.booking.changes import Effect
from journal_core.booking.openings import Edit
from journal_core.refusal import Refusal
from journal_core.schedule import queries as schedule
from journal_core.schedule import refusals
from journal_core.schedule.queries import Chosen, OpenedSearch
from portal.schedule.forms import read_edit, read_search
from portal.schedule.present import type_name, types_said
from portal.schedule.preview import kept, perform, preview, rehearse, sure
from portal.schedule.room import COLOURS, Room, blueprint, here, numbers, room, today
from portal.web.forms import Form, posted
from portal.web.gate import staff_actor
from portal.web.i18n import clock_time
from portal.web.services import now, services
from portal.web.shapes import read_day
from portal.words import say

SHOWN = 50
"""Opened times on the page; all that were found can be chosen together."""
SEARCHED = ("name", "colour", "book", "resource", "first", "last", "type", "internal")
FOUND = "s-"
"""Before the search's fields where they go along with a choice."""
FIELDS = {
    refusals.NOT_WHOLE_FIVES: "start",
    refusals.OUTSIDE_FRAME: "start",
    refusals.ENDS_BEFORE_START: "end",
    refusals.NO_TYPES: "typer",
    refusals.OTHER_BOOK: "typer",
}


@blueprint.get("/tider")
def times() -> str:
    form, search = read_search(request.args.to_dict(), today())
    with services().database.reading() as session:
        found = room(session)
        opened = schedule.opened(session, found.clinic.id, search, SHOWN)
        count = schedule.count_opened(session, found.clinic.id, search)
        change = schedule.change(session, request.args.get("andrad", 0, type=int), found.clinic.id)
    return render_template(
        "schedule/times.html",
        room=found,
        form=form,
        opened=opened,
        count=count,
        types_named=lambda room: [(kind.id, type_name(kind)) for kind in room.types],
        types_said=types_said,
        asked={name: form.text(name) for name in SEARCHED if form.text(name)},
        change=change,
    )


@blueprint.route("/tider/andra", methods=["GET", "POST"])
def edit() -> Response:
    """What to change of those that were chosen; then what comes of it; then it is done."""
    if request.method == "GET":
        return redirect(url_for("schedule.times"), 303)
    form = posted()
    with services().database.reading() as session:
        found = room(session)
        ids = chosen(session, found, form)
        them = schedule.chosen(session, found.clinic.id, ids, today())
    if them is None:
        return redirect(url_for("schedule.times", inget=1), 303)
    if "step" not in form.data or request.form.get("back"):
        return _edit_form(found, form, them, 200)
    wish = read_edit(form, found)
    if wish is None:
        return _edit_form(found, form, them, 422)
    try:
        effect = _apply(ids, wish, really=sure() and form.fine)
    except Refusal as refusal:
        form.wrong(FIELDS.get(refusal.code, "name"), say(refusal))
        return _edit_form(found, form, them, 422)
    if sure() and form.fine:
        return redirect(url_for("schedule.times", andrad=effect.change_id, **_searched(form)), 303)
    return preview(form, effect, _("Ändra tiderna"), _said(wish, found))


@blueprint.route("/tider/stang", methods=["GET", "POST"])
def close() -> Response:
    """Closes what was chosen in the list, or a whole day; first says what happens to those who are booked."""
    if request.method == "GET":
        return redirect(url_for("schedule.times"), 303)
    form = posted()
    with services().database.reading() as session:
        found = room(session)
        ids = chosen(session, found, form)
    if not ids:
        return redirect(url_for("schedule.times", inget=1), 303)
    try:
        effect = _apply(ids, None, really=sure() and form.fine)
    except Refusal:
        return redirect(url_for("schedule.times", inget=1), 303)
    if sure() and form.fine:
        back = read_day(form.text("dag"))
        if back is not None:
            return redirect(url_for("schedule.week", vecka=back, andrad=effect.change_id), 303)
        return redirect(url_for("schedule.times", andrad=effect.change_id, **_searched(form)), 303)
    return preview(form, effect, _("Stäng tiderna"))


def chosen(session: Session, found: Room, form: Form) -> Collection[int]:
    """Ids of the opened times that are ticked; all that the search found; or all of a day."""
    day = read_day(form.text("dag"))
    if day is not None:
        search = OpenedSearch(first=max(day, today()), last=day)
    elif form.ticked("all"):
        search = read_search({name: form.text(FOUND + name) for name in SEARCHED}, today())[1]
    else:
        return numbers(form, "time")
    return {one.time.id for one in schedule.opened(session, found.clinic.id, search)}


def _apply(ids: Collection[int], wish: Edit | None, *, really: bool) -> Effect:
    def change(session: Session) -> Effect:
        if wish is None:
            return openings.close(session, staff_actor(), here(session), ids, now())
        return openings.edit(session, staff_actor(), here(session), ids, wish, now())

    return perform(change) if really else rehearse(change)


def _edit_form(found: Room, form: Form, them: Chosen, status: int) -> Response:
    if request.form.get("back"):
        form.problems = []
    choice = {name: value for name, value in kept(form).items() if name == "all" or name.startswith(("time-", FOUND))}
    page = render_template("schedule/edit.html", room=found, form=form, chosen=them, choice=choice, type_name=type_name)
    return make_response(page, status)


def _searched(form: Form) -> dict[str, Any]:
    return {name: form.text(FOUND + name) for name in SEARCHED if form.text(FOUND + name)}


def _said(wish: Edit, found: Room) -> list[str]:
    """Each change in words."""
    types = [type_name(kind) for kind in found.types if kind.id in (wish.type_ids or ())]
    rungs = (
        (wish.name, _("Nytt namn: %(name)s", name=wish.name)),
        (wish.colour, _("Ny färg: %(colour)s", colour=COLOURS.get(wish.colour or "", ""))),
        (wish.internal is True, _("Blir internt: invånare kan inte boka det")),
        (wish.internal is False, _("Blir öppet för invånare")),
        (wish.start is not None, _("Ny starttid: %(time)s", time=clock_time(wish.start or 0))),
        (wish.end is not None, _("Ny sluttid: %(time)s", time=clock_time(wish.end or 0))),
        (wish.resource, _("Flyttas till resurs %(number)s", number=wish.resource)),
        (types, _("Besökstyper: %(types)s", types="; ".join(types))),
    )
    return [words for holds, words in rungs if holds]
