"""What a guardian is asked, answers, and takes back: on a page of its own, reached by the message's link or from my pages."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from flask import abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from journal_core.booking.rules import time_of
from journal_core.consent import queries, refusals, use_cases
from journal_core.consent.model import Answer, ConsentRequest
from journal_core.consent.rules import is_answerable, last
from journal_core.persons import queries as persons
from journal_core.persons.model import Person
from journal_core.refusal import Refusal
from portal.family.routes import blueprint
from portal.web import register
from portal.web.acting import children
from portal.web.consents import reading
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
    _know_the_family()
    if request.method == "POST" and form.fine and request_id is not None:
        if wanted is None:
            form.wrong("svar-ja", _("Välj ja eller nej."))
        else:
            _record(form, request_id, yes=wanted)
        if form.fine:
            return redirect(url_for("family.consent", request_id=request_id, sparat=1), 303)
    return _page(form, request_id)


def _know_the_family() -> None:
    """Who may answer goes by what the register says, and it may be a while since it was asked."""
    found, person_id = visitor(), resident_id()
    if found is not None and person_id is not None:
        register.know_family(person_id, resident_actor(), since=found.created_at)


def _record(form: Form, request_id: int, *, yes: bool) -> None:
    with services().database.writing() as session:
        found = _own(session, request_id)
        booking = found.visit.booking
        read = reading(booking.clinic, booking.type.category)
        if yes and form.text("text") != _digest(read.text):
            form.wrong("svar-ja", _("Texten om samtycke är ny. Läs den och svara en gång till."))
            return
        try:
            guardians = _guardians_who_may(session, found.visit.person)
            use_cases.answer(session, resident_actor(), services().tools, request_id, read, guardians, now(), yes=yes)
        except Refusal as refusal:
            if refusal.code == refusals.NOT_YOURS:
                abort(404)
            form.wrong("svar-ja", say(refusal))


def _guardians_who_may(session: Session, child: Person) -> Sequence[Person]:
    """The logged-in, as far as the register vouches for the right to act; others are not needed to answer for oneself."""
    guardian_id = resident_id()
    assert guardian_id is not None
    if child.id not in {one.id for one in children(session, guardian_id)}:
        return []
    return [guardian for _told, guardian in persons.guardians_of(session, child.id) if guardian.id == guardian_id]


def _own(session: Session, request_id: int | None) -> ConsentRequest:
    """A request to the logged-in about a child for whom they may act; another's and none at all look alike."""
    guardian_id = resident_id()
    assert guardian_id is not None
    found = queries.request(session, request_id, guardian_id) if request_id is not None else None
    if found is None or not _guardians_who_may(session, found.visit.person):
        abort(404)
    return found


def _page(form: Form, request_id: int | None) -> Response:
    with services().database.reading() as session:
        found = _own(session, request_id)
    booking = found.visit.booking
    text = reading(booking.clinic, booking.type.category).text
    page = render_template(
        "family/consent.html",
        form=form,
        child=found.visit.person,
        booking=booking,
        time=time_of(booking),
        clinic=booking.clinic,
        text=text,
        digest=_digest(text),
        given=last(found) is Answer.GIVEN,
        answered=last(found) in (Answer.GIVEN, Answer.REFUSED, Answer.WITHDRAWN),
        refused=last(found) is Answer.REFUSED,
        answerable=is_answerable(found, now()),
        request_id=found.id,
        saved="sparat" in request.args,
    )
    return make_response(page, 422 if form.problems else 200)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
