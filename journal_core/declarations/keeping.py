"""Keeping what was told: sealing it anew under another key, and removing what is kept no longer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from journal_core.clock import STOCKHOLM, local
from journal_core.declarations import queries
from journal_core.declarations.model import (
    Declaration,
    DeclarationAnswer,
    DeclarationComment,
    DeclarationRemoval,
    DeclarationUse,
)
from journal_core.declarations.use_cases import answer_context, comment_context, summary_context
from journal_core.keyring import Keyring
from journal_core.organisation.model import CareProvider

AT_ONCE = 200
"""Declarations of one transaction, so that those who answer don't wait long."""


def ids_after(session: Session, last: int) -> Sequence[int]:
    """The next declarations to look at, by their numbers."""
    wanted = select(Declaration.id).where(Declaration.id > last).order_by(Declaration.id).limit(AT_ONCE)
    return session.scalars(wanted).all()


def seal_anew(session: Session, keys: Keyring, declaration_ids: Sequence[int]) -> int:
    """Whatever of these is sealed with an older key is sealed with the current one; how many values.

    Locks them, so that nobody answers meanwhile. Raises keyring.KeyMissing, keyring.SealBroken; nothing is changed then.
    """
    mine = Declaration.id.in_(declaration_ids)
    session.execute(select(Declaration.id).where(mine).order_by(Declaration.id).with_for_update())
    changed = 0
    for row in session.scalars(select(DeclarationAnswer).where(DeclarationAnswer.declaration_id.in_(declaration_ids))):
        changed += _anew(keys, row, "answer", answer_context(row.declaration_id, row.question))
    for comment in session.scalars(select(DeclarationComment).where(DeclarationComment.declaration_id.in_(declaration_ids))):
        changed += _anew(keys, comment, "text", comment_context(comment.declaration_id, comment.number))
    for one in session.scalars(select(Declaration).where(mine, Declaration.summary.is_not(None))):
        changed += _anew(keys, one, "summary", summary_context(one.id))
    session.flush()
    return changed


def _anew(keys: Keyring, row: Any, field: str, context: str) -> int:
    sealed: bytes = getattr(row, field)
    if keys.is_current(sealed):
        return 0
    setattr(row, field, keys.seal(context, keys.open(context, sealed)))
    return 1


def before(provider: CareProvider, now: datetime) -> datetime | None:
    """What a provider's setting says is kept no longer: from before when; None where it says nothing."""
    months = provider.declarations_kept_months
    if months is None:
        return None
    day = local(now).date()
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return datetime(year, month + 1, 1, tzinfo=STOCKHOLM)


def remove_due(session: Session, provider: CareProvider, now: datetime) -> int:
    """Removes a provider's declarations that are kept no longer, with all that was said in them, and writes down how many."""
    limit = before(provider, now)
    due = queries.due(session, provider.id, limit) if limit is not None else ()
    if limit is None or not due:
        return 0
    for some in _in_parts(due):
        for model in (DeclarationUse, DeclarationAnswer, DeclarationComment):
            session.execute(delete(model).where(model.declaration_id.in_(some)))
        session.execute(delete(Declaration).where(Declaration.id.in_(some)))
    session.add(DeclarationRemoval(provider_id=provider.id, at=now, before=limit, count=len(due)))
    session.flush()
    return len(due)


def _in_parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
