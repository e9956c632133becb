"""Two records become one person's: a new identity number, and nothing of what was booked under the old one is lost.

The old record stays behind with its number, which leads to the new one for ever (persons.queries). It lies in the highest noun,
for rows of every noun name persons. Why no booking slips through: docs/decisions/0012-the-person-register.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, aliased

from journal_core.access.model import Draft, WebSession
from journal_core.actor import Actor
from journal_core.audit import use_cases as audit
from journal_core.audit.model import Action
from journal_core.booking import queries as bookings
from journal_core.booking import use_cases as booking
from journal_core.booking.model import Booking, Visit
from journal_core.booking.rules import end_of
from journal_core.clock import local
from journal_core.consent.model import ConsentEvent, ConsentRequest
from journal_core.declarations.model import Declaration
from journal_core.mapping import Mapped, table_of
from journal_core.persons import queries
from journal_core.persons import use_cases as persons
from journal_core.persons.model import Guardianship, Person
from journal_core.persons.rules import named_in
from journal_core.persons.told import Registered
from journal_core.writing import insert_missing

NAMING: tuple[tuple[type[Mapped], str], ...] = (
    (Visit, "person_id"),
    (Booking, "booked_by_id"),
    (ConsentRequest, "guardian_id"),
    (Declaration, "person_id"),
    (Declaration, "told_by_person_id"),
    (WebSession, "person_id"),
    (WebSession, "acting_for_id"),
    (Draft, "person_id"),
    (Person, "merged_into_id"),
)
"""Columns that name a person and simply name the new one afterwards; guardianships need more care. The log stays as it was."""


def take_in(session: Session, actor: Actor, told: Mapping[str, Registered], asked: Collection[str], now: datetime) -> None:
    """Writes what the register answered when it was asked for these numbers, and merges who has been given a new one."""
    named = list(named_in(told, asked, local(now).date()).values())
    earlier = {number for record in told.values() for number in record.earlier_numbers}
    known = persons.ensure(session, named, now, lock=True, others=sorted(earlier))
    for asked_for, record in told.items():
        for number in (asked_for, *record.earlier_numbers):
            if number in known and record.number in known:
                merge(session, actor, known[number], known[record.number], now)
    persons.told_by_register(session, actor, told, asked, now)


def merge(session: Session, actor: Actor, old: Person, new: Person, now: datetime) -> None:
    """What names the old person names the new one from now on. Done once, it has no effect again.

    Live bookings of the same kind that they had each both stand, and staff see it.
    """
    if old.id == new.id:
        return
    pair = queries.alone(session, {old.id, new.id})
    if any(person.merged_into_id is not None for person in pair.values()):
        return
    booking.lock_all_of(session, pair)
    _join_requests(session, old.id, new.id)
    _move_guardianships(session, old.id, new.id)
    for model, name in NAMING:
        table = table_of(model)
        session.execute(update(table).where(table.c[name] == old.id).values({name: new.id}))
    _hand_over(old, new)
    _mark_meeting(session, new.id, now)
    audit.record(session, actor, Action.MERGED, now, persons=(old.id, new.id))


def _hand_over(old: Person, new: Person) -> None:
    """What holds for one holds for both until the register says more. The old record keeps its number and nothing else."""
    new.protected = new.protected or old.protected
    new.sealed_at = min((at for at in (old.sealed_at, new.sealed_at) if at is not None), default=None)
    if new.protected:
        persons.keep_nothing_shown(new)
    elif new.verified_at is None:
        new.given_name, new.family_name, new.verified_at = old.given_name, old.family_name, old.verified_at
    persons.keep_nothing_shown(old)
    old.merged_into_id = new.id


def _mark_meeting(session: Session, person_id: int, now: datetime) -> None:
    """Of one category a person has one live booking, of a series one a day: where there are more, staff see it."""
    meeting: dict[tuple[int, date | None], list[Booking]] = defaultdict(list)
    for one in bookings.bookings_of_persons(session, [person_id], local(now).date()):
        if one.cancelled_at is None and end_of(one) > now:
            category = one.type.category
            meeting[category.id, one.day if category.series else None].append(one)
    for together in meeting.values():
        for one in together if len(together) > 1 else ():
            one.another_live = True


def _move_guardianships(session: Session, old_id: int, new_id: int) -> None:
    """What the register told last of a child and a guardian stands; nobody is their own guardian."""
    rows: dict[tuple[int, int], Mapping[str, object]] = {}
    for row in queries.guardianships_among(session, (old_id, new_id)):
        child, guardian = (new_id if row[side] == old_id else row[side] for side in ("child_id", "guardian_id"))
        rows[child, guardian] = {**row, "child_id": child, "guardian_id": guardian}
    table = table_of(Guardianship)
    for side in (table.c.child_id, table.c.guardian_id):
        session.execute(delete(table).where(side.in_((old_id, new_id))))
    moved = [row for (child, guardian), row in rows.items() if child != guardian]
    insert_missing(session, Guardianship, moved, ("child_id", "guardian_id"))


def _join_requests(session: Session, old_id: int, new_id: int) -> None:
    """A guardian who was asked about a visit under both numbers was asked once, and has given the answers to both."""
    before = aliased(ConsentRequest)
    both = (
        select(before.id, ConsentRequest.id)
        .join(ConsentRequest, ConsentRequest.visit_id == before.visit_id)
        .where(before.guardian_id == old_id, ConsentRequest.guardian_id == new_id)
    )
    events, requests = table_of(ConsentEvent), table_of(ConsentRequest)
    for first, second in session.execute(both).all():
        session.execute(update(events).where(events.c.request_id == first).values(request_id=second))
        session.execute(delete(requests).where(requests.c.id == first))
