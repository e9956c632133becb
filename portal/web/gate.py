"""Holds each request against the table of permits before its view runs."""

from __future__ import annotations

from typing import cast

from flask import Flask, Response, abort, g, redirect, request, url_for

from journal_core.access import queries as accesses
from journal_core.access import screens
from journal_core.access import use_cases as access
from journal_core.access.model import Device
from journal_core.access.rules import SEEN_EVERY
from journal_core.actor import STRANGER, Actor, ActorKind
from journal_core.clock import today
from journal_core.organisation import queries as organisation
from journal_core.organisation.model import Clinic
from journal_core.staff import queries
from journal_core.staff.model import Assignment, Role
from journal_core.staff.rules import may_work
from portal.web import acting
from portal.web.permits import FIRST_PAGES, PERMITS, Permit, Who
from portal.web.security import is_open_data
from portal.web.services import now, services
from portal.web.sessions import owner, visitor

UNSEEN = frozenset({"static", "health.alive", "health.ready"})
"""Not a person's doing: they keep no session alive."""
OUT = "sign_in.out"
"""Whoever leaves is let out, whatever has happened to the session."""
BACKGROUND = "X-Background"
"""A page that refreshes itself says so; it doesn't keep a session alive."""


def _open_or_turn_away() -> Response | None:
    if request.endpoint is None:
        return None
    permit = PERMITS.get(request.endpoint)
    if permit is None:
        abort(403)
    turned_away = _end_lost_right(permit) or _turn_away(permit)
    if turned_away is None and _is_somebodys_doing(permit):
        _keep_alive()
    return turned_away


def _end_lost_right(permit: Permit) -> Response | None:
    """Who acts for a child does so no longer than the right lasts: until the birthday, or what the register says."""
    if request.endpoint == OUT or not _is_somebodys_doing(permit) or not acting.has_lost_right():
        return None
    with services().database.writing() as session:
        acting.act(session, None)
    return cast(Response, redirect(url_for("family.own", slut=1), 303))


def _is_somebodys_doing(permit: Permit) -> bool:
    unseen = request.endpoint in UNSEEN or is_open_data() or BACKGROUND in request.headers
    return permit.who is not Who.SCREEN and not unseen


def _turn_away(permit: Permit) -> Response | None:
    """Where to go instead, or None to come in."""
    if permit.who is Who.SCREEN:
        return _to_enrolment()
    found = visitor() if permit.who is not Who.EVERYBODY else None
    if permit.who is Who.RESIDENT and (found is None or found.person_id is None):
        return _to("sign_in.resident", till=_here())
    if permit.who in (Who.STAFF, Who.ASSIGNED) and (found is None or found.account_id is None):
        return _to("sign_in.staff", till=_here())
    if permit.who is Who.ASSIGNED:
        return _to_assignment(permit)
    return None


def _to_assignment(permit: Permit) -> Response | None:
    """Reads the assignment anew at each request, so that removed rights take effect at the next."""
    found = visitor()
    assert found is not None
    assignment = None
    if found.assignment_id is not None:
        with services().database.reading() as session:
            assignment = queries.assignment(session, found.assignment_id)
    if assignment is None or assignment.account_id != found.account_id:
        return _to("staff.assignments")
    if not may_work(assignment.account, assignment, today(services().clock)):
        return _to("staff.assignments")
    if assignment.role not in permit.roles:
        return _to_first_page(assignment.role)
    g.assignment = assignment
    return None


def _to_first_page(role: Role) -> Response:
    """From the staff's door to the first page that the role opens; from everywhere else nowhere."""
    opened = [endpoint for endpoint in FIRST_PAGES if role in PERMITS[endpoint].roles]
    if request.endpoint != FIRST_PAGES[0] or not opened:
        abort(403)
    return _to(opened[0])


def _to_enrolment() -> Response | None:
    """Reads the screen anew at each request: one that was revoked opens nothing at its next. It lives by asking."""
    with services().database.reading() as session:
        found = accesses.device_by_reference(session, owner())
        g.clinic = organisation.clinic(session, found.clinic_id) if found is not None else None
    if found is None:
        return _to("enrol.code")
    g.screen = found
    if found.seen_at is None or now() - found.seen_at > SEEN_EVERY:
        with services().database.writing() as session:
            screens.seen(session, found.id, now())
    return None


def _keep_alive() -> None:
    found = visitor()
    if found is not None and now() - found.seen_at > SEEN_EVERY:
        with services().database.writing() as session:
            access.seen(session, owner(), now())


def _to(endpoint: str, till: str | None = None) -> Response:
    return cast(Response, redirect(url_for(endpoint, till=till), 303))


def _here() -> str | None:
    """Where to come back to after login; None: to the door's own first page."""
    return request.full_path.rstrip("?") if request.method == "GET" else None


def assignment() -> Assignment:
    """The assignment in use, with account and clinic; only in views whose permit is ASSIGNED."""
    found: Assignment = g.assignment
    return found


def staff_actor() -> Actor:
    used = assignment()
    return Actor(ActorKind.STAFF, used.account_id, used.id)


def screen() -> tuple[Device, Clinic]:
    """The enrolled screen and its clinic; only in views whose permit is SCREEN."""
    found: tuple[Device, Clinic] = g.screen, g.clinic
    return found


def screen_actor() -> Actor:
    return Actor(ActorKind.SCREEN, screen()[0].id)


def resident_actor() -> Actor:
    """The logged-in resident, else a stranger."""
    found = visitor()
    return Actor(ActorKind.RESIDENT, found.person_id) if found and found.person_id else STRANGER


def init_app(app: Flask) -> None:
    app.before_request(_open_or_turn_away)
