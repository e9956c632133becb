"""Keeping what was told: sealing it anew under another key, and removing what is kept no longer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
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
from journal_core.keyring import KeyMissing, Keyring, SealBroken
from journal_core.organisation.model import CareProvider

AT_ONCE = 200
"""Declarations of one transaction, so that those who answer don't wait long."""


def ids_after(session: Session, last: int) -> Sequence[int]:
    """The next declarations to look at, by their numbers."""
    wanted = select(Declaration.id).where(Declaration.id > last).order_by(Declaration.id).limit(AT_ONCE)
    return session.scalars(wanted).all()


def seal_anew(session: Session, keys: Keyring, declaration_ids: Sequence[int]) -> tuple[int, list[str]]:
    """Whatever of these is sealed with an older key is sealed with the current one: how many values, and what is wrong with
    those that can't be opened, which stay as they are. Locks them, so that nobody answers meanwhile."""
    mine = Declaration.id.in_(declaration_ids)
    session.execute(select(Declaration.id).where(mine).order_by(Declaration.id).with_for_update())
    changed, broken = 0, []
    for row, field, context in _sealed(session, declaration_ids):
        sealed: bytes = getattr(row, field)
        if keys.is_current(sealed):
            continue
        try:
            setattr(row, field, keys.seal(context, keys.open(context, sealed)))
            changed += 1
        except (KeyMissing, SealBroken) as wrong:
            broken.append(str(wrong))
    session.flush()
    return changed, broken


def _sealed(session: Session, declaration_ids: Sequence[int]) -> Iterator[tuple[Any, str, str]]:
    """Every row with something sealed, the field, and what that is bound to."""
    for row in session.scalars(select(DeclarationAnswer).where(DeclarationAnswer.declaration_id.in_(declaration_ids))):
        yield row, "answer", answer_context(row.declaration_id, row.question)
    for comment in session.scalars(select(DeclarationComment).where(DeclarationComment.declaration_id.in_(declaration_ids))):
        yield comment, "text", comment_context(comment.declaration_id, comment.number)
    sent = Declaration.id.in_(declaration_ids), Declaration.summary.is_not(None)
    for one in session.scalars(select(Declaration).where(*sent)):
        yield one, "summary", summary_context(one.id)


def before(provider: CareProvider, now: datetime) -> datetime | None:
    """What a provider's setting says is kept no longer: from before when; None where it says nothing."""
    months = provider.declarations_kept_months
    if months is None:
        return None
    day = local(now).date()
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return datetime(year, month + 1, 1, tzinfo=STOCKHOLM)


def remove_due(session: Session, provider: CareProvider, now: datetime) -> int:
    """Removes a provider's declarations that are kept no longer, with all that was said in them, and writes down how many.

    What holds still, or serves a visit to come, waits for that however short the provider keeps the rest.
    """
    limit = before(provider, now)
    due = _due(session, provider.id, limit, local(now).date()) if limit is not None else []
    if limit is None or not due:
        return 0
    for some in _in_parts(due):
        for model in (DeclarationUse, DeclarationAnswer, DeclarationComment):
            session.execute(delete(model).where(model.declaration_id.in_(some)))
        session.execute(delete(Declaration).where(Declaration.id.in_(some)))
    session.add(DeclarationRemoval(provider_id=provider.id, at=now, before=limit, count=len(due)))
    session.flush()
    return len(due)


def _due(session: Session, provider_id: int, limit: datetime, day: date) -> list[int]:
    """Locked, and looked at once more: whoever answers locks theirs first."""
    old = queries.old(session, provider_id, limit)
    for some in _in_parts(list(old)):
        session.execute(select(Declaration.id).where(Declaration.id.in_(some)).order_by(Declaration.id).with_for_update())
    old = queries.old(session, provider_id, limit) if old else {}
    persons = sorted(set(old.values()))
    needed = {one for some in _in_parts(persons) for one in queries.needed(session, provider_id, some, day)}
    return [one for one in old if one not in needed]


def _in_parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
