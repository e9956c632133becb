"""A guardian's browser: acting, booking for a child, looking at my pages; through the portal's own forms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from flask import Flask

from journal_core.persons import queries
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import MONDAY, Offer
from tests.build.site import Browser, FormReader

MINE = "/mina-sidor"
CONTACT = {"channel": "sms", "mobile": "070-174 06 06"}
AGREED = {"policy": "1", "consent": "1"}


@dataclass
class Home(Browser):
    """Somebody of the cast in a browser of their own."""

    database: Database | None = None

    def id_of(self, who: cast.Member) -> int:
        assert self.database is not None
        with self.database.reading() as session:
            return queries.by_identities(session, [who.number])[who.number].id

    def token(self) -> str:
        found = re.search(r'name="csrf_token" value="([^"]*)"', self.html)
        assert found
        return found[1]

    def send(self, address: str, **fields: str) -> Home:
        """What a form sends that stands on another page."""
        data = {"csrf_token": self.token(), **fields}
        self.answer = self.client.post(address, data=data, follow_redirects=True)
        return self

    def act_for(self, child: cast.Member | None, till: str = "") -> Home:
        self.get(MINE)
        return self.send(f"{MINE}/agera", barn=str(self.id_of(child)) if child else "", till=till)

    def to_time(self, offer: Offer) -> Home:
        """Past what the page says of it, as from another tab."""
        address = f"/klinik/{offer.clinic.id}/bokning"
        self.get(address)
        return self.send(address, type=str(offer.kind.id))

    def to_who(self, offer: Offer, minute: int = 9 * 60, day: date = MONDAY) -> Home:
        self.to_time(offer).submit(start=f"{day}T{minute // 60:02}:{minute % 60:02}")
        return self

    def to_check(self, offer: Offer, minute: int = 9 * 60, day: date = MONDAY) -> Home:
        self.to_who(offer, minute, day).submit(**CONTACT)
        return self

    def book(self, offer: Offer, minute: int = 9 * 60, day: date = MONDAY, **told: str) -> str:
        """The booking's link."""
        self.to_check(offer, minute, day).submit(**{**AGREED, **told})
        assert self.path.endswith("/klart"), self.said
        return self.main("data-booking-link")

    @property
    def said(self) -> str:
        """The page as text."""
        body = re.sub(r"<head>.*?</head>|<header.*?</header>|<footer.*?</footer>", " ", self.html, flags=re.S)
        return " ".join(re.sub(r"<[^>]+>", " ", body).split())

    @property
    def banner(self) -> str | None:
        found = re.search(r'<section class="acting".*?<p>(.*?)</p>', self.html, re.S)
        return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else None

    def forms(self) -> dict[str, tuple[str, dict[str, str]]]:
        return FormReader(self.html).forms

    @property
    def times(self) -> list[str]:
        """The bookings on my pages, by their time."""
        return re.findall(r'<p class="lead"><strong>(?:<a[^>]*>)?<time datetime="([^"]*)"', self.html)


def at_home(portal: Flask, database: Database, who: cast.Member) -> Home:
    """Logged in, with the register asked."""
    home = Home(portal, database=database)
    home.log_in(who)
    return home
