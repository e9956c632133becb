"""What one can rely on: help, how accessible this is and where to say that it isn't, personal data, cookies."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, current_app, render_template
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.web.i18n import COOKIE as LANGUAGE_COOKIE
from portal.web.i18n import languages, listed
from portal.web.services import services

blueprint = Blueprint("pages", __name__)


@dataclass(frozen=True)
class Cookie:
    name: str
    what_for: LazyString
    how_long: LazyString


@blueprint.get("/hjalp")
def help() -> str:
    return render_template("pages/help.html", hold_minutes=int(services().hold_length.total_seconds() // 60))


@blueprint.get("/tillganglighet")
def accessibility() -> str:
    unread = listed(one.name for one in languages() if not one.ready)
    return render_template("pages/accessibility.html", unread=unread)


@blueprint.get("/personuppgifter")
def personal_data() -> str:
    return render_template("pages/personal_data.html")


@blueprint.get("/kakor")
def cookies() -> str:
    return render_template("pages/cookies.html", cookies=_cookies())


def _cookies() -> list[Cookie]:
    """Every cookie that these pages set; tests see to it that there is no other."""
    return [
        Cookie(
            current_app.config["SESSION_COOKIE_NAME"],
            _l(
                "Håller ihop din bokning från steg till steg, håller dig inloggad och skyddar formulären. "
                "Innehåller bara en slumpad kod."
            ),
            _l("Tills du stänger webbläsaren."),
        ),
        Cookie(LANGUAGE_COOKIE, _l("Kommer ihåg vilket språk du har valt."), _l("Ett år.")),
    ]
