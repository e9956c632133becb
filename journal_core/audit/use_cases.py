"""Writing the log, in the same transaction as what is logged."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from journal_core.actor import Actor
from journal_core.audit import queries
from journal_core.audit.model import AccessLogRow, Action
from journal_core.reading import quick_write
from journal_core.writing import insert_of

SAME_LOOK = timedelta(minutes=10)
"""A list that refreshes itself is one look at a person, not three a minute."""


def record(
    session: Session,
    actor: Actor,
    action: Action,
    now: datetime,
    *,
    persons: Iterable[int | None] = (None,),
    clinic_id: int | None = None,
    booking_id: int | None = None,
) -> None:
    """One row for each person, in one statement."""
    rows = [
        {
            "at": now,
            "actor_kind": actor.kind,
            "actor_id": actor.id,
            "assignment_id": actor.assignment_id,
            "clinic_id": clinic_id,
            "person_id": person,
            "booking_id": booking_id,
            "action": action,
        }
        for person in persons
    ]
    quick_write(session, insert_of(session.get_bind().dialect.name, AccessLogRow), rows)


def record_look(
    session: Session,
    actor: Actor,
    action: Action,
    now: datetime,
    *,
    persons: Iterable[int],
    clinic_id: int,
) -> None:
    """Logs a look at each of `persons`, but the ones this actor has looked at here within SAME_LOOK."""
    recently = queries.persons_seen_since(session, actor, action, clinic_id, now - SAME_LOOK)
    record(
        session,
        actor,
        action,
        now,
        persons=sorted(set(persons) - recently),
        clinic_id=clinic_id,
    )
