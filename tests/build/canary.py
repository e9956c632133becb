"""Canaries: people whose every word is unmistakable, and the ear that finds them in whatever comes out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from html import unescape
from typing import NamedTuple
from urllib.parse import unquote_plus

from journal_core.booking.rules import Coming
from journal_core.persons.told import Address, Registered
from tests.build import cast

NUMBER, BORN, MOBILE, MAIL = "number", "born", "mobile", "mail"
GIVEN, FAMILY, TYPED_GIVEN, TYPED_FAMILY = "given", "family", "typedgiven", "typedfamily"
ADDRESS = ("careof", "street", "postcode", "city")
WORD = re.compile(f"kanarie({'|'.join((GIVEN, FAMILY, TYPED_GIVEN, TYPED_FAMILY, MAIL, *ADDRESS))})([a-z]+)")
DIGITS = re.compile(r"\d(?:[\s\u2010-\u2015-]{0,2}\d){7,}")


class Sound(NamedTuple):
    """Something of a canary: whose, and what."""

    name: str
    what: str


@dataclass(frozen=True)
class Canary:
    name: str
    who: cast.Member

    def word(self, what: str) -> str:
        return f"Kanarie{what}{self.name}"

    @property
    def told(self) -> Registered:
        """As the register has them, unprotected."""
        home = Address(*(self.word(part) for part in ADDRESS))
        return Registered(self.who.number, self.who.given_name, self.who.family_name, address=home)

    @property
    def typed(self) -> Coming:
        """As somebody else writes them in a form."""
        return replace(self.who.coming, given_name=self.word(TYPED_GIVEN), family_name=self.word(TYPED_FAMILY))

    @property
    def digits(self) -> dict[str, str]:
        """What is found by its digits, however it is written; the number first, for the birth date is a part of it."""
        own = {NUMBER: self.who.number[2:], BORN: f"{self.who.born:%Y%m%d}"}
        return own | ({MOBILE: self.who.mobile.removeprefix("+46")} if self.who.mobile else {})


def canary(name: str, like: cast.Member, mobile: str) -> Canary:
    """Somebody with the number of one of the cast, and nothing else of theirs."""
    bare = Canary(name, like)
    given, family, email = bare.word(GIVEN), bare.word(FAMILY), f"{bare.word(MAIL)}@example.com"
    return Canary(name, replace(like, given_name=given, family_name=family, mobile=mobile, email=email))


ALONE = canary("alone", cast.EIGHTY, "+46701740640")
"""Books with the own e-ID."""
TYPED = canary("typed", cast.BOOKER, "+46701740641")
"""Whose number others type."""
GUARDIAN = canary("guardian", cast.PROTECTED_GUARDIAN, "+46701740642")
"""Of CHILD_OF_PROTECTED, who isn't protected, with BESIDE_PROTECTED, who isn't either."""
CHILD = canary("child", cast.PROTECTED_CHILD, "+46701740643")
"""Of SOLE_GUARDIAN."""
TEEN = canary("teen", cast.SEVENTEEN, "+46701740644")
"""Seventeen, with both guardians; books alone."""
CANARIES = (ALONE, TYPED, GUARDIAN, CHILD, TEEN)


def heard(text: str, canaries: Iterable[Canary] = CANARIES) -> set[Sound]:
    """Everything of the canaries in a text, however it is spelled: with marks for HTML or addresses, folded, spaced."""
    plain = unquote_plus(unescape(re.sub(r"\r\n[ \t]|<wbr>", "", text)))
    words = {Sound(name, what) for what, name in WORD.findall(plain.casefold())}
    return words | {sound for run in DIGITS.findall(plain) for sound in _in_digits(re.sub(r"\D", "", run), canaries)}


def _in_digits(run: str, canaries: Iterable[Canary]) -> Iterable[Sound]:
    for one in canaries:
        for what, digits in one.digits.items():
            if digits in run:
                yield Sound(one.name, what)
                run = re.sub(f"(19|20)?{digits}", "", run)
