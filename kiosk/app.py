"""The waiting-room screen as a WSGI application. It stands on the portal's services and shares its plumbing and looks."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader

from kiosk.enrol.routes import blueprint as enrol
from kiosk.screen.routes import blueprint as screen
from portal.web import compression, errors, forms, gate, i18n, own_texts, page, present, security, sessions, shapes, trace
from portal.web.proxies import trust
from portal.web.services import Services

LARGEST_FORM = 8 * 1024
CREDENTIAL_SECONDS = 400 * 24 * 3600
"""As long as browsers keep a cookie at most; counted anew each time the screen asks for something."""
HERE = Path(__file__).parent
SHARED = Path(page.__file__).parents[1]


def create_app(services: Services, trusted_proxies: int = 0) -> Flask:
    """The screen's door. Mounted at /kiosk, or alone at the root of an address of its own."""
    app = Flask("kiosk", static_folder=str(SHARED / "static"))
    app.config.update(
        SECRET_KEY=services.vault.hash("kiosk", "forms"),
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        SESSION_COOKIE_NAME="__Host-vp-screen" if services.site.https else "vp-screen",
        REFERENCE_SECONDS=CREDENTIAL_SECONDS,
        SHARED_BY_MANY=True,
        TROUBLE_TEMPLATE="screen/trouble.html",
    )
    app.jinja_loader = ChoiceLoader([FileSystemLoader(HERE / "templates"), FileSystemLoader(SHARED / "templates")])
    app.session_interface = sessions.ReferenceCookie()
    for part in (trace, shapes, security, i18n, own_texts, forms, gate, errors, present, page, compression):
        part.init_app(app)
    app.register_blueprint(enrol)
    app.register_blueprint(screen)
    app.extensions["services"] = services
    trust(app, trusted_proxies)
    return app
