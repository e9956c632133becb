"""Finding a booking again, its page, changing it, the calendar file."""

from __future__ import annotations

from datetime import datetime as Moment
from functools import partial

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from journal_core.access import queries as access
from journal_core.actor import LINK
from journal_core.arrivals import queries as arrivals
from journal_core.arrivals import use_cases
from journal_core.booking import queries, refusals
from journal_core.booking import use_cases as booking_use_cases
from journal_core.booking.loading import BOOKING
from journal_core.booking.model import Booking
from journal_core.booking.rules import time_of
from journal_core.clock import today
from journal_core.organisation import queries as organisation
from journal_core.refusal import Refusal
from portal.manage.calendar import calendar_file
from portal.web.acting import children_in, my_visit
from portal.web.bookings import shown
from portal.web.codes import claimed, let_in, read_born, read_claim
from portal.web.consents import standings_of
from portal.web.declarations import wanted_of
from portal.web.forms import Form, posted
from portal.web.gate import resident_actor
from portal.web.limits import CODE_TRIES, spend
from portal.web.present import qr_svg
from portal.web.services import now, services
from portal.web.sessions import owner, resident_id
from portal.web.shapes import read_day
from portal.web.times import WINDOW, read_time, times
from portal.words import say

blueprint = Blueprint("manage", __name__)


@blueprint.route("/min-bokning", methods=["GET", "POST"])
def find_booking() -> Response:
    return _find(None)


@blueprint.route("/klinik/<id:clinic_id>/min-bokning", methods=["GET", "POST"])
def find_booking_at(clinic_id: int) -> Response:
    """The same from a clinic's own page; a booking elsewhere is found all the same."""
    return _find(clinic_id)


def _find(clinic_id: int | None) -> Response:
    form = posted()
    if request.method == "POST":
        token = _token_for(form)
        if token is not None:
            return redirect(url_for("manage.booking", token=token), 303)
    with services().database.reading() as session:
        clinic = organisation.clinic(session, clinic_id) if clinic_id else None
    if clinic_id and clinic is None:
        abort(404)
    page = render_template("manage/find.html", clinic=clinic, form=form)
    return make_response(page, 422 if form.problems else 200)


def _token_for(form: Form) -> str | None:
    """The booking's link for a code and a date of birth that belong together, with leave to change it."""
    claim = read_claim(form)
    if claim is None:
        return None
    with services().database.writing() as session:
        found = claimed(session, form, claim)
        if found is None:
            return None
        let_in(session, found, now())
        return booking_use_cases.link_of(services().vault, found)


@blueprint.get("/b/<token:token>")
def booking(token: str) -> Response:
    return _page(token, Form(), 200)


def _page(token: str, form: Form, status: int) -> Response:
    vault, moment = services().vault, now()
    with services().database.reading() as session:
        found = queries.booking_by_link(session, vault.hash("link", token))
        if found is None:
            return make_response(render_template("manage/unknown.html"), 404)
        states = arrivals.arrivals(session, [visit.id for visit in found.visits])
        mine, children = my_visit(session, found), children_in(session, found)
        may_change = mine is not None or access.may_change(session, owner(), found.id, moment)
        stands = standings_of(session, [found]) if found.cancelled_at is None else {}
        declarations = wanted_of(session, found)
    arrival = booking_use_cases.arrival_link_of(vault, found)
    view = shown(found, states, moment)
    page = render_template(
        "manage/booking.html",
        clinic=found.clinic,
        shown=view,
        token=token,
        arrival=arrival,
        may_change=may_change,
        stand=stands.get(mine.id) if mine is not None else None,
        unsettled=mine is None and view.to_come and any(not stand.fine for stand in stands.values()),
        children=children,
        declarations=declarations,
        code=found.code if may_change else None,
        form=form,
        changed="bytt" in request.args,
        qr=qr_svg(services().site.base_url + url_for("arrive.ticket", token=arrival), _("QR-kod som anmäler att du är här"))
        if view.can_arrive or view.arrives_from
        else None,
    )
    return make_response(page, status)


def _may_change(session: Session, found: Booking, moment: Moment) -> bool:
    """With a pass, or logged in as one of those who come or for a child who does."""
    return access.may_change(session, owner(), found.id, moment) or my_visit(session, found) is not None


@blueprint.route("/b/<token:token>/visa", methods=["GET", "POST"])
def identify(token: str) -> Response:
    """A date of birth opens the booking for change."""
    if request.method == "GET":
        return redirect(url_for("manage.booking", token=token), 303)
    form = posted()
    born = read_born(form)
    if born is None or not form.fine:
        return _page(token, form, 422)
    with services().database.reading() as session:
        found = queries.booking_by_link(session, services().vault.hash("link", token))
    if found is None:
        abort(404)
    spend("born", str(found.id), CODE_TRIES)
    with services().database.writing() as session:
        if not any(visit.person.birth_date == born for visit in found.visits):
            form.wrong("birth_date", _("Födelsedatumet hör inte till bokningen. Försök igen eller ring."))
        else:
            let_in(session, found, now())
    return _page(token, form, 422) if form.problems else redirect(url_for("manage.booking", token=token), 303)


@blueprint.route("/b/<token:token>/avboka", methods=["GET", "POST"])
def cancel(token: str) -> Response:
    if request.method == "GET":
        return redirect(url_for("manage.booking", token=token), 303)
    form = posted()
    if form.fine:
        try:
            _cancel(token)
        except Refusal as refusal:
            form.wrong("innehall", say(refusal))
    return _page(token, form, 422) if form.problems else redirect(url_for("manage.booking", token=token), 303)


@blueprint.route("/b/<token:token>/byt-tid", methods=["GET", "POST"])
def rebook(token: str) -> Response:
    """Another time of the same visit. Until the new one is certain the old one is kept."""
    form = posted()
    if request.method == "GET":
        return _times_page(token, form, 200)
    wanted = read_time(form.text("start"))
    if wanted is None:
        form.wrong("start", _("Välj en tid."))
    if wanted is None or not form.fine:
        return _times_page(token, form, 422)
    spend("rebook", token, CODE_TRIES)
    try:
        with services().database.writing() as session:
            found = _to_change(session, token)
            actor = resident_actor() if resident_id() else LINK
            use_cases.rebook(session, actor, services().tools, found.id, wanted, now())
    except Refusal as refusal:
        if refusal.code == refusals.SAME_TIME:
            return redirect(url_for("manage.booking", token=token), 303)
        form.wrong("start", say(refusal))
        return _times_page(token, form, 409, earlier=refusal.facts.get("booking_id"))
    return redirect(url_for("manage.booking", token=token, bytt=1), 303)


def _to_change(session: Session, token: str) -> Booking:
    """The booking that this browser may change; others are led to its page, which asks who they are."""
    found = queries.booking_by_link(session, services().vault.hash("link", token))
    if found is None:
        abort(404)
    if not _may_change(session, found, now()):
        abort(redirect(url_for("manage.booking", token=token), 303))
    return found


def _times_page(token: str, form: Form, status: int, *, earlier: object = None) -> Response:
    """The open days from the one that is asked for, with the free times of one of them; the old time stands above.

    `earlier`: id of the person's own other booking that stands in the way.
    """
    moment = now()
    with services().database.reading() as session:
        found = _to_change(session, token)
        states = arrivals.arrivals(session, [visit.id for visit in found.visits])
        if not shown(found, states, moment).can_rebook:
            return redirect(url_for("manage.booking", token=token), 303)
        first = max(read_day(request.args.get("fran")) or today(services().clock), today(services().clock))
        days = queries.open_days(session, found.clinic, found.type, first, WINDOW + 1, moment)
        own = BOOKING, found.id
        other = queries.booking(session, earlier) if isinstance(earlier, int) else None
        free = queries.free_times(session, found.clinic, found.type, days[:WINDOW], moment, own=own)
    free = {day: [time for time in starts if time != time_of(found)] for day, starts in free.items()}
    wanted = read_day(request.args.get("day")) or (read_time(form.text("start")) or time_of(found)).day
    later = days[WINDOW] if len(days) > WINDOW else None
    page = render_template(
        "manage/rebook.html",
        clinic=found.clinic,
        booking=found,
        old=time_of(found),
        token=token,
        form=form,
        earlier=booking_use_cases.link_of(services().vault, other) if other else None,
        first=first,
        times=times(free, wanted, later, earlier=first > today(services().clock)),
        here=partial(url_for, "manage.rebook", token=token),
    )
    return make_response(page, status)


def _cancel(token: str) -> None:
    """Cancels; pressed twice, the second finds it done and that is no fault."""
    with services().database.writing() as session:
        found = queries.booking_by_link(session, services().vault.hash("link", token))
        if found is None:
            abort(404)
        if not _may_change(session, found, now()):
            raise Refusal(refusals.CODE_UNKNOWN)
        if found.cancelled_at is None:
            actor = resident_actor() if resident_id() else LINK
            use_cases.cancel(session, actor, services().tools, found.id, now())


@blueprint.get("/b/<token:token>/kalender.ics")
def calendar(token: str) -> Response:
    with services().database.reading() as session:
        found = queries.booking_by_link(session, services().vault.hash("link", token))
    if found is None:
        abort(404)
    address_of_page = services().site.base_url + url_for("manage.booking", token=token)
    answer = make_response(calendar_file(found, address_of_page, now()))
    answer.headers["Content-Type"] = "text/calendar; charset=utf-8"
    answer.headers["Content-Disposition"] = 'attachment; filename="vaccinporten.ics"'
    return answer
