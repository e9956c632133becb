"""What a guardian is asked, answers, and takes back: on a page of its own, reached by the message's link or from my pages."""

from __future__ import annotations

from collections.abc import Sequence

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from journal_core.catalogue import queries as catalogue
from journal_core.consent import queries, refusals, use_cases
from journal_core.consent.model import ConsentRequest
from journal_core.persons import queries as persons
from journal_core.persons.model import Person
from journal_core.refusal import Refusal
from portal.family.present import question
from portal.family.room import blueprint
from portal.web import register
from portal.web.acting import children
from portal.web.consents import digest_of, reading
from portal.web.forms import Form, posted
from portal.web.gate import resident_actor
from portal.web.services import now, services
from portal.web.sessions import resident_id, visitor
from portal.words import say

SAID = {"ja": True, "nej": False}


@blueprint.route("/samtycke/<token:token>", methods=["GET", "POST"])
def by_link(token: str) -> Response:
    """The link in the message. Whoever has it has to be the guardian who was asked, else it leads nowhere."""
    with services().database.reading() as session:
        found = queries.request_by_link(session, services().vault.hash("consent", token))
    return _answer(found.id if found is not None and found.guardian_id == resident_id() else None)


@blueprint.route("/mina-sidor/samtycken/<id:request_id>", methods=["GET", "POST"])
def consent(request_id: int) -> Response:
    return _answer(request_id)


def _answer(request_id: int | None) -> Response:
    form = posted()
    wanted = SAID.get(form.text("svar"))
    register_told = _know_the_family()
    try:
        if request.method == "POST" and form.fine:
            if wanted is None:
                form.wrong("svar", _("Välj ja eller nej."))
            else:
                _record(form, request_id, yes=wanted)
            if form.fine:
                return redirect(url_for("family.consent", request_id=request_id, sparat=1), 303)
        return _page(form, request_id)
    except NotYours:
        silent = not register_told and services().register is not None
        return make_response(render_template("family/unknown.html", register_silent=silent), 404)


class NotYours(Exception):
    """Asked of somebody else, of nobody any more, or never: all look alike."""


def _know_the_family() -> bool:
    """Who may answer goes by what the register says, and it may be a while since it was asked. False: it could not be."""
    found, person_id = visitor(), resident_id()
    assert found is not None
    assert person_id is not None
    return register.know_family(person_id, resident_actor(), since=found.created_at)


def _record(form: Form, request_id: int | None, *, yes: bool) -> None:
    with services().database.writing() as session:
        found = _own(session, request_id)
        booking = found.visit.booking
        read = reading(booking.clinic, booking.type.category)
        if yes and form.text("text") != digest_of(read.text):
            form.wrong("svar", _("Texten om samtycke är ny. Läs den och svara en gång till."))
            return
        try:
            guardians = _guardians_who_may(session, found.visit.person)
            use_cases.answer(session, resident_actor(), services().tools, found.id, read, guardians, now(), yes=yes)
        except Refusal as refusal:
            if refusal.code == refusals.NOT_YOURS:
                raise NotYours from refusal
            form.wrong("svar", say(refusal))


def _guardians_who_may(session: Session, child: Person) -> Sequence[Person]:
    """The logged-in, as far as the register vouches for the right to act; others are not needed to answer for oneself."""
    guardian_id = resident_id()
    assert guardian_id is not None
    if child.id not in {one.id for one in children(session, guardian_id)}:
        return []
    return [guardian for _told, guardian in persons.guardians_of(session, child.id) if guardian.id == guardian_id]


def _own(session: Session, request_id: int | None) -> ConsentRequest:
    """A request to the logged-in about a child for whom they may act. Raises NotYours."""
    guardian_id = resident_id()
    assert guardian_id is not None
    found = queries.request(session, request_id, guardian_id) if request_id is not None else None
    if found is None or not _guardians_who_may(session, found.visit.person):
        raise NotYours
    return found


def _page(form: Form, request_id: int | None) -> Response:
    with services().database.reading() as session:
        found = _own(session, request_id)
        clinic = found.visit.booking.clinic
        setting = catalogue.provider_reasons(session, clinic.unit.provider_id).get(found.visit.booking.type.category.reason_id)
    page = render_template(
        "family/consent.html",
        form=form,
        one=question(found),
        clinic=clinic,
        setting=setting,
        labels={choice.name: choice.label for choice in services().eids},
        saved="sparat" in request.args,
    )
    return make_response(page, 422 if form.problems else 200)
