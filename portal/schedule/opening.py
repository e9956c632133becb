"""Opening time: the form, what it would come to, and doing it."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response as FlaskResponse
from flask import jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from journal_core.booking import openings
from journal_core.booking.changes import Effect
from journal_core.booking.openings import open_time
from journal_core.refusal import Refusal
from journal_core.schedule import queries as schedule
from journal_core.schedule import refusals
from journal_core.schedule import use_cases as templates
from portal.schedule.forms import LONGEST_NAME, Wish, presets, read_opening
from portal.schedule.present import counted, days_said, type_name
from portal.schedule.preview import kept, perform, rehearse, sure
from portal.schedule.room import Room, blueprint, here, monday_of, room, today
from portal.web.forms import Form, posted
from portal.web.gate import staff_actor
from portal.web.services import now, services
from portal.words import say

FIELDS = {
    refusals.OUTSIDE_FRAME: "start",
    refusals.NOT_WHOLE_FIVES: "start",
    refusals.ENDS_BEFORE_START: "end",
    refusals.NO_DAYS: "first",
    refusals.DAY_PAST: "first",
    refusals.NO_TYPES: "typer",
    refusals.OTHER_BOOK: "typer",
}
"""Where a refusal is said."""


@blueprint.route("/oppna", methods=["GET", "POST"], endpoint="open")
def open_page() -> Response:
    with services().database.reading() as session:
        found = room(session)
        known = schedule.templates(session, found.clinic.id)
    if request.method == "GET":
        chosen = next((one for one in known if str(one.id) == request.args.get("mall")), None)
        remembered = {name: value for name, value in request.args.items() if name not in ("mall", "lang", "andrad")}
        return _form(found, Form(remembered or presets(found, today(), chosen)), known, 200)
    form = posted()
    wish = read_opening(form, found)
    if wish is None or request.form.get("back"):
        form.problems = [] if request.form.get("back") else form.problems
        return _form(found, form, known, 200 if request.form.get("back") else 422)
    try:
        effect = (perform if sure() and form.fine else rehearse)(
            lambda session: open_time(session, staff_actor(), here(session), wish.told, wish.stretches, now())
        )
    except Refusal as refusal:
        form.wrong(FIELDS.get(refusal.code, f"resource-{wish.told.book.value}-1"), say(refusal))
        return _form(found, form, known, 422)
    if not sure() or not form.fine:
        return _preview(found, form, wish, effect)
    if form.ticked("template"):
        with services().database.writing() as session:
            templates.keep_template(session, found.clinic.id, wish.told)
    return _opened(form, wish, effect)


def _form(found: Room, form: Form, known: object, status: int) -> Response:
    page = render_template(
        "schedule/open.html",
        room=found,
        form=form,
        templates=known,
        type_name=type_name,
        longest=LONGEST_NAME,
        changed=request.args.get("andrad", 0, type=int) if request.method == "GET" else 0,
    )
    return make_response(page, status)


def _preview(found: Room, form: Form, wish: Wish, effect: Effect) -> Response:
    places = openings.slots(found.clinic, [kind for kind in found.types if kind.id in wish.told.type_ids], wish.stretches)
    page = render_template(
        "schedule/open_check.html",
        room=found,
        form=form,
        wish=wish,
        counted=counted(found, wish, places),
        effect=effect,
        kept=kept(form),
        days_said=days_said,
    )
    return make_response(page, 200)


def _opened(form: Form, wish: Wish, effect: Effect) -> Response:
    """Back to the form as it was, where that is wanted, else to the week of the first day."""
    if form.ticked("remember"):
        choices = urlencode({**kept(form), "andrad": effect.change_id})
        return redirect(f"{url_for('schedule.open')}?{choices}", 303)
    first = min(stretch.day for stretch in wish.stretches)
    return redirect(url_for("schedule.week", vecka=monday_of(first), andrad=effect.change_id), 303)


@blueprint.get("/antal")
def count() -> FlaskResponse:
    """What the form as it stands would open, for its script."""
    with services().database.reading() as session:
        found = room(session)
    form = Form(request.args.to_dict())
    wish = read_opening(form, found)
    if wish is None:
        return jsonify(words="")
    places = openings.slots(found.clinic, [kind for kind in found.types if kind.id in wish.told.type_ids], wish.stretches)
    days = len({stretch.day for stretch in wish.stretches})
    said = [f"{name}: {number}" for name, number in counted(found, wish, places).places]
    heading = ngettext("Öppnar %(num)d dag.", "Öppnar %(num)d dagar.", days)
    return jsonify(words=f"{heading} {_('Bokningsbara tider:')} {', '.join(said)}")
