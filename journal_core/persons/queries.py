"""Reading persons. A number that somebody had before leads to whom it became, and so does that person's old id."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from journal_core.mapping import table_of
from journal_core.persons.model import Guardianship, Person

Before = aliased(Person, name="before")
"""The person who is asked for, which may be one from before a merger."""
BECAME = func.coalesce(Before.merged_into_id, Before.id)


def by_identities(session: Session, numbers: Sequence[str], *, hold: bool = False, lock: bool = False) -> dict[str, Person]:
    """Persons by the canonical number that was asked for; unknown numbers are left out.

    `hold` keeps a merger from coming in between until this transaction ends, `lock` others who lock the same persons too. Who
    was merged while we waited comes with `merged_into_id`: ask again.
    """
    if not numbers:
        return {}
    query = select(Before.identity, Person).join(Person, Person.id == BECAME).where(Before.identity.in_(numbers))
    if hold or lock:
        query = query.with_for_update(of=Person, key_share=True, read=not lock).execution_options(populate_existing=True)
    rows = session.execute(query.order_by(Person.identity))
    return {number: person for number, person in rows if number is not None}


def person(session: Session, person_id: int, *, hold: bool = False) -> Person | None:
    """The person with this id, or whom it became. `hold` as above, for who writes a row that names them."""
    query = select(Person).join(Before, Person.id == BECAME).where(Before.id == person_id)
    if hold:
        query = query.with_for_update(of=Person, key_share=True, read=True).execution_options(populate_existing=True)
    found = session.scalar(query)
    # Merged while we waited: then it stands now who that is.
    return session.scalar(query) if found is not None and found.merged_into_id is not None else found


def id_of(number: str) -> Select[int]:
    """For other statements: the id of whoever has or had this number."""
    return select(BECAME).where(Before.identity == number)


def ids_of(session: Session, person_id: int) -> list[int]:
    """The person's own id, and those from before mergers: the access log keeps them all as they were."""
    own = or_(Person.id == person_id, Person.merged_into_id == person_id)
    return list(session.scalars(select(Person.id).where(own).order_by(Person.id)))


def children_of(session: Session, guardian_id: int) -> list[tuple[Guardianship, Person]]:
    """The children whose guardian the register has said somebody is, oldest first. What it gives a right to, rules judge."""
    return _told(session, Guardianship.child_id == Person.id, Guardianship.guardian_id == guardian_id)


def guardians_of(session: Session, child_id: int) -> list[tuple[Guardianship, Person]]:
    """Everybody whom the register has named as a child's guardian."""
    return _told(session, Guardianship.guardian_id == Person.id, Guardianship.child_id == child_id)


def _told(session: Session, other: ColumnElement[bool], where: ColumnElement[bool]) -> list[tuple[Guardianship, Person]]:
    query = select(Guardianship, Person).join(Person, other).where(where).order_by(Person.birth_date, Person.id)
    return [(guardianship, person) for guardianship, person in session.execute(query)]


def guardianships_among(session: Session, person_ids: Collection[int]) -> Sequence[Mapping[str, Any]]:
    """Rows with any of the persons on either side, those that were told last at the end."""
    one = or_(Guardianship.child_id.in_(person_ids), Guardianship.guardian_id.in_(person_ids))
    rows = session.execute(select(table_of(Guardianship)).where(one).order_by(Guardianship.told_at))
    return [dict(row) for row in rows.mappings()]


def alone(session: Session, person_ids: Collection[int]) -> dict[int, Person]:
    """Persons as they are now, by id; until this transaction ends nobody writes a row that names them."""
    query = select(Person).where(Person.id.in_(person_ids)).order_by(Person.identity)
    rows = session.scalars(query.with_for_update().execution_options(populate_existing=True))
    return {person.id: person for person in rows}
