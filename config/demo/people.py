"""The demo's people: residents, neighbours who only have bookings, and staff.

Every identity number is from a range that is never issued: birth number 238 or 239 for those born 1990 or later, 980 or
981 before. Mobile numbers are from the series kept free for films and books (070-174 06 05-99).
"""

from __future__ import annotations

from dataclasses import dataclass

from config.demo.shapes import at
from journal_core.messages.model import Channel
from journal_core.staff.model import Role


@dataclass(frozen=True)
class Human:
    number: str
    """Twelve digits."""
    given_name: str
    family_name: str
    what: str = ""
    """What they are, for whoever chooses among them."""
    protected: bool = False


@dataclass(frozen=True)
class Duty:
    """An assignment, at the clinic with this key."""

    clinic: str
    role: Role


@dataclass(frozen=True)
class Colleague:
    human: Human
    duties: tuple[Duty, ...]


ASTRID = Human("194603149800", "Astrid", "Lindqvist", "Pensionär")
JOHAN = Human("198506029811", "Johan", "Berggren", "Pappa till Vera, Elsa och Nils")
SARA = Human("198811219800", "Sara", "Berggren", "Mamma till Vera, Elsa och Nils")
VERA = Human("201202292387", "Vera", "Berggren", "Tonåring, född på skottdagen")
ELSA = Human("201704092384", "Elsa", "Berggren", "Barn")
NILS = Human("202109302394", "Nils", "Berggren", "Litet barn")
AMIR = Human("200308172394", "Amir", "Haddad", "Student")
OLENA = Human("199105722384", "Olena", "Kovalenko", "Har samordningsnummer")
MARIA = Human("197901259809", "Maria", "Sjöberg", "Har skyddad identitet", protected=True)
RESIDENTS = (ASTRID, JOHAN, SARA, VERA, ELSA, NILS, AMIR, OLENA, MARIA)

BIRGITTA = Human("195108229807", "Birgitta", "Nordin")
LARS = Human("194911059816", "Lars", "Nordin")
HASSAN = Human("199303272398", "Hassan", "Yusuf")
EVA = Human("196805199806", "Eva", "Dahlgren")
MIKAEL = Human("196607149819", "Mikael", "Dahlgren")
LINNEA = Human("199812032382", "Linnea", "Fors")
GORAN = Human("195702169813", "Göran", "Palm")
INGRID = Human("196204309808", "Ingrid", "Wall")
TOMAS = Human("197409189813", "Tomas", "Lind")
FATIMA = Human("198901119803", "Fatima", "Ali")
OSKAR = Human("200006252399", "Oskar", "Strand")
ULLA = Human("194310099801", "Ulla", "Bergman")
EMIL = Human("199608072394", "Emil", "Sand")
ANNA = Human("199711242389", "Anna", "Sand")
ANNELI = Human("197103059809", "Anneli", "Mattsson")
ELIN = Human("199406132382", "Elin", "Krantz")
HEDDA = Human("202304152388", "Hedda", "Krantz")
SVEN = Human("193807219815", "Sven", "Rydell")
DARYNA = Human("198809719803", "Daryna", "Melnyk")
NEIGHBOURS = (
    BIRGITTA, LARS, HASSAN, EVA, MIKAEL, LINNEA, GORAN, INGRID, TOMAS,
    FATIMA, OSKAR, ULLA, EMIL, ANNA, ANNELI, ELIN, HEDDA, SVEN,
    DARYNA,
)  # fmt: skip

KARIN = Human("197609039800", "Karin", "Holm", "Sjuksköterska, Vaccinmottagning Nissan och Kvällsvaccin Andersberg")
PER = Human(
    "198212119815",
    "Per",
    "Åkesson",
    "Sjuksköterska med admin, Vaccinmottagning Nissan och Vaccinmottagning Fiskeläget (inte öppnad än)",
)
LINA = Human("199507082387", "Lina", "Ekdahl", "Endast bokning, Vaccinmottagning Nissan")
ULRIKA = Human("197005089805", "Ulrika", "Nyström", "Vårdgivaradmin, Vaccinmottagning Nissan")
GUNNEL = Human("196903129804", "Gunnel", "Stark", "Spärradmin, Vaccinmottagning Nissan")
COLLEAGUES = (
    Colleague(KARIN, (Duty("nissan", Role.NURSE), Duty("andersberg", Role.NURSE))),
    Colleague(PER, (Duty("nissan", Role.NURSE_ADMIN), Duty("traslov", Role.NURSE_ADMIN))),
    Colleague(LINA, (Duty("nissan", Role.BOOKING_ONLY),)),
    Colleague(ULRIKA, (Duty("nissan", Role.PROVIDER_ADMIN),)),
    Colleague(GUNNEL, (Duty("nissan", Role.BLOCK_ADMIN),)),
)


@dataclass(frozen=True)
class Planned:
    """A booking at the first clinic: on its first, second, ... open day, at the free time nearest to the one wanted."""

    day: int
    reason: str
    people: tuple[Human, ...]
    wanted: int = 0
    """Minutes from midnight."""
    from_now: int | None = None
    """Instead of `wanted`: so many minutes from the time of day at which the demo is filled."""
    mobile: str | None = None
    channel: Channel = Channel.NONE
    with_eid: bool = False
    guardian: Human | None = None
    """Who books for the one child who comes, with e-ID and with consent where that is asked."""
    comes: bool = True


PLAN = (
    Planned(0, "influensa", (BIRGITTA, LARS), at(8), mobile="+46701740611", channel=Channel.SMS),
    Planned(0, "tbe", (HASSAN,), at(8, 20)),
    Planned(0, "resa", (EVA, MIKAEL), at(9), mobile="+46701740612", channel=Channel.SMS),
    Planned(0, "tbe", (LINNEA,), at(9, 30), comes=False),
    Planned(0, "barnvaccination", (ELSA,), at(10, 15), mobile="+46701740613", channel=Channel.SMS),
    Planned(0, "influensa", (GORAN,), at(11)),
    Planned(0, "resa", (FATIMA,), from_now=-10),
    Planned(0, "tbe", (TOMAS,), from_now=10),
    Planned(0, "tbe", (INGRID,), at(13, 20)),
    Planned(0, "vattkoppor", (NILS,), at(15, 30), guardian=JOHAN, mobile="+46701740613", channel=Channel.SMS),
    Planned(0, "influensa", (MARIA,), at(14)),
    Planned(0, "resa", (OSKAR,), at(15)),
    Planned(0, "influensa", (ULLA,), at(16)),
    Planned(1, "tbe", (JOHAN, SARA, VERA, ELSA, NILS), at(9), mobile="+46701740614", channel=Channel.SMS),
    Planned(1, "covid-19", (AMIR,), at(10), mobile="+46701740615", channel=Channel.SMS, with_eid=True),
    Planned(1, "barnvaccination", (HEDDA,), at(13, 30), mobile="+46701740616", channel=Channel.SMS),
    Planned(1, "influensa", (SVEN,), at(14, 30)),
    Planned(2, "tbe", (EMIL, ANNA), at(8, 30), mobile="+46701740617", channel=Channel.SMS),
    Planned(2, "influensa", (ASTRID,), at(10), mobile="+46701740618", channel=Channel.SMS),
    Planned(2, "tbe", (DARYNA,), at(11, 30)),
    Planned(2, "influensa", (ANNELI,), at(15)),
    Planned(4, "resa", (OLENA,), at(11), mobile="+46701740619", channel=Channel.SMS),
)
