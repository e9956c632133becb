"""Swedish is seen where a page says it in another language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser

from sqlalchemy import select

from journal_core.catalogue.model import VisitCategory, VisitType
from journal_core.organisation.model import CareProvider, Clinic
from journal_core.schedule.model import Opening
from journal_core.schedule.rules import NAMES
from tests.build.world import World

NOT_WORDS = {"Vaccinporten", "Språk"}
"""The service's name, and the language menu: it helps whoever can't read the page, so it always says both."""
READ_ALOUD = {"aria-label", "alt", "title", "placeholder"}
NEVER_CLOSED = {"br", "hr", "img", "input", "link", "meta", "path", "circle", "rect", "col", "source"}
SWEDISH = re.compile(
    r"\w*[åäö]\w*|\b(?:och|att|det|den|dig|din|ditt|dina|du|inte|med|som|av|har|kan|vi|om|eller|ett|till|nu|tid|tiden)\b",
    re.IGNORECASE,
)


class Words(HTMLParser):
    """What a page says, shows on hover or lets be read aloud: without names (<bdi>) and what is marked as Swedish."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._quiet: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        names = {"bdi", "script", "style", "textarea"}
        if tag not in NEVER_CLOSED and (self._quiet or tag in names or (tag != "html" and values.get("lang") == "sv")):
            self._quiet.append(tag)
        if not self._quiet:
            self.found += [text for name, text in attrs if text and (name in READ_ALOUD or name.startswith("data-text"))]

    def handle_endtag(self, tag: str) -> None:
        if self._quiet and tag not in NEVER_CLOSED:
            self._quiet.pop()

    def handle_data(self, data: str) -> None:
        if not self._quiet and data.strip():
            self.found.append(data.strip())


def swedish(texts: Sequence[str], names: Sequence[str] = ()) -> list[str]:
    """Those with Swedish in them once names are taken out."""
    found = []
    for text in texts:
        rest = text
        for name in (*names, *NOT_WORDS):
            rest = rest.replace(name, "")
        if SWEDISH.search(rest):
            found.append(text)
    return found


def names(world: World) -> list[str]:
    """What clinics have called things themselves, longest first."""
    columns = (Clinic.name, Clinic.street, Clinic.city, CareProvider.name, VisitCategory.name, VisitType.name, Opening.name)
    with world.database.reading() as session:
        found = {name for column in columns for name in session.scalars(select(column)) if name} | set(NAMES.values())
    return sorted(found, key=len, reverse=True)
