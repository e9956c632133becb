"""Invented people, as many as are asked for, the same for the same seed.

Identity numbers are only from the ranges that are never issued: birth number 238 or 239 for those born 1990 or later,
980 or 981 before. That makes two for each day, so a large crowd comes back to its first members, and some have no
number at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from journal_core.persons.model import IdentityKind, Sex

FEMALE_NAMES = ("Alva", "Anita", "Ebba", "Emma", "Gun", "Hanna", "Ida", "Inger", "Kerstin", "Leila", "Maja", "Siv")
MALE_NAMES = ("Adam", "Ahmed", "Bengt", "Bo", "Erik", "Hugo", "Jan", "Kjell", "Leo", "Nikola", "Olle", "Sixten")
FAMILY_NAMES = (
    "Almgren", "Björk", "Ceder", "Dahlin", "Ekman", "Falk", "Grip", "Hedlund", "Ivarsson", "Jensen", "Kaya", "Lundell",
    "Moberg", "Norling", "Omar", "Petrov", "Quist", "Rosén", "Sundin", "Tran", "Ulvang", "Vikström", "Winter", "Åberg",
)  # fmt: skip
OLDEST_BORN = date(1935, 1, 1)
WITHOUT_NUMBER = 10
"""One in so many has no Swedish number."""


@dataclass(frozen=True)
class Somebody:
    person_id: int
    given_name: str
    family_name: str


def never_issued(born: date, sex: Sex) -> str:
    """The personnummer for this birth date and sex that nobody can have."""
    first = 238 if born.year >= 1990 else 980
    digits = f"{born:%Y%m%d}{first + (sex is Sex.MALE)}"
    return digits + check_digit(digits[2:])


def check_digit(nine: str) -> str:
    """Luhn's."""
    doubled = (int(digit) * (2 - position % 2) for position, digit in enumerate(nine))
    return str(-sum(number // 10 + number % 10 for number in doubled) % 10)


class _Supply:
    """Births in a random order, each good for one number; whoever was made is kept for the next round."""

    def __init__(self, random: Random, first: date, end: date) -> None:
        days = (first + timedelta(days=n) for n in range((end - first).days))
        self.births = [(born, sex) for born in days for sex in (Sex.FEMALE, Sex.MALE)]
        random.shuffle(self.births)
        self.made: list[Somebody] = []
        self.asked = 0


class Crowd:
    """Hands out people. `rows` collects those who are new, to be written by whoever asks."""

    def __init__(self, random: Random, today: date, now: datetime, next_id: int) -> None:
        self.rows: list[dict[str, Any]] = []
        self._random, self._now, self._next_id = random, now, next_id
        self._adults = _Supply(random, OLDEST_BORN, date(today.year - 20, 1, 1))
        self._children = _Supply(random, date(today.year - 15, 1, 1), date(today.year - 4, 1, 1))

    def adult(self) -> Somebody:
        """At least 20 years old."""
        return self._next(self._adults)

    def child(self) -> Somebody:
        """From 4 to 15 years old, 16 at most when the visit comes."""
        return self._next(self._children)

    def _next(self, supply: _Supply) -> Somebody:
        supply.asked += 1
        if supply.asked % WITHOUT_NUMBER == 0:
            return self._add(*self._random.choice(supply.births), with_number=False)
        position = (supply.asked - supply.asked // WITHOUT_NUMBER - 1) % len(supply.births)
        if position == len(supply.made):
            supply.made.append(self._add(*supply.births[position], with_number=True))
        return supply.made[position]

    def _add(self, born: date, sex: Sex, *, with_number: bool) -> Somebody:
        given = MALE_NAMES if sex is Sex.MALE else FEMALE_NAMES
        somebody = Somebody(self._next_id, self._random.choice(given), self._random.choice(FAMILY_NAMES))
        self._next_id += 1
        self.rows.append(
            {
                "id": somebody.person_id,
                "public_id": UUID(int=self._random.getrandbits(128), version=4),
                "identity_kind": IdentityKind.PERSONAL if with_number else IdentityKind.NONE,
                "identity": never_issued(born, sex) if with_number else None,
                "birth_date": born,
                "sex": sex,
                "given_name": None,
                "family_name": None,
                "verified_at": None,
                "protected": False,
                "created_at": self._now,
            }
        )
        return somebody
