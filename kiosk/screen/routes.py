"""One person after the other: shows a QR code or types a number, is answered, and is forgotten.

Each step is a form that is answered by a redirect, so that nothing lies in the browser's history to be sent again. What a
step has to remember for the next lies sealed in the screen's row on the server, for less than a minute.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, current_app, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from journal_core.access import screens
from journal_core.access.rules import AT_SCREEN, SCREEN_ANSWER
from journal_core.arrivals import refusals, use_cases
from journal_core.booking import queries as bookings
from journal_core.booking import refusals as booking_refusals
from journal_core.clock import today
from journal_core.organisation.rules import screen_registers
from journal_core.persons.rules import Identity
from journal_core.refusal import Refusal
from kiosk.screen.present import ANSWERS, kept, shown
from kiosk.screen.typed import Code, Token, read_scanned, read_typed
from portal.web.codes import read_born
from portal.web.errors import TooMany
from portal.web.forms import Form, posted
from portal.web.gate import screen, screen_actor
from portal.web.i18n import clock_of
from portal.web.limits import CODE_TRIES, SCREEN_TRIES, spend
from portal.web.services import now, services
from portal.words import say

blueprint = Blueprint("screen", __name__)
ASK_STAFF = Refusal(refusals.ASK_STAFF)
CLEARED_AFTER = {"screen/answer.html": 15, "screen/number.html": 50, "screen/born.html": 50}
"""Seconds; the screen's own script asks first where something was written."""


@blueprint.app_context_processor
def _around() -> dict[str, Any]:
    return {"clock_now": clock_of(now())}


@blueprint.app_url_defaults
def _keep_language(endpoint: str, values: dict[str, Any]) -> None:
    """The language of whoever stands here goes from page to page in the address, and ends with the start page's own."""
    if endpoint != "static" and "lang" in request.args and "lang" not in values:
        values["lang"] = request.args["lang"]


@blueprint.route("/", methods=["GET", "POST"])
def start() -> Response:
    """Waits for the next person. Whatever was kept for the one before is forgotten."""
    device, clinic = screen()
    if request.method == "POST":
        return _taken(posted(), "screen/start.html")
    if device.content is not None:
        with services().database.writing() as session:
            screens.forget(session, device)
    if not screen_registers(clinic):
        return _page("screen/closed.html", answer=ANSWERS[refusals.ASK_STAFF])
    return _page("screen/start.html", form=Form())


@blueprint.route("/nummer", methods=["GET", "POST"])
def number() -> Response:
    """Identity number or booking code, by keypad."""
    if request.method == "POST":
        return _taken(posted(), "screen/number.html")
    return _page("screen/number.html", form=Form())


def _taken(form: Form, page: str) -> Response:
    """Acts on what was scanned or typed, and leads to what comes next."""
    try:
        typed = read_typed(form.text("typed"), today(services().clock)) if form.fine else None
    except Refusal as refusal:
        if page == "screen/start.html":
            return _answered(ASK_STAFF)  # not a QR code of ours, and nobody was asked to type here
        form.wrong("typed", _what_is_wrong(refusal))
        typed = None
    match typed:
        case Token(token):
            return _answered(_registered_by_token(token))
        case Code(code):
            _keep({"code": code})
            return redirect(url_for("screen.born"), 303)
        case Identity(number=digits):
            return _answered(_registered_by_number(digits))
    return _page(page, form=form)


def _what_is_wrong(refusal: Refusal) -> str:
    if refusal.code == "identity_incomplete":
        return _("Skriv personnumrets 12 siffror, eller bokningskodens 9.")
    return say(refusal)


@blueprint.route("/fodd", methods=["GET", "POST"])
def born() -> Response:
    """The date of birth that belongs to the booking code."""
    device, _clinic = screen()
    code = screens.told(services().vault, device, now()).get("code")
    if code is None:
        return redirect(url_for("screen.number"), 303)
    form = posted()
    if request.method == "POST" and form.fine:
        token = read_scanned(form.text("birth_date"))
        if token is not None:  # whoever has the ticket too is quicker by it
            return _answered(_registered_by_token(token))
        day = read_born(form)
        outcome = _registered_by_code(form, code, day) if day is not None else None
        if form.fine:
            return _answered(outcome)
    return _page("screen/born.html", form=form)


@blueprint.get("/svar")
def answer() -> Response:
    device, _clinic = screen()
    content = screens.told(services().vault, device, now())
    if "answer" not in content:
        return redirect(url_for("screen.start"), 303)
    found, lead = shown(content)
    return _page("screen/answer.html", answer=found, lead=lead)


@blueprint.get("/personal")
def staff() -> Response:
    """For whoever would rather talk to somebody."""
    found = ANSWERS[refusals.ASK_STAFF]
    return _page("screen/answer.html", answer=found, lead=found.lead)


@blueprint.get("/puls")
def pulse() -> Response:
    """Says that the screen lives, and tells it how things stand."""
    return jsonify(registers=screen_registers(screen()[1]), clock=clock_of(now()))


@blueprint.get("/utan-kontakt")
def away() -> str:
    """Kept by the screen's browser for when it starts without network; says so, and goes on by itself."""
    return render_template("screen/away.html", clinic=None)


@blueprint.get("/vakt.js")
def worker() -> Response:
    """The script that keeps that page. It may only see to what lies beside it, so it lies here and not with the others."""
    return current_app.send_static_file("js/kiosk-worker.js")


def _page(template: str, **shown: Any) -> Response:
    """Without its script too a page leads back to the start by itself, so that nobody finds what another left."""
    form = shown.get("form")
    page = make_response(render_template(template, clinic=screen()[1], **shown), 422 if form and form.problems else 200)
    if template in CLEARED_AFTER:
        page.headers["Refresh"] = f"{CLEARED_AFTER[template]}; url={url_for('screen.start', lang=None)}"
    return page


def _registered_by_token(token: str) -> Refusal | None:
    """None when it went well, as below."""
    with services().database.writing() as session:
        found = bookings.booking_by_arrival_link(session, services().vault.hash("arrival", token))
        return _registered(session, found.id) if found is not None else ASK_STAFF


def _registered_by_code(form: Form, code: str, day: date) -> Refusal | None:
    """A code that doesn't belong to the date is wrong in the form; whoever tries too often is sent to the staff."""
    if not _may_try(("screen", str(screen()[0].id)), ("code", code)):
        return ASK_STAFF
    with services().database.writing() as session:
        found = bookings.booking_by_code(session, code, day)
        if found is not None:
            return _registered(session, found.id)
    form.wrong("birth_date", say(Refusal(booking_refusals.CODE_UNKNOWN)))
    return None


def _registered_by_number(number: str) -> Refusal | None:
    if not _may_try(("screen", str(screen()[0].id))):
        return ASK_STAFF
    try:
        with services().database.writing() as session:
            use_cases.register_by_number(session, screen_actor(), screen()[1], number, now())
    except Refusal as refusal:
        return refusal
    return None


def _registered(session: Session, booking_id: int) -> Refusal | None:
    try:
        use_cases.register_at_screen(session, screen_actor(), screen()[1], booking_id, now())
    except Refusal as refusal:
        return refusal
    return None


def _may_try(*scopes: tuple[str, str]) -> bool:
    limits = {"screen": SCREEN_TRIES, "code": CODE_TRIES}
    try:
        for scope, what in scopes:
            spend(scope, what, limits[scope])
    except TooMany:
        return False
    return True


def _answered(outcome: Refusal | None) -> Response:
    _keep(kept(outcome), answer=True)
    return redirect(url_for("screen.answer"), 303)


def _keep(content: dict[str, Any], *, answer: bool = False) -> None:
    life = SCREEN_ANSWER if answer else AT_SCREEN
    with services().database.writing() as session:
        screens.keep(session, services().vault, screen()[0], content, now(), life)
