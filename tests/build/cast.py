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

TWELVE = Member("201403082389", date(2014, 3, 8), "Maj", "Lund")
FOURTEEN = Member("201206112391", date(2012, 6, 11), "Love", "Lund")
SEVENTEEN = Member("200901172387", date(2009, 1, 17), "Tove", "Lund", "+46701740620", "tove.lund@example.com")
"""So old on the tests' Friday; siblings of CHILD, with both guardians."""
SOLE_GUARDIAN = Member("198305269808", date(1983, 5, 26), "Petra", "Nyman", "+46701740621", "petra.nyman@example.com")
SOLE_CHILD = Member("201809302399", date(2018, 9, 30), "Ture", "Nyman")
PROTECTED_CHILD = Member("201602122382", date(2016, 2, 12), "Tyra", "Nyman")
"""Both have SOLE_GUARDIAN alone."""
PROTECTED_GUARDIAN = Member("198707049808", date(1987, 7, 4), "Helena", "Ros", "+46701740622", "helena.ros@example.com")
BESIDE_PROTECTED = Member("198510199816", date(1985, 10, 19), "Jonas", "Hage", "+46701740623", "jonas.hage@example.com")
CHILD_OF_PROTECTED = Member("201712032398", date(2017, 12, 3), "Ivar", "Hage")
"""Has both of them as guardians."""
DECEASED = Member("194105289815", date(1941, 5, 28), "Holger", "Vik")
EMIGRATED = Member("199204142393", date(1992, 4, 14), "Axel", "Rune")
RENUMBERED = Member("199406232380", date(1994, 6, 23), "Daria", "Koval", "+46701740624", "daria.koval@example.com")
BEFORE_RENUMBERED = Member("199406832387", date(1994, 6, 23), "Daria", "Koval", "+46701740624", "daria.koval@example.com")
"""The same woman with the samordningsnummer that she had first."""

NURSE_HERE = Member("197902259808", date(1979, 2, 25), "Birgit", "Ask")
NURSE_ELSEWHERE = Member("199109302399", date(1991, 9, 30), "Samir", "Dahl")
BOOKING_ONLY = Member("199512122384", date(1995, 12, 12), "Lova", "Gren")
ADMIN_HERE = Member("197602149804", date(1976, 2, 14), "Kerstin", "Holm")
ADMIN_ELSEWHERE = Member("198208119811", date(1982, 8, 11), "Omar", "Berg")

RESIDENTS = (
    BOOKER, GUARDIAN, OTHER_GUARDIAN, STRANGER, CHILD, EIGHTY, COORDINATED, TWELVE, FOURTEEN, SEVENTEEN,
    SOLE_GUARDIAN, SOLE_CHILD, PROTECTED_CHILD, PROTECTED_GUARDIAN, BESIDE_PROTECTED, CHILD_OF_PROTECTED,
    DECEASED, EMIGRATED, RENUMBERED, BEFORE_RENUMBERED,
)  # fmt: skip
STAFF = (NURSE_HERE, NURSE_ELSEWHERE, BOOKING_ONLY, ADMIN_HERE, ADMIN_ELSEWHERE)
