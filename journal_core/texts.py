"""Texts that clinics and providers write themselves: in Swedish, and translated to what languages they choose."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Protocol

from sqlalchemy import JSON, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

WRITTEN_IN = "sv"
Translations = dict[str, dict[str, dict[str, str]]]
"""By language, by field: {"text": the translation, "of": the mark of the Swedish text that it is of}."""

OF_ITS_ENGINE = JSON().with_variant(JSONB(), "postgresql")


class Translatable:
    """A mapped class that has such texts among its fields."""

    translations: Mapped[Translations] = mapped_column(OF_ITS_ENGINE, default=dict, server_default=text("'{}'"))


class HasTexts(Protocol):
    translations: Any


def said(row: HasTexts, field: str, language: str) -> tuple[str, str]:
    """A text and the language it is in: the wanted one, or Swedish while there is none or it is of an older text."""
    swedish = getattr(row, field) or ""
    kept = _kept(row, field, language)
    if language == WRITTEN_IN or kept is None or kept["of"] != _mark(swedish):
        return swedish, WRITTEN_IN
    return kept["text"], language


def translation(row: HasTexts, field: str, language: str) -> str:
    """As it was written, whether or not the Swedish text has changed since; empty when there is none."""
    kept = _kept(row, field, language)
    return kept["text"] if kept else ""


def outdated(row: HasTexts, field: str, language: str) -> bool:
    """The Swedish text has changed since: what there is isn't shown."""
    kept = _kept(row, field, language)
    return kept is not None and kept["of"] != _mark(getattr(row, field) or "")


def translate(row: HasTexts, field: str, language: str, wording: str) -> None:
    """Of the Swedish text as it stands now; without words the translation is taken away."""
    others = {name: kept for name, kept in (row.translations or {}).get(language, {}).items() if name != field}
    mine = {field: {"text": wording, "of": _mark(getattr(row, field) or "")}} if wording else {}
    row.translations = {**(row.translations or {}), language: others | mine}


def _kept(row: HasTexts, field: str, language: str) -> Mapping[str, str] | None:
    found: Mapping[str, str] | None = (row.translations or {}).get(language, {}).get(field)
    return found


def _mark(swedish: str) -> str:
    return hashlib.sha256(swedish.encode()).hexdigest()[:16]
