"""Reading persons."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from journal_core.persons.model import Person


def by_identities(session: Session, numbers: Sequence[str], *, lock: bool = False) -> dict[str, Person]:
    """Persons by canonical number; unknown numbers are left out."""
    if not numbers:
        return {}
    query = select(Person).where(Person.identity.in_(numbers)).order_by(Person.identity)
    rows = session.scalars(query.with_for_update(key_share=True).execution_options(populate_existing=True) if lock else query)
    return {person.identity: person for person in rows if person.identity}
