"""Reading the states of visits."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from journal_core.arrivals.model import Arrival


def arrivals(session: Session, visit_ids: Iterable[int]) -> dict[int, Arrival]:
    """By visit id; visits to which nothing has happened are left out."""
    rows = session.scalars(select(Arrival).where(Arrival.visit_id.in_(list(visit_ids))))
    return {row.visit_id: row for row in rows}


def arrival(session: Session, visit_id: int) -> Arrival | None:
    """Locked, and as it is now whatever this session has read before."""
    query = select(Arrival).where(Arrival.visit_id == visit_id).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))
