"""What every person register keeps, the stand-in as well as the real one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from journal_core.persons.told import Address, Registered, Relation
from journal_core.registers.person_register import PersonRegister, RegisterUnavailable
from journal_core.registers.person_register_standin import Family, StandInRegister

MOTHER = Registered("198503149802", "Maja", "Ekman", address=Address("c/o Ek", "Ekvägen 4", "302 43", "Halmstad"))
FATHER = Registered("198409079814", "Erik", "Lund")
CHILD = Registered("201905022388", "Alva", "Lund")
HIDDEN = Registered("197204119817", "Torsten", "Falk", protected=True)
LATE = Registered("194606179804", "Gunborg", "Sand", deceased_on=date(2026, 10, 3))
AWAY = Registered("192207239809", "Axel", "Rune", emigrated_on=date(2025, 6, 30))
BEFORE, FIRST = "199207832396", "199406832387"
ANEW = Registered("199406232380", "Daria", "Koval", earlier_numbers=(BEFORE, FIRST))
NOBODY = "199109302399"


class Stand:
    """The stand-in, told of these people, with the hand of whoever runs the register.

    A stand for a real adapter knows the same people, in a register of its own on loopback.
    """

    def __init__(self) -> None:
        family = Family((MOTHER.number, FATHER.number), (CHILD.number,))
        self.standin = StandInRegister([MOTHER, FATHER, CHILD, HIDDEN, LATE, AWAY, ANEW], [family])
        self.register: PersonRegister = self.standin

    def rename(self, person: Registered, given_name: str) -> None:
        self.standin.tell(replace(person, given_name=given_name))

    def renumber(self, old: str, new: str) -> None:
        [person] = self.standin.persons([old]).values()
        self.standin.tell(replace(person, number=new, earlier_numbers=(*person.earlier_numbers, old)))

    def fall_silent(self) -> None:
        self.standin.silent = True

    def fall_silent_after(self, questions: int) -> None:
        self.standin.answers_left = questions

    def wake_up(self) -> None:
        self.standin.silent, self.standin.answers_left = False, None


@pytest.fixture(params=[Stand], ids=["stand-in"])
def stand(request: pytest.FixtureRequest) -> Stand:
    made = request.param()
    assert isinstance(made, Stand)
    return made


def told(stand: Stand, number: str) -> Registered:
    return stand.register.persons([number])[number]


def test_who_asks_for_nobody_is_told_nothing(stand: Stand) -> None:
    assert stand.register.persons([]) == {}


def test_numbers_that_it_does_not_know_are_left_out(stand: Stand) -> None:
    assert set(stand.register.persons([NOBODY, MOTHER.number])) == {MOTHER.number}


def test_name_address_protection_death_and_emigration_are_told(stand: Stand) -> None:
    mother = told(stand, MOTHER.number)
    assert (mother.given_name, mother.family_name, mother.address) == ("Maja", "Ekman", MOTHER.address)
    assert not mother.protected and mother.deceased_on is None and mother.emigrated_on is None
    assert told(stand, HIDDEN.number).protected
    assert told(stand, LATE.number).deceased_on == LATE.deceased_on
    assert told(stand, AWAY.number).emigrated_on == AWAY.emigrated_on


def test_a_family_is_told_from_both_sides(stand: Stand) -> None:
    parents = {MOTHER.number, FATHER.number}
    assert {relation.number for relation in told(stand, CHILD.number).guardians} == parents
    for parent in parents:
        assert told(stand, parent).children == (Relation(CHILD.number),)
        assert told(stand, parent).guardians == ()


@pytest.mark.parametrize("number", [BEFORE, FIRST, ANEW.number])
def test_by_each_number_that_somebody_has_had_one_is_told_the_one_of_today(stand: Stand, number: str) -> None:
    found = told(stand, number)
    assert (found.number, found.earlier_numbers) == (ANEW.number, (BEFORE, FIRST))


def test_a_new_number_is_told_of_relatives_too(stand: Stand) -> None:
    stand.renumber(FATHER.number, NOBODY)
    assert told(stand, FATHER.number).number == NOBODY
    assert {relation.number for relation in told(stand, CHILD.number).guardians} == {MOTHER.number, NOBODY}
    assert told(stand, NOBODY).children == (Relation(CHILD.number),)


def test_what_has_changed_is_told_the_next_time(stand: Stand) -> None:
    assert told(stand, MOTHER.number).given_name == "Maja"
    stand.rename(MOTHER, "Maja-Lena")
    assert told(stand, MOTHER.number).given_name == "Maja-Lena"


def test_silence_is_an_error_and_never_an_empty_answer(stand: Stand) -> None:
    stand.fall_silent()
    with pytest.raises(RegisterUnavailable):
        stand.register.persons([MOTHER.number, NOBODY])
    stand.wake_up()
    assert told(stand, MOTHER.number).given_name == "Maja"


def test_it_may_fall_silent_between_two_questions(stand: Stand) -> None:
    stand.fall_silent_after(1)
    assert told(stand, MOTHER.number).number == MOTHER.number
    for _ in range(2):
        with pytest.raises(RegisterUnavailable):
            stand.register.persons([CHILD.number])


class TestTheStandIn:
    """What it does besides."""

    def test_it_is_for_development(self) -> None:
        assert StandInRegister().for_development

    def test_whom_it_has_forgotten_it_does_not_know(self) -> None:
        stand = Stand()
        stand.standin.forget(MOTHER.number)
        assert stand.register.persons([MOTHER.number]) == {}

    def test_something_may_happen_while_it_is_asked(self) -> None:
        stand = Stand()
        stand.standin.meanwhile = lambda: stand.rename(FATHER, "Erik Gustav")
        assert told(stand, FATHER.number).given_name == "Erik Gustav"
