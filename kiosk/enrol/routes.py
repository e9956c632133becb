"""A screen that nobody knows asks for its one-time code, and is known by its cookie from then on."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from journal_core.access import queries, screens
from journal_core.refusal import Refusal
from portal.web.forms import Form, posted
from portal.web.limits import SCREEN_CODES_BY_ADDRESS, address, spend
from portal.web.services import now, services
from portal.web.sessions import owner, renew
from portal.words import say

blueprint = Blueprint("enrol", __name__)


@blueprint.route("/koppla", methods=["GET", "POST"])
def code() -> Response:
    form = posted()
    if _is_known() or (request.method == "POST" and form.fine and _enrolled(form)):
        return redirect(url_for("screen.start"), 303)
    return make_response(render_template("enrol/code.html", form=form), 422 if form.problems else 200)


def _is_known() -> bool:
    with services().database.reading() as session:
        return queries.device_by_reference(session, owner()) is not None


def _enrolled(form: Form) -> bool:
    typed = "".join(c for c in form.figures("code") if c.isdecimal())
    if len(typed) != screens.CODE_LENGTH:
        form.wrong("code", _("Skriv kodens 8 siffror."))
        return False
    spend("screen-code", address(), SCREEN_CODES_BY_ADDRESS)
    _old, reference = renew()
    try:
        with services().database.writing() as session:
            screens.enrol(session, services().vault, typed, reference, now())
    except Refusal as refusal:
        form.wrong("code", say(refusal))
    return form.fine
