"""The person register of the tests: the cast and its families, and what has become of some of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from journal_core.persons.told import Address, Registered
from journal_core.registers.person_register_standin import Family, StandInRegister
from tests.build import cast

HOME = Address(None, "Ekvägen 4", "302 43", "Halmstad")
PROTECTED = (cast.PROTECTED_CHILD, cast.PROTECTED_GUARDIAN)
FAMILIES = (
    Family(
        (cast.GUARDIAN.number, cast.OTHER_GUARDIAN.number),
        (cast.CHILD.number, cast.TWELVE.number, cast.FOURTEEN.number, cast.SEVENTEEN.number),
    ),
    Family((cast.SOLE_GUARDIAN.number,), (cast.SOLE_CHILD.number, cast.PROTECTED_CHILD.number)),
    Family((cast.PROTECTED_GUARDIAN.number, cast.BESIDE_PROTECTED.number), (cast.CHILD_OF_PROTECTED.number,)),
)


def registered(who: cast.Member) -> Registered:
    """As the register tells of somebody of the cast, but for the family."""
    return Registered(who.number, who.given_name, who.family_name, protected=who in PROTECTED, address=HOME)


BECOME = {
    cast.DECEASED: replace(registered(cast.DECEASED), deceased_on=date(2026, 10, 3)),
    cast.EMIGRATED: replace(registered(cast.EMIGRATED), emigrated_on=date(2025, 6, 30), address=None),
    cast.RENUMBERED: replace(registered(cast.RENUMBERED), earlier_numbers=(cast.BEFORE_RENUMBERED.number,)),
}


def the_register() -> StandInRegister:
    """Knows the cast's residents; the staff only at their work."""
    people = [who for who in cast.RESIDENTS if who is not cast.BEFORE_RENUMBERED]
    return StandInRegister([BECOME.get(who) or registered(who) for who in people], FAMILIES)
