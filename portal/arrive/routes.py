"""The QR code of a booking, the button on its page, and the poster's QR code with booking code and date of birth."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from journal_core.actor import LINK
from journal_core.arrivals import queries, refusals, use_cases
from journal_core.arrivals.rules import check_arrival
from journal_core.booking import queries as bookings
from journal_core.booking import refusals as booking_refusals
from journal_core.booking.model import Booking
from journal_core.booking.rules import time_of
from journal_core.booking.use_cases import arrival_link_of
from journal_core.clock import today
from journal_core.organisation import queries as organisation
from journal_core.organisation.rules import takes_arrivals
from journal_core.persons.rules import read_birth_date
from journal_core.refusal import Refusal
from portal.web.forms import Form, posted
from portal.web.limits import CODE_TRIES, CODES_BY_ADDRESS, address, spend
from portal.web.services import now, services
from portal.words import say

blueprint = Blueprint("arrive", __name__)
CODE_LENGTH = 9


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
    return make_response(_page(found, token, refusal))


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


def _page(found: Booking, token: str, refusal: Refusal | None) -> str:
    return render_template(
        "arrive/ticket.html",
        clinic=found.clinic,
        token=token,
        time=time_of(found),
        said=say(refusal) if refusal else None,
        registered=refusal is not None and refusal.code == refusals.ALREADY,
        cancelled=refusal is not None and refusal.code == refusals.CANCELLED,
    )


@blueprint.route("/ankomst/<id:clinic_id>", methods=["GET", "POST"])
def poster(clinic_id: int) -> Response:
    with services().database.reading() as session:
        clinic = organisation.clinic(session, clinic_id)
    if clinic is None or not takes_arrivals(clinic):
        abort(404)
    form = posted()
    token = _token_for(form, clinic_id) if request.method == "POST" else None
    if token is not None:
        return redirect(url_for("arrive.ticket", token=token), 303)
    return make_response(render_template("arrive/poster.html", clinic=clinic, form=form), 422 if form.problems else 200)


def _token_for(form: Form, clinic_id: int) -> str | None:
    """Registers by code and date of birth; the arrival link then shows how it went."""
    code = "".join(c for c in form.text("code") if c.isdecimal() and c.isascii())
    born = _born(form)
    if len(code) != CODE_LENGTH:
        form.wrong("code", _("Skriv bokningskodens 9 siffror."))
    if born is None or not form.fine:
        return None
    spend("code-address", address(), CODES_BY_ADDRESS)
    spend("code", code, CODE_TRIES)
    with services().database.writing() as session:
        found = bookings.booking_by_code(session, code, born)
        if found is None:
            form.wrong("code", say(Refusal(booking_refusals.CODE_UNKNOWN)))
            return None
        if found.clinic_id != clinic_id:
            form.wrong("code", say(Refusal(refusals.WRONG_CLINIC, clinic=found.clinic)))
            return None
        token = arrival_link_of(services().vault, found)
    _register(token, by_link=False)
    return token


def _born(form: Form) -> date | None:
    try:
        return read_birth_date(form.text("birth_date"), today(services().clock))
    except Refusal as refusal:
        form.wrong("birth_date", say(refusal))
        return None
