"""The staff's pages. The clinic is always the one of the assignment in use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from importlib import import_module
from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from journal_core.access import use_cases as access
from journal_core.arrivals import queries as arrivals
from journal_core.arrivals import refusals
from journal_core.arrivals.model import Act
from journal_core.arrivals.use_cases import change
from journal_core.audit import use_cases as audit
from journal_core.audit.model import Action
from journal_core.booking import queries as bookings
from journal_core.booking.model import Visit
from journal_core.consent import queries as consent_queries
from journal_core.consent import use_cases as consent
from journal_core.consent.model import ConsentRequest
from journal_core.persons import queries as persons
from journal_core.refusal import Refusal
from portal.staff import assignments as choices
from portal.staff.consents import can_be_sent_yet, facts_of, why_not_asked
from portal.staff.consents import consents as consents_of
from portal.staff.day import NOBODY, asked, listed, read_state, whole_day
from portal.staff.declarations import declaration_of
from portal.staff.declarations import facts_of as marks_of
from portal.staff.present import KEYS, UNDOES
from portal.staff.visit import shown
from portal.web import register
from portal.web.at_work import around
from portal.web.contacts import read_email, read_mobile, recipient
from portal.web.forms import Form, posted
from portal.web.gate import BACKGROUND, assignment, staff_actor
from portal.web.services import now, services
from portal.web.sessions import owner
from portal.web.shapes import read_day
from portal.words import ACTS, REFUSALS, STATES, STATES_COUNTED

blueprint = Blueprint("staff", __name__, url_prefix="/personal")


blueprint.context_processor(around)


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"ACTS": ACTS, "KEYS": KEYS, "NOBODY": NOBODY, "STATES": STATES, "UNDOES": UNDOES}


@blueprint.get("")
def day() -> str:
    wish, used = asked(request.args, now()), assignment()
    visits = _visits_of(wish.day)
    with services().database.reading() as session:
        known = arrivals.arrivals(session, [visit.id for visit in visits])
        consents = facts_of(session, used.clinic, visits, wish.moment)
        declarations = marks_of(session, used.clinic, visits)
    found = listed(visits, known, consents, declarations, wish)
    with services().database.writing() as session:
        audit.record_look(session, staff_actor(), Action.SAW_DAY, wish.moment, persons=found.persons, clinic_id=used.clinic_id)
    return render_template(
        "staff/day.html", wish=wish, day=found, counted=STATES_COUNTED, conflict_words=REFUSALS[refusals.STATE_CHANGED]
    )


def _visits_of(day: date) -> Sequence[Visit]:
    """The register is asked in one question, before any name is shown: a list is where somebody protected would be seen first.

    A list that refreshes itself doesn't ask; one that got no answer shows what was typed, and lets half a minute pass.
    """
    visits = _read_visits(day)
    if BACKGROUND in request.headers or not register.knows_not_all([visit.person for visit in visits]):
        return visits
    register.know_persons([visit.person for visit in visits], staff_actor())
    return _read_visits(day)


def _read_visits(day: date) -> Sequence[Visit]:
    with services().database.reading() as session:
        return bookings.visits_of_day(session, assignment().clinic_id, day)


@blueprint.get("/utskrift")
def printed_day() -> str:
    """For when nothing else works: what is good to know stands on the paper too."""
    wish, used = asked(request.args, now()), assignment()
    visits = _visits_of(wish.day)
    with services().database.reading() as session:
        consents = facts_of(session, used.clinic, visits, wish.moment)
        declarations = marks_of(session, used.clinic, visits)
    rows = whole_day(visits, {}, wish.moment, consents, declarations)
    printed = sorted({row.person_id for row in rows})
    with services().database.writing() as session:
        audit.record(session, staff_actor(), Action.PRINTED_DAY, wish.moment, persons=printed, clinic_id=used.clinic_id)
    return render_template("staff/printed_day.html", wish=wish, rows=rows)


@blueprint.get("/besok/<id:visit_id>")
def visit(visit_id: int) -> Response:
    return _visit_page(visit_id, Form())


def _visit_page(visit_id: int, form: Form) -> Response:
    moment, register_silent = now(), not _register_knows_those_in(visit_id)
    with services().database.writing() as session:
        found = visit_here(session, visit_id)
        whole = bookings.booking(session, found.booking_id)
        assert whole is not None
        arrival = arrivals.arrivals(session, [visit_id]).get(visit_id)
        consents = consents_of(session, assignment().clinic, found, moment)
        mark, deviating = declaration_of(session, assignment().clinic, found)
        shown_page = shown(found, whole, arrival, consents, moment, declaration=mark, register_silent=register_silent)
        for action in (Action.SAW_VISIT, Action.SAW_DECLARATION) if deviating else (Action.SAW_VISIT,):
            audit.record(
                session,
                staff_actor(),
                action,
                moment,
                persons=[found.person_id],
                clinic_id=assignment().clinic_id,
                booking_id=found.booking_id,
            )
    page = render_template(
        "staff/visit.html",
        visit=shown_page,
        form=form,
        deviating=deviating,
        state=read_state(request.args.get("visa")),
        conflict="krock" in request.args,
        asked="fragad" in request.args,
        conflict_words=REFUSALS[refusals.STATE_CHANGED],
    )
    return make_response(page, 422 if form.problems else 200)


def _register_knows_those_in(visit_id: int) -> bool:
    """False: it should have been asked of somebody on the page, and did not answer."""
    with services().database.reading() as session:
        persons_in_it = bookings.persons_beside(session, visit_id, assignment().clinic_id)
        guardians = consent_queries.guardians_asked(session, visit_id) if persons_in_it else ()
    return register.know_persons([*persons_in_it, *guardians], staff_actor()) or services().register is None


@blueprint.post("/besok/<id:visit_id>/fraga/<id:request_id>")
def ask_again(visit_id: int, request_id: int) -> Response:
    """The question to a guardian who has not answered is sent once more, to where it was sent or to what is told here."""
    form, field = posted(), f"fraga-{request_id}"
    mobile, email = read_mobile(form, f"{field}-mobile"), read_email(form, f"{field}-email")
    if form.fine:
        try:
            with services().database.writing() as session:
                asked = _request_here(session, visit_id, request_id)
                contact = recipient(mobile, email, asked.language) if mobile or email else None
                guardians = [guardian for _told, guardian in persons.guardians_of(session, asked.visit.person_id)]
                consent.ask_again(session, staff_actor(), services().tools, request_id, guardians, now(), contact=contact)
        except Refusal as refusal:
            form.wrong(field if can_be_sent_yet(refusal) else "innehall", why_not_asked(refusal))
    if form.problems:
        return _visit_page(visit_id, form)
    return redirect(url_for("staff.visit", visit_id=visit_id, fragad=1), 303)


def _request_here(session: Session, visit_id: int, request_id: int) -> ConsentRequest:
    """About a visit of this very clinic."""
    found = consent_queries.of_visits(session, [visit_here(session, visit_id).id], texts=False).get(visit_id, ())
    wanted = next((one for one in found if one.id == request_id), None)
    if wanted is None:
        abort(404)
    return wanted


def visit_here(session: Session, visit_id: int) -> Visit:
    found = bookings.visit(session, visit_id, assignment().clinic_id)
    if found is None:
        abort(404)
    return found


@blueprint.post("/besok/<id:visit_id>")
def act(visit_id: int) -> Response:
    wanted, seen = request.form.get("act"), read_state(request.form.get("version"))
    if wanted not in set(Act) or seen is None:
        abort(400)
    try:
        with services().database.writing() as session:
            change(session, staff_actor(), visit_here(session, visit_id), Act(wanted), now(), seen=seen)
    except Refusal as refusal:
        if refusal.code != refusals.STATE_CHANGED:
            return redirect(url_for("staff.visit", visit_id=visit_id), 303)
        return redirect(_back(visit_id, conflict=True), 303)
    return redirect(_back(visit_id), 303)


def _back(visit_id: int, *, conflict: bool = False) -> str:
    """Where the button was pressed; the address names the visit, so that the page can tell what happened."""
    state = read_state(request.form.get("visa"))
    own, other = (None, visit_id) if conflict else (visit_id, None)
    if request.form.get("fran") == "visit":
        return url_for("staff.visit", visit_id=visit_id, visa=state, krock=other)
    day = read_day(request.form.get("dag"))
    return url_for("staff.day", dag=day, visa=state, andrad=own, krock=other, _anchor=f"v-{visit_id}")


@blueprint.route("/uppdrag", methods=["GET", "POST"])
def assignments() -> Response | str:
    own, form = choices.own(), posted()
    wanted = form.text("assignment") if request.method == "POST" else str(choices.preselected(own))
    chosen = next((each for each in own if str(each.id) == wanted), None)
    if request.method == "POST" and chosen is not None:
        with services().database.writing() as session:
            access.choose_assignment(session, owner(), chosen.id)
        return redirect(url_for("staff.day"), 303)
    if request.method == "POST" and own:
        form.wrong(f"uppdrag-{own[0].id}", _("Välj ett uppdrag."))
    active, others = choices.by_activity(own)
    page = render_template("staff/assignments.html", active=active, others=others, chosen=chosen, form=form)
    return make_response(page, 422 if form.problems else 200)


import_module("portal.staff.seals")
import_module("portal.staff.telling")
