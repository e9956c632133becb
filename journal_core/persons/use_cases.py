"""Making and updating persons."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import delete
from sqlalchemy.orm import Session

from journal_core.actor import Actor
from journal_core.audit import use_cases as audit
from journal_core.audit.model import Action
from journal_core.clock import local
from journal_core.mapping import table_of
from journal_core.persons import queries
from journal_core.persons.model import Guardianship, IdentityKind, Person, Sex
from journal_core.persons.rules import Identity, is_minor, named_in
from journal_core.persons.told import Registered
from journal_core.reading import one_of, quick_write
from journal_core.writing import insert_missing, insert_of, insert_one

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
    others: Collection[str] = (),
) -> dict[str, Person]:
    """The persons with these numbers, made where the journal has none. Two at the same instant make one.

    An old number leads to whom its owner became, and until this transaction ends nobody is merged with another. `lock` keeps
    other bookings of the same persons waiting too. `others` are numbers of those who are not made, but found if they are there.
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
    numbers = [*(identity.number for identity in identities), *others]
    found = queries.by_identities(session, numbers, hold=True, lock=lock)
    if any(person.merged_into_id is not None for person in found.values()):
        # While we waited for them, which is rare enough for another statement.
        found = queries.by_identities(session, numbers, hold=True, lock=lock)
    return found


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
    """The person whom an e-ID has just named; the name from the e-ID replaces an older one. Of the protected none is kept."""
    person = ensure(session, [identity], now, lock=True)[identity.number]
    if not person.protected:
        person.given_name, person.family_name, person.verified_at = given_name, family_name, now
    return person


# --- seals (domain §9) ----------------------------------------------------------------------------------------------------


def seal(session: Session, actor: Actor, identity: Identity, clinic_id: int, now: datetime) -> None:
    """From now on nobody else acts online for whoever has this number, known to the journal or not yet."""
    person = ensure(session, [identity], now, lock=True)[identity.number]
    person.sealed_at = person.sealed_at or now
    audit.record(session, actor, Action.SEALED, now, persons=[person.id], clinic_id=clinic_id)


def lift_seal(session: Session, actor: Actor, identity: Identity, clinic_id: int, now: datetime) -> None:
    """The opposite; what it leaves behind is the same whether or not there was a seal, or the person."""
    person = ensure(session, [identity], now, lock=True)[identity.number]
    person.sealed_at = None
    audit.record(session, actor, Action.SEAL_LIFTED, now, persons=[person.id], clinic_id=clinic_id)


# --- what the register tells (docs/decisions/0012-the-person-register.md) --------------------------------------------------


def told_by_register(
    session: Session, actor: Actor, told: Mapping[str, Registered], asked: Collection[str], now: datetime
) -> None:
    """Writes what the register answered when it was asked for these numbers; `now` is when that was.

    It overwrites names, address, protection, deaths and guardians, whoever had told them before. Whom it doesn't know has no
    guardians. Those who have been given a new number are merged before (arrivals.merging.take_in does both).
    """
    known = ensure(session, list(named_in(told, asked, local(now).date()).values()), now, lock=True)
    answers = {known[record.number].id: record for record in told.values() if record.number in known}
    people = {person.id: person for person in known.values()}
    for person_id, record in answers.items():
        _overwrite(people[person_id], record, now)
    nobody = {known[number].id for number in asked if number not in told and number in known} - answers.keys()
    for person_id in nobody:
        people[person_id].registered, people[person_id].register_at = False, now
    _replace_guardians(session, [*answers, *nobody], _guardians(answers, known, now))
    audit.record(session, actor, Action.REGISTER_TOLD, now, persons=sorted({*answers, *nobody}))


def _overwrite(person: Person, record: Registered, now: datetime) -> None:
    """Of a protected person neither name nor address is kept: what isn't there can't be shown by mistake."""
    keep_nothing_shown(person)
    person.register_at, person.registered, person.protected = now, True, record.protected
    person.deceased_on, person.emigrated_on = record.deceased_on, record.emigrated_on
    if record.protected:
        return
    person.given_name, person.family_name, person.verified_at = record.given_name, record.family_name, now
    if record.address is not None:
        person.care_of, person.street = record.address.care_of, record.address.street
        person.postcode, person.city = record.address.postcode, record.address.city


def keep_nothing_shown(person: Person) -> None:
    """Neither name nor address."""
    for name in ("given_name", "family_name", "verified_at", "care_of", "street", "postcode", "city"):
        setattr(person, name, None)


def _guardians(answers: Mapping[int, Registered], known: Mapping[str, Person], now: datetime) -> list[Mapping[str, object]]:
    """Rows for the guardians of those answered for who are children. Nobody acts for a protected one, so none is kept."""
    people = {person.id: person for person in known.values()}
    rows = {
        (child_id, known[relation.number].id): {
            "child_id": child_id,
            "guardian_id": known[relation.number].id,
            "first_day": relation.first_day,
            "last_day": relation.last_day,
            "told_at": now,
        }
        for child_id, record in answers.items()
        for relation in record.guardians
        if relation.number in known and not record.protected and is_minor(people[child_id].birth_date, local(now).date())
    }
    return [row for (child_id, guardian_id), row in rows.items() if child_id != guardian_id]


def _replace_guardians(session: Session, children: Collection[int], rows: Iterable[Mapping[str, object]]) -> None:
    session.execute(delete(table_of(Guardianship)).where(one_of(Guardianship.child_id, children)))
    quick_write(session, insert_of(session.get_bind().dialect.name, Guardianship), rows)
