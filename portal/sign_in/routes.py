"""Choose an e-ID, identify, come back to a session under a new reference; see and end one's sessions; log out."""

from __future__ import annotations

from flask import Blueprint, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from journal_core.access import queries as access
from journal_core.access import use_cases
from journal_core.access.model import Purpose
from journal_core.access.rules import order_lives
from journal_core.registers.eid import EidTrouble
from portal.sign_in.devices import is_phone
from portal.sign_in.hints import say_end, say_hint, say_trouble
from portal.sign_in.opening import open_session
from portal.sign_in.orders import UnderWay, ask, begin, cancel, choices, under_way
from portal.sign_in.orders import launch as launched
from portal.sign_in.orders import renew as renew_order
from portal.web import register
from portal.web.gate import resident_actor
from portal.web.limits import LOGINS_BY_ADDRESS, address, spend
from portal.web.paths import local_path
from portal.web.present import qr_path, qr_svg
from portal.web.services import EidChoice, now, services
from portal.web.sessions import owner, renew, resident_id, visitor

blueprint = Blueprint("sign_in", __name__)
PAGES = {Purpose.RESIDENT: "sign_in.resident", Purpose.STAFF: "sign_in.staff"}
HOMES = {Purpose.RESIDENT: "family.own", Purpose.STAFF: "staff.day"}


@blueprint.route("/logga-in", methods=["GET", "POST"])
def resident() -> Response:
    return _sign_in(Purpose.RESIDENT)


@blueprint.route("/personal/logga-in", methods=["GET", "POST"], endpoint="staff")
def staff_sign_in() -> Response:
    return _sign_in(Purpose.STAFF)


def _sign_in(purpose: Purpose) -> Response:
    till = local_path(request.values.get("till", ""), url_for(HOMES[purpose]))
    offered = choices(purpose)
    wanted = request.form.get("provider")
    choice = next((each for each in offered if wanted in (each.name, None)), None)
    if request.method == "GET" or choice is None:
        return _choices_page(purpose, till)
    spend("login", address(), LOGINS_BY_ADDRESS)
    try:
        order = begin(choice, purpose, till)
    except EidTrouble as trouble:
        return _choices_page(purpose, till, choice, trouble.code)
    return redirect(url_for("sign_in.wait", order=order), 303)


def _choices_page(purpose: Purpose, till: str, failed: EidChoice | None = None, trouble: str = "") -> Response:
    page = render_template(
        "sign_in/sign_in.html",
        staff=purpose is Purpose.STAFF,
        till=till,
        action=url_for(PAGES[purpose]),
        choices=choices(purpose),
        failed=failed,
        said=say_trouble(trouble) if failed else None,
    )
    return make_response(page, 503 if failed else 200)


@blueprint.get("/logga-in/vanta/<order:order>")
def wait(order: str) -> Response:
    """The page that waits while an app answers, or leads to a provider that answers elsewhere."""
    one = under_way(order)
    if one is None:
        return _already_in() or _not_identified()
    if one.end is not None:
        return _not_identified(one)
    if one.app is None:
        return _onward(one)
    asked = ask(one, {})
    if asked is None or asked.end is not None:
        return _not_identified(asked)
    if asked.open:
        return redirect(_back_of(asked), 303)
    return _waiting_page(asked)


@blueprint.get("/logga-in/vanta/<order:order>/oppna")
def launch(order: str) -> Response:
    """To the app on this very device. A link and no form: phones open apps for those, and forms may not lead elsewhere."""
    one = under_way(order)
    there = launched(one) if one is not None and one.app is not None else None
    return redirect(there or url_for("sign_in.wait", order=order), 303)


@blueprint.post("/logga-in/vanta/<order:order>/qr")
def by_qr(order: str) -> Response:
    """With the app on another device after all."""
    one = under_way(order)
    if one is not None and one.app is not None and one.end is None:
        spend("login", address(), LOGINS_BY_ADDRESS)
        renew_order(one)
    return redirect(url_for("sign_in.wait", order=order), 303)


def _already_in() -> Response | None:
    """Somebody is logged in, in another tab maybe, or by the same answer a moment ago: nobody is told otherwise."""
    found = visitor()
    if found is None:
        return None
    return redirect(url_for(HOMES[Purpose.STAFF if found.account_id else Purpose.RESIDENT]), 303)


def _onward(one: UnderWay) -> Response:
    """By a page of ours and not by redirect: browsers hold a form's redirects to where its page may send forms."""
    there = one.begun.address or ""
    if there.startswith("/"):
        return redirect(there, 303)
    return make_response(render_template("sign_in/onward.html", there=there, label=one.choice.label))


def _back_of(one: UnderWay) -> str:
    return url_for("sign_in.back", provider=one.choice.name, state=one.order.id)


def _waiting_page(one: UnderWay) -> Response:
    phone = is_phone(request.user_agent.string)
    page = render_template(
        "sign_in/wait.html",
        order=one.order.id,
        label=one.choice.label,
        said=_said(one),
        qr=qr_svg(_qr_text(one), _("QR-kod att läsa med %(app)s", app=one.choice.label)),
        phone=phone,
        launched=one.launched,
        here=url_for("sign_in.wait", order=one.order.id),
    )
    return make_response(page)


def _said(one: UnderWay) -> str:
    if one.found:
        return _("Du har legitimerat dig. Fortsätt på sidan som appen öppnade.")
    return say_trouble(one.trouble) if one.trouble else say_hint(one.hint)


def _qr_text(one: UnderWay) -> str:
    assert one.app is not None
    return one.app.qr_text(one.begun, one.begun_at, now())


@blueprint.get("/logga-in/vanta/<order:order>/lage")
def state(order: str) -> Response:
    """For the waiting page's script: this second's QR code, what to say, and where to go when it is over."""
    one = under_way(order)
    asked = ask(one, {}) if one is not None and one.app is not None else None
    if asked is None or asked.end is not None or asked.open:
        return jsonify(go=url_for("sign_in.wait", order=order))
    return jsonify(said=_said(asked), launched=asked.launched, qr=None if asked.launched else qr_path(_qr_text(asked)))


@blueprint.post("/logga-in/vanta/<order:order>/avbryt")
def stop(order: str) -> Response:
    one = under_way(order)
    if one is None:
        return redirect(url_for("sign_in.resident"), 303)
    if one.end is None:
        cancel(one)
    return redirect(url_for(PAGES[one.order.purpose], till=one.order.next_path), 303)


@blueprint.get("/logga-in/svar/<part:provider>")
def back(provider: str) -> Response:
    """The browser comes back from the e-ID. Only the browser that began, only once, only in time."""
    one = under_way(request.args.get("state", ""))
    if one is None or one.choice.name != provider:
        return _already_in() or _not_identified()
    asked = ask(one, _brought_back(one))
    if asked is None or asked.end is not None:
        return _not_identified(asked)
    if not asked.open:
        # An app that leads back before the answer has reached its provider; a redirecting one that was asked already.
        return redirect(url_for("sign_in.wait", order=one.order.id), 303) if asked.app else _not_identified()
    return _opened(asked)


def _brought_back(one: UnderWay) -> dict[str, str]:
    """What the provider sent with the browser; our own redirect brings the name of the order alone."""
    told = {name: value for name, value in request.args.items() if name != "lang"}
    return {} if one.app is not None and set(told) == {"state"} else told


def _opened(one: UnderWay) -> Response:
    found = one.found
    assert found is not None
    with services().database.writing() as session:
        ending = access.eid_order(session, one.order.id, owner())
        if ending is None or not order_lives(ending, now()):
            return _not_identified()
        ending.ended_at = now()
        opened = open_session(session, ending, found)
    if not opened:
        return make_response(render_template("sign_in/not_staff.html", staff=one.order.purpose is Purpose.STAFF))
    person_id = resident_id()
    if person_id is not None:
        register.know_family(person_id, resident_actor())
    return redirect(one.order.next_path, 303)


def _not_identified(one: UnderWay | None = None) -> Response:
    """Calm, whatever it was: who forges learns no more than who let it run out."""
    purpose = one.order.purpose if one else Purpose.RESIDENT
    said = None
    if one is not None:
        said = say_trouble(one.trouble) if one.trouble else say_end(one.end or "")
    again = url_for(PAGES[purpose], till=one.order.next_path if one else None)
    return make_response(render_template("sign_in/not_identified.html", said=said, again=again))


@blueprint.get("/mina-sidor/inloggningar")
def sessions() -> str:
    return _sessions_page("sign_in/sessions.html")


@blueprint.get("/personal/inloggningar")
def staff_sessions() -> str:
    return _sessions_page("sign_in/staff_sessions.html")


def _sessions_page(template: str) -> str:
    own = visitor()
    assert own is not None
    with services().database.reading() as session:
        found = access.sessions_like(session, own, now())
    labels = {choice.name: choice.label for choice in services().eids}
    rows = [
        {
            "handle": _handle(each.reference),
            "device": each.device,
            "eid": labels.get(each.eid or ""),
            "since": each.created_at,
            "seen": each.seen_at,
            "own": each.reference == own.reference,
        }
        for each in found
    ]
    return render_template(template, rows=rows)


def _handle(reference: str) -> str:
    """What the list calls a session: it opens nothing."""
    return services().vault.hash("session-handle", reference)[:16]


@blueprint.post("/mina-sidor/inloggningar/avsluta")
def end_sessions() -> Response:
    return _end_sessions("sign_in.sessions")


@blueprint.post("/personal/inloggningar/avsluta")
def end_staff_sessions() -> Response:
    return _end_sessions("sign_in.staff_sessions")


def _end_sessions(page: str) -> Response:
    """One, or all but this one."""
    own, wanted = visitor(), request.form.get("inloggning", "")
    assert own is not None
    with services().database.writing() as session:
        if wanted == "andra":
            use_cases.end_others(session, own)
        for each in access.sessions_like(session, own, now()):
            if _handle(each.reference) == wanted:
                use_cases.end_one(session, own, each.reference)
    return redirect(url_for(page), 303)


@blueprint.post("/logga-ut")
def out() -> Response:
    old, _new = renew()
    with services().database.writing() as session:
        use_cases.log_out(session, old)
    answer = redirect(url_for("find.start"), 303)
    # Back shows nothing of what was seen: pages are kept nowhere, and what a browser keeps all the same it clears.
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer
