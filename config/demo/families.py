"""What a person register would tell of the demo's people: their families, and what has become of some of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from config.demo.people import (
    DARYNA,
    ELIN,
    ELSA,
    HEDDA,
    JOHAN,
    MARIA,
    NEIGHBOURS,
    NILS,
    OSKAR,
    RESIDENTS,
    SARA,
    SVEN,
    VERA,
    Human,
)
from journal_core.persons.told import Registered
from journal_core.registers.person_register_standin import Family, StandInRegister

SIGNE = Human("201506062387", "Signe", "Sjöberg", protected=True)
"""Maria's daughter. Only the register knows her: she has never been anywhere."""
FAMILIES = (
    Family((JOHAN.number, SARA.number), (VERA.number, ELSA.number, NILS.number)),
    Family((ELIN.number,), (HEDDA.number,)),
    Family((MARIA.number,), (SIGNE.number,)),
)
NUMBER_OF_DARYNA = "198809119806"
"""The personnummer that she has been given since she booked with her samordningsnummer."""


def _told(human: Human) -> Registered:
    return Registered(human.number, human.given_name, human.family_name, protected=human.protected)


BECOME = {
    SVEN: replace(_told(SVEN), deceased_on=date(2026, 10, 3)),
    OSKAR: replace(_told(OSKAR), emigrated_on=date(2026, 8, 31)),
    DARYNA: replace(_told(DARYNA), number=NUMBER_OF_DARYNA, earlier_numbers=(DARYNA.number,)),
}


def demo_register() -> StandInRegister:
    return StandInRegister([BECOME.get(human) or _told(human) for human in (*RESIDENTS, *NEIGHBOURS, SIGNE)], FAMILIES)
