"""The people of the tests. Always the same ones, so that a test says by a name alone who may do what.

Every number is from a range that is never issued: birth number 238 or 239 for those born 1990 or later, 980 or 981 before.
Mobile numbers are from the series kept free for films and books (070-174 06 05-99).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from journal_core.booking.rules import Coming
from journal_core.messages.model import Channel
from journal_core.messages.use_cases import Recipient
from journal_core.persons.model import IdentityKind
from journal_core.persons.rules import Identity


@dataclass(frozen=True)
class Member:
    number: str
    """Twelve digits."""
    born: date
    given_name: str
    family_name: str
    mobile: str | None = None
    email: str | None = None

    @property
    def identity(self) -> Identity:
        coordination = int(self.number[6:8]) > 60
        kind = IdentityKind.COORDINATION if coordination else IdentityKind.PERSONAL
        return Identity(kind, self.number, self.born)

    @property
    def coming(self) -> Coming:
        """This person as one who comes, typed with identity number."""
        return Coming(self.born, self.given_name, self.family_name, self.identity)

    @property
    def recipient(self) -> Recipient:
        """This person as the one who gets the messages, by SMS and e-mail."""
        return Recipient(Channel.BOTH, self.mobile, self.email, "sv")


BOOKER = Member("198503149802", date(1985, 3, 14), "Maja", "Ekman", "+46701740605", "maja.ekman@example.com")
GUARDIAN = Member("198409079814", date(1984, 9, 7), "Erik", "Lund", "+46701740606", "erik.lund@example.com")
OTHER_GUARDIAN = Member("198601219804", date(1986, 1, 21), "Noor", "Lund", "+46701740607", "noor.lund@example.com")
STRANGER = Member("197204119817", date(1972, 4, 11), "Torsten", "Falk", "+46701740608", "torsten.falk@example.com")
CHILD = Member("201905022388", date(2019, 5, 2), "Alva", "Lund")
EIGHTY = Member("194606179804", date(1946, 6, 17), "Gunborg", "Sand", "+46701740609", "gunborg.sand@example.com")
COORDINATED = Member("199207832396", date(1992, 7, 23), "Oleh", "Bondar", "+46701740610", "oleh.bondar@example.com")

NURSE_HERE = Member("197902259808", date(1979, 2, 25), "Birgit", "Ask")
NURSE_ELSEWHERE = Member("199109302399", date(1991, 9, 30), "Samir", "Dahl")
BOOKING_ONLY = Member("199512122384", date(1995, 12, 12), "Lova", "Gren")

RESIDENTS = (BOOKER, GUARDIAN, OTHER_GUARDIAN, STRANGER, CHILD, EIGHTY, COORDINATED)
STAFF = (NURSE_HERE, NURSE_ELSEWHERE, BOOKING_ONLY)
