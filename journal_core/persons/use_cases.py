"""Making and updating persons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from journal_core.persons import queries
from journal_core.persons.model import IdentityKind, Person, Sex
from journal_core.persons.rules import Identity
from journal_core.writing import insert_missing, insert_one

TOLD_BY_REGISTER = (
    "register_at", "registered", "deceased_on", "emigrated_on", "care_of", "street", "postcode", "city",
)  # fmt: skip
"""Columns of a person that nobody but the register fills, besides name and protection."""


def ensure(
    session: Session,
    identities: Sequence[Identity],
    now: datetime,
    *,
    lock: bool = False,
) -> dict[str, Person]:
    """The persons with these numbers, made where the journal has none. Two at the same instant make one.

    `lock` keeps other bookings of the same persons waiting until this transaction ends.
    """
    insert_missing(
        session,
        Person,
        [
            {
                "identity": identity.number,
                "identity_kind": identity.kind,
                "birth_date": identity.born,
                "sex": sex_of(identity),
                "protected": False,
                "created_at": now,
            }
            for identity in sorted(set(identities), key=lambda identity: identity.number)
        ],
        ("identity",),
    )
    return queries.by_identities(session, [identity.number for identity in identities], lock=lock)


def sex_of(identity: Identity) -> Sex:
    """The next to last digit is odd for men, even for women."""
    return Sex.MALE if int(identity.number[-2]) % 2 else Sex.FEMALE


def add_without_number(session: Session, birth_date: date, sex: Sex, now: datetime) -> int:
    """The id of a new person whom only birth date and sex describe. Never matched with another: nobody can prove who it is."""
    return insert_one(
        session,
        Person,
        public_id=uuid4(),
        identity_kind=IdentityKind.NONE,
        identity=None,
        birth_date=birth_date,
        sex=sex,
        given_name=None,
        family_name=None,
        verified_at=None,
        protected=False,
        created_at=now,
        **dict.fromkeys(TOLD_BY_REGISTER),
        sealed_at=None,
        merged_into_id=None,
    )


def told_by_eid(
    session: Session,
    identity: Identity,
    given_name: str,
    family_name: str,
    now: datetime,
) -> Person:
    """The person whom an e-ID has just named; the name from the e-ID replaces an older one."""
    person = ensure(session, [identity], now)[identity.number]
    person.given_name, person.family_name, person.verified_at = (
        given_name,
        family_name,
        now,
    )
    return person
