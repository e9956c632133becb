"""The portal as a WSGI application."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

from journal_core.clock import Clock
from journal_core.transaction import Database
from portal.web import (
    compression,
    errors,
    forms,
    gate,
    health,
    i18n,
    own_texts,
    page,
    present,
    security,
    sessions,
    shapes,
    trace,
)
from portal.web.proxies import trust
from portal.wiring import Options, wire

LARGEST_FORM = 192 * 1024
"""Bytes: ten thousand letters of any alphabet in one answer."""
JOURNEYS = ("find", "pages", "book", "manage", "declare", "arrive", "sign_in", "family", "staff", "schedule", "settings", "api")


def create_app(options: Options, database: Database, clock: Clock | None = None) -> Flask:
    """The portal on `database`; `clock` is given by tests, else the system's."""
    app = Flask("portal")
    https = options.base_url.startswith("https:")
    app.config.update(
        SECRET_KEY=options.secret,
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        SESSION_COOKIE_NAME="__Host-vp" if https else "vp",
    )
    app.session_interface = sessions.ReferenceCookie()
    for part in (trace, shapes, security, i18n, own_texts, forms, gate, errors, present, page, compression):
        part.init_app(app)
    app.register_blueprint(health.blueprint)
    for journey in JOURNEYS:
        app.register_blueprint(import_module(f"portal.{journey}.routes").blueprint)
    if not options.production:
        import_module("portal.development.routes").attach(app, options.demo_people, options.phone)
    app.extensions["services"] = wire(app, options, database, clock)
    trust(app, options.trusted_proxies)
    return app
