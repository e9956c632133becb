"""What the log answers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from journal_core.actor import Actor
from journal_core.audit.model import AccessLogRow, Action


def persons_seen_since(session: Session, actor: Actor, action: Action, clinic_id: int, since: datetime) -> set[int]:
    rows = session.scalars(
        select(AccessLogRow.person_id).where(
            AccessLogRow.clinic_id == clinic_id,
            AccessLogRow.at >= since,
            AccessLogRow.actor_kind == actor.kind,
            AccessLogRow.actor_id == actor.id,
            AccessLogRow.assignment_id == actor.assignment_id,
            AccessLogRow.action == action,
        )
    )
    return {person for person in rows if person is not None}
