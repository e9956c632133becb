"""Seals: nobody else acts for a sealed person online. The answer is the same whoever the journal knows, sealed or not."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from journal_core.clock import local
from journal_core.persons import use_cases as persons
from journal_core.persons.rules import Identity, read_identity
from journal_core.refusal import Refusal
from portal.staff.routes import blueprint
from portal.web.forms import Form, posted
from portal.web.gate import assignment, staff_actor
from portal.web.services import now, services
from portal.words import say

ACTS = {"forsegla": persons.seal, "hav": persons.lift_seal}


@blueprint.route("/sparrar", methods=["GET", "POST"])
def seals() -> Response:
    """Whom it is about. The number goes on in a form: it is never in an address."""
    form = posted()
    identity = _identity(form) if request.method == "POST" else None
    if identity is None or not form.fine:
        return _page(form)
    return _page(form, identity)


@blueprint.post("/sparrar/gor")
def seal() -> Response:
    form, act = posted(), ACTS.get(request.form.get("gor", ""))
    identity = _identity(form)
    if identity is None or not form.fine:
        return _page(form)
    if act is None:
        form.wrong("step", _("Välj om du vill försegla eller häva."))
        return _page(form, identity)
    with services().database.writing() as session:
        act(session, staff_actor(), identity, assignment().clinic_id, now())
    return redirect(url_for("staff.seals", klart=request.form["gor"]), 303)


def _identity(form: Form) -> Identity | None:
    try:
        return read_identity(form.text("number"), local(now()).date())
    except Refusal as refusal:
        form.wrong("number", say(refusal))
        return None


def _page(form: Form, identity: Identity | None = None) -> Response:
    """`identity`: it has been told, and what to do is asked."""
    page = render_template("staff/seals.html", form=form, identity=identity, done=request.args.get("klart"))
    return make_response(page, 422 if form.problems else 200)
