"""Beginning, one question a page, looking through, sending."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from journal_core.access.rules import Limit
from journal_core.actor import LINK, STRANGER
from journal_core.audit import use_cases as audit
from journal_core.audit.model import Action
from journal_core.booking import queries as bookings
from journal_core.booking import use_cases as booking
from journal_core.booking.model import Booking, Visit
from journal_core.clock import age_on, local
from journal_core.declarations import queries, refusals, use_cases
from journal_core.declarations.form import About
from journal_core.declarations.use_cases import Subject
from journal_core.organisation import queries as organisation
from journal_core.organisation.model import Clinic
from journal_core.organisation.rules import demands_eid_to_declare, has_declaration_link
from journal_core.persons import queries as persons
from journal_core.persons import use_cases as people
from journal_core.persons.model import Person
from journal_core.persons.rules import Identity, read_identity
from journal_core.refusal import Refusal
from portal.declare.beginning import begun
from portal.declare.filling import Filling, load
from portal.web.acting import acting_for, subject_id
from portal.web.answers import filled, read
from portal.web.codes import read_born
from portal.web.declarations import Wanted, wanted_of
from portal.web.forms import Form, posted
from portal.web.gate import resident_actor
from portal.web.i18n import language
from portal.web.limits import CODE_TRIES, address, spend
from portal.web.posters import poster as poster_of
from portal.web.services import now, services
from portal.web.sessions import owner, resident_id
from portal.words import say

blueprint = Blueprint("declare", __name__)
BEGUN_BY_ADDRESS = Limit(60, timedelta(minutes=10))
"""By a clinic's own link: a waiting room may share one address."""

ANSWER_HERE = _l("Rikta mobilens kamera hit och svara på frågor om din hälsa.")


# --- beginning ------------------------------------------------------------------------------------------------------------


@blueprint.post("/b/<token:token>/halsodeklaration/<id:position>")
def begin(token: str, position: int) -> Response:
    """For one of those who come in a booking; goes on where it was left."""
    with services().database.writing() as session:
        found = bookings.booking_by_link(session, services().vault.hash("link", token))
        wanted = _wanted(session, found)
        assert found is not None
        here = url_for("manage.booking", token=token)
        if position not in _opened(wanted):
            return redirect(here, 303)
        return _started(session, _coming(found, position), here)


@blueprint.route("/a/<token:token>/halsodeklaration", methods=["GET", "POST"])
def by_ticket(token: str) -> Response:
    """With the ticket in hand, as on arrival. The ticket alone does nothing here (domain §3): it takes a date of birth or an
    e-ID too, or what opens the booking."""
    form = posted()
    with services().database.reading() as session:
        found = bookings.booking_by_arrival_link(session, services().vault.hash("arrival", token))
        wanted = _wanted(session, found)
        assert found is not None
    if request.method == "POST" and form.fine:
        position = _position(form, found, wanted)
        if position is not None:
            with services().database.writing() as session:
                whole = bookings.booking(session, found.id)
                _wanted(session, whole)
                assert whole is not None
                return _started(session, _coming(whole, position), request.path)
    page = render_template(
        "declare/by_ticket.html",
        clinic=found.clinic,
        form=form,
        token=token,
        wanted=wanted,
        by_eid=demands_eid_to_declare(found.clinic),
    )
    return make_response(page, 422 if form.problems else 200)


def _wanted(session: Session, found: Booking | None) -> list[Wanted]:
    """What is asked for in a booking, until its visits are over; else there is nothing."""
    wanted = wanted_of(session, found) if found is not None else []
    if not wanted:
        abort(404)
    return wanted


def _opened(wanted: Sequence[Wanted]) -> list[int]:
    return [one.position for one in wanted if one.opened]


def _position(form: Form, found: Booking, wanted: Sequence[Wanted]) -> int | None:
    """Who is to answer: whom a button names, or whose date of birth is told. None with the form's problems said."""
    if "position" in request.form:
        position = request.form.get("position", type=int)
        if position not in _opened(wanted):
            abort(redirect(request.path, 303))
        return position
    if len(_opened(wanted)) == len(wanted):
        return _first(wanted, _opened(wanted))
    born = read_born(form)
    if born is None:
        return None
    spend("born", str(found.id), CODE_TRIES)
    asked = {one.position for one in wanted}
    theirs = [visit.position for visit in found.visits if visit.person.birth_date == born and visit.position in asked]
    if not theirs:
        form.wrong("birth_date", _("Födelsedatumet hör inte till bokningen. Försök igen eller ring."))
        return None
    return _first(wanted, theirs)


def _first(wanted: Sequence[Wanted], positions: Sequence[int]) -> int:
    """The first of these that has not answered, as of twins the other one, else the first."""
    return next((one.position for one in wanted if one.position in positions and not one.sent), positions[0])


def _coming(found: Booking, position: int) -> Visit:
    visit = next((one for one in found.visits if one.position == position), None)
    if visit is None:
        abort(404)
    return visit


def _started(session: Session, visit: Visit, here: str) -> Response:
    """To what was begun for the visit; `here` is where one returns from logging in."""
    oneself = resident_id() is not None and subject_id() == visit.person_id
    if demands_eid_to_declare(visit.booking.clinic) and not oneself:
        return redirect(url_for("sign_in.resident", till=here), 303)
    definition_id = queries.required(session, [visit.booking.type_id]).get(visit.booking.type_id)
    if definition_id is None:
        abort(404)
    about = About(age_on(visit.person.birth_date, visit.booking.day), visit.booking.type.category.reason.slug)
    subject = Subject(visit.person_id, visit.booking.clinic.unit.provider_id, visit.booking.clinic_id, about, visit.id)
    actor = resident_actor() if oneself else LINK
    made = begun(session, actor, queries.newest(session, definition_id), subject, oneself=oneself)
    return redirect(url_for("declare.go_on", clinic_id=made.clinic_id, reference=made.reference), 303)


@blueprint.route("/hd/<id:clinic_id>", methods=["GET", "POST"])
def direct(clinic_id: int) -> Response:
    """The clinic's own link, for a page or a poster: without a booked time."""
    form = posted()
    with services().database.reading() as session:
        clinic = organisation.clinic(session, clinic_id)
        if clinic is None or not has_declaration_link(clinic):
            abort(404)
        person = persons.person(session, subject_id() or 0) if resident_id() else None
    if person is None and demands_eid_to_declare(clinic):
        return redirect(url_for("sign_in.resident", till=url_for("declare.direct", clinic_id=clinic_id)), 303)
    if request.method == "POST":
        identity = None if person else _identity(form)
        if form.fine and (person or identity):
            spend("declare", address(), BEGUN_BY_ADDRESS)
            return _begin_directly(clinic, person, identity)
    page = render_template("declare/start.html", clinic=clinic, form=form, person=person, child=acting_for())
    return make_response(page, 422 if form.problems else 200)


@blueprint.get("/hd/<id:clinic_id>/affisch")
def poster(clinic_id: int) -> str:
    """What hangs in the waiting room: its QR code opens the page above."""
    with services().database.reading() as session:
        clinic = organisation.clinic(session, clinic_id)
    if clinic is None or not has_declaration_link(clinic):
        abort(404)
    path = url_for("declare.direct", clinic_id=clinic_id)
    return render_template("declare/poster.html", clinic=clinic, poster=poster_of(clinic, path, ANSWER_HERE))


def _identity(form: Form) -> Identity | None:
    try:
        return read_identity(form.figures("identity"), local(now()).date())
    except Refusal as refusal:
        form.wrong("identity", say(refusal))
        return None


def _begin_directly(clinic: Clinic, person: Person | None, identity: Identity | None) -> Response:
    """A stranger begins anew each time, so that nobody learns whether somebody is known here."""
    moment, provider_id = now(), clinic.unit.provider_id
    with services().database.writing() as session:
        if person is None:
            assert identity is not None
            person = people.ensure(session, [identity], moment)[identity.number]
        chosen = queries.serves_drop_in(session, clinic)
        if chosen is None:
            chosen = use_cases.system_definition(session, services().bank.of_system, moment).id
        subject = Subject(person.id, provider_id, clinic.id, About(age_on(person.birth_date, local(moment).date())))
        actor = resident_actor() if identity is None else STRANGER
        made = begun(session, actor, queries.newest(session, chosen), subject, oneself=identity is None)
        return redirect(url_for("declare.go_on", clinic_id=clinic.id, reference=made.reference), 303)


# --- answering ------------------------------------------------------------------------------------------------------------


@blueprint.get("/hd/<id:clinic_id>/<reference:reference>")
def go_on(clinic_id: int, reference: str) -> Response:
    with services().database.reading() as session:
        filling = load(session, clinic_id, reference)
    return redirect(filling.address("done") if filling.declaration.sent_at or filling.over else filling.onward, 303)


@blueprint.route("/hd/<id:clinic_id>/<reference:reference>/fraga/<part:key>", methods=["GET", "POST"])
def question(clinic_id: int, reference: str, key: str) -> Response:
    form = posted()
    if request.method == "GET" or not form.fine:
        with services().database.writing() as session:
            filling = load(session, clinic_id, reference)
            if filling.oneself and filling.seen(key) is not None:
                _log_seen(session, filling)
            return _question_page(filling, key, form)
    with services().database.writing() as session:
        filling = load(session, clinic_id, reference, lock=True)
        wanted = next((one for one in filling.asked if one.key == key), None)
        if filling.declaration.sent_at is not None or filling.over or wanted is None:
            return redirect(filling.address("go_on"), 303)
        said = read(form, request.form.getlist("answer"), wanted)
        if said is None:
            return _question_page(filling, key, form)
        use_cases.answer(session, services().keys, filling.declaration, {key: said}, language(), owner(), now())
        filling.told = use_cases.told(services().keys, filling.declaration)
        return redirect(filling.onward, 303)


def _log_seen(session: Session, filling: Filling) -> None:
    made = filling.declaration
    action = Action.SAW_DECLARATION
    audit.record(session, resident_actor(), action, now(), persons=[made.person_id], clinic_id=made.clinic_id)


def _question_page(filling: Filling, key: str, form: Form) -> Response:
    asked = filling.asked
    place = next((n for n, one in enumerate(asked) if one.key == key), None)
    if filling.declaration.sent_at is not None or filling.over or place is None:
        return redirect(filling.address("go_on"), 303)
    wanted, seen = asked[place], filling.seen(key)
    chosen = request.form.getlist("answer") if form.problems else list(seen.values if seen else ())
    if not form.problems:
        form = Form(filled(wanted, seen))
    page = render_template(
        "declare/question.html",
        clinic=filling.clinic,
        filling=filling,
        form=form,
        question=wanted,
        chosen=chosen,
        number=place + 1,
        count=len(asked),
        before=filling.at(asked[place - 1].key) if place else None,
    )
    return make_response(page, 422 if form.problems else 200)


@blueprint.route("/hd/<id:clinic_id>/<reference:reference>/kontrollera", methods=["GET", "POST"])
def check(clinic_id: int, reference: str) -> Response:
    form = posted()
    if request.method == "POST" and form.fine:
        with services().database.writing() as session:
            filling = load(session, clinic_id, reference, lock=True)
            if filling.over:
                return redirect(filling.address("done"), 303)
            try:
                actor = resident_actor() if filling.by_eid else LINK if filling.declaration.visit_id else STRANGER
                use_cases.send(session, actor, services().keys, filling.declaration, now())
            except Refusal as refusal:
                if refusal.code != refusals.UNFINISHED:
                    raise
                return redirect(filling.address("go_on"), 303)
            return redirect(filling.address("done"), 303)
    with services().database.writing() as session:
        filling = load(session, clinic_id, reference)
        if filling.oneself:
            _log_seen(session, filling)
    if filling.declaration.sent_at is not None or filling.over or filling.waiting is not None:
        return redirect(filling.address("go_on"), 303)
    page = render_template("declare/check.html", clinic=filling.clinic, filling=filling, form=form)
    return make_response(page, 422 if form.problems else 200)


@blueprint.get("/hd/<id:clinic_id>/<reference:reference>/klart")
def done(clinic_id: int, reference: str) -> Response | str:
    with services().database.reading() as session:
        filling = load(session, clinic_id, reference)
        made = filling.declaration
        if made.sent_at is None and not filling.over:
            return redirect(filling.address("go_on"), 303)
        visit = made.visit
        wanted = wanted_of(session, visit.booking) if visit is not None else []
        opened = any(one.opened for one in wanted)
        vault = services().vault
        link = booking.link_of(vault, visit.booking) if visit is not None and opened else None
        waits_here = visit is not None and not opened and visit.booking.day == local(now()).date()
        ticket = booking.arrival_link_of(vault, visit.booking) if visit is not None and waits_here else None
    return render_template(
        "declare/done.html",
        clinic=filling.clinic,
        filling=filling,
        others=sum(not one.sent for one in wanted if one.opened),
        link=link,
        ticket=ticket,
    )
