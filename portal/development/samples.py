"""What the design room shows its components with: invented, plausible, and long where it hurts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlencode

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from journal_core.arrivals.model import State
from journal_core.booking.rules import Time
from journal_core.catalogue.queries import Hit
from journal_core.clock import local
from journal_core.consent.rules import Standing
from journal_core.declarations.form import Answer
from portal.web.consents import FINE, FROM_YOU, STANDS, Stand
from portal.web.declarations import Wanted
from portal.web.elsewhere import Elsewhere
from portal.web.forms import Form, Problem
from portal.web.i18n import minutes_left
from portal.web.present import qr_svg

COLOURS = {
    "rod": (_l("Röd"), "#b3122d"),
    "gul": (_l("Gul"), "#ffe600"),
    "gron": (_l("Grön"), "#00ff66"),
    "svart": (_l("Svart"), "#000000"),
    "vit": (_l("Vit"), "#ffffff"),
}
"""Colours that a clinic might choose, the hardest ones among them. Without one: the house's own."""


@dataclass(frozen=True)
class Look:
    """How the room is looked at, all of it in the address."""

    direction: str
    colour: str | None
    """A key of COLOURS."""

    @property
    def hex(self) -> str | None:
        return COLOURS[self.colour][1] if self.colour else None

    def turned(self, direction: str) -> str:
        return replace(self, direction=direction).address

    def painted(self, colour: str | None) -> str:
        return replace(self, colour=colour).address

    @property
    def address(self) -> str:
        return f"{request.path}?{self.query}"

    @property
    def query(self) -> str:
        return urlencode({"riktning": self.direction} | ({"farg": self.colour} if self.colour else {}))


def asked(args: MultiDict[str, str]) -> Look:
    colour = args.get("farg")
    return Look("rtl" if args.get("riktning") == "rtl" else "ltr", colour if colour in COLOURS else None)


@dataclass(frozen=True)
class Clinic:
    name: str
    street: str
    city: str
    phone: str | None
    colour: str | None = None


def clinic(look: Look) -> Clinic:
    return Clinic("Vaccinrummet Storgatan", "Storgatan 12", "Halmstad", "035-390 06 00", look.hex)


LONG = Clinic(
    "Halland Hospital Halmstad, resevaccinationsmottagningen och influensavaccinationscentralen",
    "Sankt Sigfrids Ringgata 1234 C, Kompanivallsgatans innergata",
    "Schweinfurtkvarteret",
    "+49 30 123456789",
)


@dataclass(frozen=True)
class Held:
    """A time that is held for so many seconds more."""

    seconds: int
    now: datetime
    minutes: int = 10

    @property
    def until(self) -> datetime:
        return self.now + timedelta(seconds=self.seconds)

    @property
    def minutes_left(self) -> int:
        return self.seconds // 60

    @property
    def words(self) -> str:
        return minutes_left(max(1, self.minutes_left))


def holds(now: datetime) -> list[Held]:
    """Calm, soon over, and in its last seconds."""
    return [Held(seconds, now, 10) for seconds in (9 * 60, 100, 25)]


def form() -> Form:
    """Filled in, and wrong in each of its ways."""
    typed = {
        "filled": "Maja-Lena",
        "filled_mobile": "070-174 06 05",
        "filled_identity": "19510314-9810",
        "filled_email": "maja-lena.von-hohenstaufen-wittelsbach@vardcentralen-i-norra-halland.example.com",
        "wrong_identity": "19511403",
        "wrong_mobile": "070-174",
    }
    wrong = [
        Problem("wrong_identity", _("Skriv personnumret med 12 siffror.")),
        Problem("wrong_mobile", _("Mobilnumret är för kort. Skriv alla siffror.")),
        Problem("wrong_channel", _("Välj hur du vill ha bekräftelsen.")),
        Problem("wrong_policy", _("Läs om personuppgifter och kryssa i rutan.")),
    ]
    return Form(typed, wrong)


@dataclass(frozen=True)
class Ticket:
    qr: Markup | None
    code: str | None
    time: Time
    clinic: Clinic


def tickets(look: Look, now: datetime) -> list[Ticket]:
    """Whole, and without what only the booker sees."""
    time = Time(local(now).date() + timedelta(days=5), 14 * 60 + 20)
    qr = qr_svg("https://vaccin.example.org/a/" + "0" * 24, _("QR-kod som anmäler att du är här"))
    return [Ticket(qr, "482773096", time, clinic(look)), Ticket(None, None, time, LONG)]


@dataclass(frozen=True)
class Poster:
    clinic: Clinic
    says: Mapping[str, str]
    address: str
    qr: Markup


def poster(look: Look) -> Poster:
    says = {"sv": "Rikta mobilens kamera hit och boka tid.", "en": "Point your phone’s camera here and book a time."}
    address = "vaccin.example.org/klinik/12/bokning"
    return Poster(clinic(look), says, address, qr_svg(f"https://{address}", address))


def days(now: datetime) -> dict[date, int]:
    """The free times of five days: full ones, and one with a single time."""
    first = local(now).date() + timedelta(days=3)
    return {first + timedelta(days=n): free for n, free in enumerate((0, 12, 1, 48, 0))}


def others(now: datetime) -> list[Elsewhere]:
    """Near, far, and one that nobody knows where it is."""
    time = Time(local(now).date() + timedelta(days=5), 14 * 60 + 20)
    near = Hit(1, "Vaccinmottagningen vid torget", "Lund", None, None, None)
    far = Hit(2, LONG.name, LONG.city, None, None, None)
    return [Elsewhere(near, time, 1.2), Elsewhere(far, time, 148), Elsewhere(near._replace(city=None), time, None)]


class Kind(StrEnum):
    LOOK = "look"
    INFO = "info"


@dataclass(frozen=True)
class Fact:
    kind: Kind
    words: str


@dataclass(frozen=True)
class Who:
    name: str | None
    identity: str


@dataclass(frozen=True)
class Row:
    """A visit in the staff's list."""

    minute: int
    who: Who
    state: State
    word: str
    category: str = "TBE"
    type: str = ""
    know: tuple[Fact, ...] = ()


def rows() -> list[Row]:
    """Somebody in every state."""
    facts = (Fact(Kind.LOOK, _("Resurs saknas")), Fact(Kind.INFO, _("Namnet är inte kontrollerat")))
    return [
        Row(540, Who("Maja Ekman", "19850312-2389"), State.DONE, _("Klar")),
        Row(550, Who("Abdirahman Mohamed Abdullahi", "19900101-2385"), State.STARTED, _("Pågår"), type="2 personer"),
        Row(560, Who(None, "19510314-9810"), State.ARRIVED, _("Anlänt"), know=(_protected(),)),
        Row(570, Who("Maximilian von Hohenstaufen-Wittelsbach", "19510314-9802"), State.BOOKED, _("Bokad"), know=facts),
        Row(580, Who("Li Wu", "20010101-2386"), State.NO_SHOW, _("Uteblev"), "Resa"),
    ]


def _protected() -> Fact:
    return Fact(Kind.LOOK, _("Bara personnummer visas. Fyll inte i något för hand."))


def logins(moment: datetime) -> list[dict[str, object]]:
    """This browser, one that is known, one that nobody knows."""
    since = moment - timedelta(hours=2)
    own = {"handle": "a" * 16, "device": "Chrome, Windows", "eid": "BankID", "since": since, "seen": moment, "own": True}
    phone = {**own, "handle": "b" * 16, "device": "Safari, iPhone", "eid": "Freja", "own": False}
    return [own, phone, {**phone, "handle": "c" * 16, "device": None, "eid": None}]


def stands(moment: datetime) -> list[Stand]:
    """One that is waited for, the same to whom it is up to, and the ends."""
    soon = moment + timedelta(days=3)
    waiting = Stand(str(STANDS[Standing.WAITING]), soon, fine=False, yours=None)
    own = Stand(str(FROM_YOU[Standing.WAITING]), soon, fine=False, yours=1)
    ends = [Stand(str(STANDS[one]), None, fine=one in FINE, yours=None) for one in (Standing.GIVEN, Standing.CONFLICT)]
    return [waiting, own, *ends]


TOLD = {
    "strong-reaction": Answer(("yes",), "Penicillin\n\nAmoxicillin"),
    "allergy": Answer(("no",)),
    "allergy-to": Answer(("egg", "latex")),
    "allergy-told": Answer(()),
    "weight": Answer(("12.5",)),
    "travel-from": Answer(("2026-12-24",)),
    "travel-countries": Answer(("Kenya",)),
    "immune-what": Answer(("none",)),
}
"""Answers of each kind, by question of the shipped bank."""
WANTED = (Wanted(1, sent=False, opened=True), Wanted(2, sent=True, opened=True), Wanted(3, sent=False, opened=False))
