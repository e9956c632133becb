"""Reading forms: what was typed is kept, what is wrong is said at its field and in one summary."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Flask, g, request, session
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, CSRFProtect, validate_csrf
from wtforms import ValidationError

from portal.web.permits import PERMITS

LONGEST = 500
JOINERS = "\u200c\u200d"
MINUS = "\u2212"
csrf = CSRFProtect()


def normal(typed: str) -> str:
    """Composed letters. Marks that nobody sees are dropped (of direction, of where a word may break), but for those that join
    and part letters; other control characters are blanks."""
    return "".join(_seen(c) for c in unicodedata.normalize("NFC", typed))


def _seen(c: str) -> str:
    if c.isprintable() or c in JOINERS:
        return c
    return "" if unicodedata.category(c) == "Cf" else " "


def _figure(c: str) -> str:
    if unicodedata.category(c) == "Pd" or c == MINUS:
        return "-"
    return str(unicodedata.decimal(c)) if c.isdecimal() else c


@dataclass(frozen=True)
class Problem:
    field: str
    """Id of the field it is about."""
    words: str


@dataclass
class Form:
    """Typed values by field name, and what is wrong with them."""

    data: Mapping[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    cookieless: bool = False
    """The browser keeps no cookies: only the telephone helps."""

    def text(self, name: str) -> str:
        """What was typed, in composed letters, without control characters and surplus blanks, at most LONGEST characters."""
        return re.sub(r"\s+", " ", normal(self.data.get(name, ""))).strip()[:LONGEST]

    def lines(self, name: str) -> str:
        """A longer text, as text() but with its lines and paragraphs, and not cut: whoever reads it says how long it may be."""
        lines = [re.sub(r"\s+", " ", normal(line)).strip() for line in self.data.get(name, "").splitlines()]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def figures(self, name: str) -> str:
        """A number or date as it was typed, in the digits and hyphens that everything here reads, whatever the keyboard."""
        return "".join(_figure(c) for c in unicodedata.normalize("NFKC", self.text(name)))

    def ticked(self, name: str) -> bool:
        return bool(self.data.get(name))

    def wrong(self, name: str, words: str) -> None:
        self.problems.append(Problem(name, words))

    def error(self, name: str) -> str | None:
        return next((problem.words for problem in self.problems if problem.field == name), None)

    @property
    def fine(self) -> bool:
        return not self.problems


def posted() -> Form:
    """The form of this request; one that was open too long is wrong from the start, with its input kept."""
    form = Form(request.form.to_dict())
    if g.get("form_expired", False):
        form.cookieless = bool(session.new)
        form.wrong("innehall", _without_cookie() if form.cookieless else _too_old())
    return form


def _too_old() -> str:
    return _("Sidan hade varit öppen länge. Tryck på knappen en gång till.")


def _without_cookie() -> str:
    return _("Webbläsaren sparar inga kakor. Slå på kakor för den här sidan, eller ring mottagningen.")


def _protect() -> None:
    if request.method not in ("POST", "PUT", "PATCH", "DELETE") or request.endpoint not in PERMITS:
        return
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError as expired:
        if not PERMITS[request.endpoint].keeps_input:
            raise CSRFError(str(expired)) from expired
        g.form_expired = True


def init_app(app: Flask) -> None:
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    csrf.init_app(app)
    app.before_request(_protect)
