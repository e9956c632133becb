"""A browser's reference: random, in one cookie, standing for state on the server.

Nothing is kept in the cookie itself, and nothing is written for a visitor who only reads: the row on the server comes at
login, a draft's row when something is chosen. The CSRF token is derived from the reference.
"""

from __future__ import annotations

import secrets
from typing import Any

from flask import Flask, Request, Response, g, session
from flask.sessions import SessionInterface, SessionMixin

from journal_core.access import queries, rules
from journal_core.access.model import WebSession
from portal.web.services import now, services

REFERENCE_BYTES = 32
REFERENCE_LENGTH = 43


class BrowserSession(dict[str, Any], SessionMixin):
    """Holds the reference, and the CSRF token that Flask-WTF looks for."""

    def __init__(self, reference: str, *, new: bool) -> None:
        super().__init__()
        self.reference = reference
        self.new = new
        self.unknown = new
        """Nothing can stand under the reference yet: it was handed out for this very request."""
        self.used = False
        dict.__setitem__(self, "csrf_token", services().vault.hash("csrf", reference))

    def __contains__(self, key: object) -> bool:
        self.used = True
        return super().__contains__(key)


class ReferenceCookie(SessionInterface):
    """Reads the reference from its cookie and hands out a new one when it is first needed.

    With REFERENCE_SECONDS the cookie outlives the browser so long, counted anew at each use.
    """

    def open_session(self, app: Flask, request: Request) -> BrowserSession:
        found = request.cookies.get(app.config["SESSION_COOKIE_NAME"], "")
        known = len(found) == REFERENCE_LENGTH and found.isascii()
        return BrowserSession(found if known else new_reference(), new=not known)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        lasting: int | None = app.config.get("REFERENCE_SECONDS")
        if isinstance(session, BrowserSession) and session.used and (session.new or lasting):
            response.set_cookie(
                app.config["SESSION_COOKIE_NAME"],
                session.reference,
                max_age=lasting,
                path="/",
                httponly=True,
                samesite="Lax",
                secure=services().site.https,
            )
            response.vary.add("Cookie")


def new_reference() -> str:
    return secrets.token_urlsafe(REFERENCE_BYTES)


def _browser() -> BrowserSession:
    found = session._get_current_object()  # type: ignore[attr-defined]  # the proxy hides its own method from mypy
    assert isinstance(found, BrowserSession)
    return found


def owner() -> str:
    """Keyed hash of this browser's reference: what rows on the server are kept under."""
    browser = _browser()
    browser.used = True
    return services().vault.hash("session", browser.reference)


def renew() -> tuple[str, str]:
    """A new reference, as at each login; the old and the new owner."""
    old, browser = owner(), _browser()
    fresh = BrowserSession(new_reference(), new=True)
    browser.reference, browser.new, browser.used, browser.unknown = fresh.reference, True, True, False
    dict.__setitem__(browser, "csrf_token", fresh["csrf_token"])
    g.pop("visitor", None)
    g.pop("csrf_token", None)
    return old, owner()


def visitor() -> WebSession | None:
    """Who is logged in with this browser, if anybody; read once a request, and again once the reference was renewed."""
    if "visitor" not in g:
        g.visitor = None if _browser().unknown else _living()
    found: WebSession | None = g.visitor
    return found


def _living() -> WebSession | None:
    with services().database.reading() as reading:
        found = queries.web_session(reading, owner())
    return found if found is not None and rules.session_lives(found, now()) else None


def resident_id() -> int | None:
    """Person id of the logged-in resident."""
    found = visitor()
    return found.person_id if found else None
