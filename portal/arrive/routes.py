"""The QR code of a booking, the button on its page, and the poster's QR code with booking code and date of birth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from journal_core.actor import LINK
from journal_core.arrivals import queries, refusals, use_cases
from journal_core.arrivals.rules import check_arrival
from journal_core.booking import queries as bookings
from journal_core.booking.model import Booking
from journal_core.booking.rules import time_of
from journal_core.booking.use_cases import arrival_link_of
from journal_core.organisation import queries as organisation
from journal_core.organisation.model import Clinic
from journal_core.organisation.rules import takes_arrivals
from journal_core.refusal import Refusal
from portal.web.codes import claimed, let_in, read_claim
from portal.web.declarations import Wanted, wanted_of
from portal.web.forms import Form, posted
from portal.web.posters import poster as poster_of
from portal.web.services import now, services
from portal.words import say

blueprint = Blueprint("arrive", __name__)
HEADINGS: Mapping[str, LazyString] = {
    refusals.NOT_HERE: _l("Säg till att du är här"),
    refusals.CANCELLED: _l("Den här tiden gäller inte längre"),
    refusals.EARLY: _l("Välkommen!"),
    refusals.LATE: _l("Gå till personalen"),
    refusals.WRONG_DAY: _l("Din tid är en annan dag"),
    refusals.PASSED: _l("Din tid har varit"),
    refusals.FINISHED: _l("Tack för i dag"),
}
"""What each "no" is about, as the matter and not as a refusal."""
ARRIVE_HERE = _l("Rikta mobilens kamera hit och anmäl att du är här.")


@blueprint.route("/a/<token:token>", methods=["GET", "POST"])
def ticket(token: str) -> Response:
    """The QR code's page: registers arrival and can do nothing else."""
    if request.method == "POST":
        _register(token, by_link=False)
        return redirect(url_for("arrive.ticket", token=token), 303)
    with services().database.reading() as session:
        found = bookings.booking_by_arrival_link(session, services().vault.hash("arrival", token))
        if found is None:
            return make_response(render_template("manage/unknown.html"), 404)
        refusal = _verdict(session, found)
        here = refusal is not None and refusal.code in (refusals.ALREADY, refusals.EARLY)
        declarations = wanted_of(session, found) if here else []
    return make_response(_page(found, token, refusal, declarations))


@blueprint.route("/b/<token:token>/ankomst", methods=["GET", "POST"])
def by_link(token: str) -> Response:
    """The button "I am here" on the booking's own page."""
    if request.method == "POST":
        _register(token, by_link=True)
    return redirect(url_for("manage.booking", token=token), 303)


def _register(token: str, *, by_link: bool) -> None:
    """Registers if it can be; whatever the answer, the page shown next says how it is."""
    with services().database.writing() as session:
        find = bookings.booking_by_link if by_link else bookings.booking_by_arrival_link
        found = find(session, services().vault.hash("link" if by_link else "arrival", token))
        if found is None:
            abort(404)
        try:
            use_cases.register(session, LINK, found.id, now())
        except Refusal:
            return


def _verdict(session: Session, found: Booking) -> Refusal | None:
    known = queries.arrivals(session, [visit.id for visit in found.visits])
    try:
        check_arrival(found, [known.get(visit.id) for visit in found.visits], now())
    except Refusal as refusal:
        return refusal
    return None


def _page(found: Booking, token: str, refusal: Refusal | None, declarations: Sequence[Wanted]) -> str:
    return render_template(
        "arrive/ticket.html",
        clinic=found.clinic,
        token=token,
        time=time_of(found),
        said=say(refusal) if refusal else None,
        heading=HEADINGS.get(refusal.code) if refusal else None,
        refused=refusal.code if refusal else None,
        registered=refusal is not None and refusal.code == refusals.ALREADY,
        again=refusal is not None and refusal.code == refusals.EARLY,
        declarations=declarations,
    )


@blueprint.route("/ankomst/<id:clinic_id>", methods=["GET", "POST"])
def poster(clinic_id: int) -> Response:
    clinic = _taking_arrivals(clinic_id)
    form, elsewhere, token = posted(), None, None
    if request.method == "POST":
        found = _found(form)
        elsewhere = found.clinic if found is not None and found.clinic_id != clinic_id else None
        token = arrival_link_of(services().vault, found) if found is not None and elsewhere is None else None
    if token is not None:
        _register(token, by_link=False)
        return redirect(url_for("arrive.ticket", token=token), 303)
    page = render_template("arrive/poster.html", clinic=clinic, form=form, elsewhere=elsewhere)
    return make_response(page, 422 if form.problems else 200)


@blueprint.get("/ankomst/<id:clinic_id>/affisch")
def printed_poster(clinic_id: int) -> str:
    """What hangs in the waiting room: its QR code opens the page above."""
    clinic = _taking_arrivals(clinic_id)
    path = url_for("arrive.poster", clinic_id=clinic_id)
    return render_template("arrive/printed_poster.html", clinic=clinic, poster=poster_of(clinic, path, ARRIVE_HERE))


def _taking_arrivals(clinic_id: int) -> Clinic:
    with services().database.reading() as session:
        clinic = organisation.clinic(session, clinic_id)
    if clinic is None or not takes_arrivals(clinic):
        abort(404)
    return clinic


def _found(form: Form) -> Booking | None:
    """The booking of the form's code and date of birth, opened; the arrival link's page then says how it stands."""
    claim = read_claim(form)
    if claim is None:
        return None
    with services().database.writing() as session:
        found = claimed(session, form, claim)
        if found is not None:
            let_in(session, found, now())
        return found
