"""Clinics' and providers' own texts as pages show them: in the reader's language where there is a translation, else marked
as the Swedish that they are."""

from __future__ import annotations

from flask import Flask
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from journal_core.declarations.form import NO, NONE, YES, Texts
from journal_core.declarations.form import said as in_language
from journal_core.texts import HasTexts, said
from portal.web.i18n import direction, language

COMMON = {YES: _l("Ja"), NO: _l("Nej"), NONE: _l("Inget av det här")}


def own(row: HasTexts, field: str) -> Markup:
    """A text kept in its own direction, with its language where that isn't the page's."""
    return _marked(*said(row, field, language()))


def spoken(texts: Texts) -> Markup:
    """A question's or an answer's words, the same way."""
    return spoken_in(texts, language())


def spoken_in(texts: Texts, code: str) -> Markup:
    """In another language than the page's: as somebody else read it."""
    return _marked(*in_language(texts, code))


def common_in(answer: str, code: str) -> Markup:
    """An answer that many questions have, in that language."""
    with force_locale(code):
        return _marked(str(COMMON[answer]), code)


def _marked(words: str, code: str) -> Markup:
    if code == language():
        return Markup("<bdi>{}</bdi>").format(words)
    return Markup('<bdi lang="{}" dir="{}">{}</bdi>').format(code, direction(code), words)


def falls_back(row: HasTexts | None, field: str) -> bool:
    """There is a text, and not in the reader's language."""
    if row is None:
        return False
    words, spoken = said(row, field, language())
    return bool(words) and spoken != language()


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(own=own, falls_back=falls_back, spoken=spoken, spoken_in=spoken_in, common_in=common_in)
