"""The stand-in for a person register: invented people and families in memory, and the ways in which a register fails."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from journal_core.persons.told import Registered, Relation
from journal_core.registers.person_register import RegisterUnavailable


@dataclass(frozen=True)
class Family:
    """Who are the guardians of which children, by number."""

    guardians: tuple[str, ...]
    children: tuple[str, ...]


class StandInRegister:
    """Answers as a register would, for whom it has been told of. Families are told once and read in both directions."""

    for_development = True

    def __init__(self, people: Iterable[Registered] = (), families: Iterable[Family] = ()) -> None:
        self.silent = False
        """Down, or slower than anybody waits: to who asks it is the same."""
        self.answers_left: int | None = None
        """So many more questions are answered, then it falls silent; None: all."""
        self.meanwhile: Callable[[], object] = lambda: None
        """What happens in the world while a question is under way: time passes, somebody else acts."""
        self._people: dict[str, Registered] = {}
        self._today: dict[str, str] = {}
        """Each number that somebody has or had, and the one they have now."""
        for person in people:
            self.tell(person)
        for family in families:
            self._relate(family)

    def tell(self, person: Registered) -> None:
        """Adds somebody, or changes them: known by the number or by one of their earlier ones."""
        for number in (*person.earlier_numbers, person.number):
            self._people.pop(number, None)
            self._today |= {old: person.number for old, now in self._today.items() if now == number}
            self._today[number] = person.number
        self._people[person.number] = person

    def forget(self, number: str) -> None:
        """From now on it knows no such number."""
        self._people.pop(number, None)

    def persons(self, numbers: Collection[str]) -> Mapping[str, Registered]:
        self.meanwhile()
        if self.silent or self.answers_left == 0:
            raise RegisterUnavailable
        if self.answers_left is not None:
            self.answers_left -= 1
        known = {number: self._people.get(self._now(number)) for number in numbers}
        return {number: self._with_relations(person) for number, person in known.items() if person is not None}

    def _with_relations(self, person: Registered) -> Registered:
        """Relatives by the number that they have today."""
        return replace(person, guardians=self._named(person.guardians), children=self._named(person.children))

    def _named(self, relations: Iterable[Relation]) -> tuple[Relation, ...]:
        return tuple(replace(relation, number=self._now(relation.number)) for relation in relations)

    def _now(self, number: str) -> str:
        return self._today.get(number, number)

    def _relate(self, family: Family) -> None:
        for number in family.guardians:
            guardian = self._people[number]
            own = tuple(Relation(child) for child in family.children)
            self._people[number] = replace(guardian, children=(*guardian.children, *own))
        for number in family.children:
            child = self._people[number]
            theirs = tuple(Relation(guardian) for guardian in family.guardians)
            self._people[number] = replace(child, guardians=(*child.guardians, *theirs))
