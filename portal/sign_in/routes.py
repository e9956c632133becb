"""Begin an identification, take its answer, open a session under a new reference."""

from __future__ import annotations

import secrets

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from journal_core.access import queries as access
from journal_core.access import use_cases
from journal_core.access.model import EidOrder, Purpose
from journal_core.access.rules import order_lives
from journal_core.actor import Actor, ActorKind
from journal_core.audit import use_cases as audit
from journal_core.audit.model import Action
from journal_core.clock import today
from journal_core.persons import use_cases as persons
from journal_core.persons.rules import read_identity
from journal_core.refusal import Refusal
from journal_core.registers.eid import Asked, Begun, ElectronicId, Identified
from journal_core.staff import queries as staff
from portal.web.i18n import language
from portal.web.limits import LOGINS_BY_ADDRESS, address, spend
from portal.web.services import now, services
from portal.web.sessions import owner, renew

blueprint = Blueprint("sign_in", __name__)


@blueprint.route("/logga-in", methods=["GET", "POST"])
def resident() -> Response | str:
    return _sign_in(Purpose.RESIDENT, "sign_in.resident", "manage.own")


@blueprint.route("/personal/logga-in", methods=["GET", "POST"], endpoint="staff")
def staff_sign_in() -> Response | str:
    return _sign_in(Purpose.STAFF, "sign_in.staff", "staff.day")


def _sign_in(purpose: Purpose, page: str, home: str) -> Response | str:
    till = local_path(request.values.get("till", ""), url_for(home))
    eid = services().eid
    if request.method == "GET" or eid is None:
        return render_template(
            "sign_in/sign_in.html",
            staff=purpose is Purpose.STAFF,
            till=till,
            action=url_for(page),
            open=eid is not None,
        )
    return _begin(eid, purpose, till)


def local_path(wanted: str, otherwise: str) -> str:
    """A path on this site, so that a link can't lead a logged-in person elsewhere."""
    inside = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if inside and len(wanted) < 500 else otherwise


def _begin(eid: ElectronicId, purpose: Purpose, till: str) -> Response:
    spend("login", address(), LOGINS_BY_ADDRESS)
    order = secrets.token_hex(16)
    begun = eid.begin(Asked(order, url_for("sign_in.back", order=order), address(), request.user_agent.string, language()))
    with services().database.writing() as session:
        use_cases.begin_eid(session, order, owner(), purpose, till, begun.reference, now())
    return redirect(begun.address or url_for("sign_in.resident"), 303)


@blueprint.get("/logga-in/tillbaka/<order:order>")
def back(order: str) -> Response | str:
    """The browser comes back from the e-ID. Only the browser that began, only once, only in time."""
    eid = services().eid
    with services().database.reading() as session:
        begun = access.eid_order(session, order, owner())
    if eid is None or begun is None or not order_lives(begun, now()):
        return _not_identified()
    found = eid.collect(Begun(begun.provider_reference), request.args)
    if not isinstance(found, Identified):
        return _not_identified()
    with services().database.writing() as session:
        ending = access.eid_order(session, order, owner())
        if ending is None or not order_lives(ending, now()):
            return _not_identified()
        ending.ended_at = now()
        opened = _open_session(session, ending, found)
    return redirect(begun.next_path, 303) if opened else _not_staff()


def _open_session(session: Session, order: EidOrder, found: Identified) -> bool:
    """False when an e-ID is fine but its owner has no staff account."""
    if order.purpose is Purpose.STAFF:
        return _open_staff(session, found)
    try:
        identity = read_identity(found.number or "", today(services().clock))
    except Refusal:
        return False
    person = persons.told_by_eid(session, identity, found.given_name, found.family_name, now())
    old, new = renew()
    use_cases.log_out(session, old)
    use_cases.hand_over(session, old, new)
    use_cases.log_in(session, new, now(), person_id=person.id)
    audit.record(session, Actor(ActorKind.RESIDENT, person.id), Action.LOGGED_IN, now(), persons=[person.id])
    return True


def _open_staff(session: Session, found: Identified) -> bool:
    account = staff.account_by_identity(session, found.number or "")
    if account is None:
        return False
    assignments = staff.current_assignments(session, account.id, today(services().clock))
    only = assignments[0].id if len(assignments) == 1 else None
    old, new = renew()
    use_cases.log_out(session, old)
    use_cases.log_in(session, new, now(), account_id=account.id, assignment_id=only)
    audit.record(session, Actor(ActorKind.STAFF, account.id, only), Action.LOGGED_IN, now())
    return True


def _not_identified() -> str:
    return render_template("sign_in/not_identified.html")


def _not_staff() -> str:
    return render_template("sign_in/not_staff.html")


@blueprint.post("/logga-ut")
def out() -> Response:
    old, _new = renew()
    with services().database.writing() as session:
        use_cases.log_out(session, old)
    return redirect(url_for("find.start"), 303)
