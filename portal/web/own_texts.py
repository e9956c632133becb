"""Clinics' and providers' own texts as pages show them: in the reader's language where there is a translation, else marked
as the Swedish that they are."""

from __future__ import annotations

from flask import Flask
from markupsafe import Markup

from journal_core.texts import HasTexts, said
from portal.web.i18n import direction, language


def own(row: HasTexts, field: str) -> Markup:
    """A text kept in its own direction, with its language where that isn't the page's."""
    words, spoken = said(row, field, language())
    if spoken == language():
        return Markup("<bdi>{}</bdi>").format(words)
    return Markup('<bdi lang="{}" dir="{}">{}</bdi>').format(spoken, direction(spoken), words)


def falls_back(row: HasTexts | None, field: str) -> bool:
    """There is a text, and not in the reader's language."""
    if row is None:
        return False
    words, spoken = said(row, field, language())
    return bool(words) and spoken != language()


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(own=own, falls_back=falls_back)
