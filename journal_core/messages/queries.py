"""Reading the outbox."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from journal_core.messages.model import OutgoingMessage


def newest(session: Session, limit: int) -> Sequence[OutgoingMessage]:
    return session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id.desc()).limit(limit)).all()
