"""Types of what stands in addresses: anything else is simply no page."""

from __future__ import annotations

from datetime import date

from flask import Flask
from werkzeug.routing import BaseConverter, ValidationError

from journal_core.crypto import read_token


class Id(BaseConverter):
    """A row's number, small enough for every database."""

    regex = r"[1-9][0-9]{0,8}"

    def to_python(self, value: str) -> int:
        return int(value)


class Token(BaseConverter):
    """24 Crockford capitals; small letters are taken, as people type them."""

    regex = r"[0-9A-Za-z]{24}"

    def to_python(self, value: str) -> str:
        token = read_token(value)
        if token is None:
            raise ValidationError
        return token


class DraftId(BaseConverter):
    regex = r"[0-9a-f]{16}"


class Order(BaseConverter):
    """An e-ID order."""

    regex = r"[0-9a-f]{32}"


class Reference(BaseConverter):
    """A declaration's."""

    regex = r"[A-Za-z0-9_-]{22}"


class Part(BaseConverter):
    """Any text between two slashes, none too: for views that have an answer to nonsense."""

    regex = r"[^/]*"


def read_day(text: str | None) -> date | None:
    """A day from a query, None when it is missing or nonsense."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


def init_app(app: Flask) -> None:
    app.url_map.converters.update(id=Id, token=Token, draft=DraftId, order=Order, reference=Reference, part=Part)
