"""Opening and ending sessions, keeping drafts, counting tries."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, delete, or_, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from journal_core.access.model import (
    BookingPass,
    Draft,
    EidOrder,
    Purpose,
    Tries,
    WebSession,
)
from journal_core.access.queries import whose
from journal_core.access.rules import (
    BOOKED_DRAFT_LIFE,
    DRAFT_LIFE,
    EID_ORDER_LIFE,
    PASS_LIFE,
    SEEN_EVERY,
    STAFF_ABSOLUTE,
    Limit,
)
from journal_core.crypto import Vault
from journal_core.reading import quick_write
from journal_core.writing import insert_of, upsert


def log_in(
    session: Session,
    reference: str,
    now: datetime,
    *,
    person_id: int | None = None,
    account_id: int | None = None,
    assignment_id: int | None = None,
    eid: str | None = None,
    device: str | None = None,
) -> None:
    """A new session under a new reference; who ended theirs long ago is forgotten on the way."""
    session.execute(delete(WebSession).where(WebSession.seen_at < now - STAFF_ABSOLUTE))
    session.add(
        WebSession(
            reference=reference,
            person_id=person_id,
            account_id=account_id,
            assignment_id=assignment_id,
            eid=eid,
            device=device,
            created_at=now,
            seen_at=now,
        )
    )


def log_out(session: Session, reference: str) -> None:
    """Ends what the browser could do: its session, its passes to bookings, identifications under way."""
    session.execute(delete(WebSession).where(WebSession.reference == reference))
    session.execute(delete(BookingPass).where(BookingPass.owner == reference))
    session.execute(delete(EidOrder).where(EidOrder.owner == reference))


def end_others(session: Session, kept: WebSession) -> None:
    """Ends every other session of whoever `kept` belongs to, wherever it is."""
    session.execute(delete(WebSession).where(whose(kept), WebSession.reference != kept.reference))


def end_one(session: Session, kept: WebSession, reference: str) -> None:
    """Ends one session of whoever `kept` belongs to; nobody else's."""
    session.execute(delete(WebSession).where(whose(kept), WebSession.reference == reference))


def act_for(session: Session, old: str, new: str, child_id: int | None) -> None:
    """The session goes on under a new reference, for a child or (None) for oneself again. It doesn't live longer for it."""
    changed = {"reference": new, "acting_for_id": child_id}
    session.execute(update(WebSession).where(WebSession.reference == old).values(changed))
    hand_over(session, old, new)


def choose_assignment(session: Session, reference: str, assignment_id: int) -> None:
    session.execute(update(WebSession).where(WebSession.reference == reference).values(assignment_id=assignment_id))


def seen(session: Session, reference: str, now: datetime) -> None:
    session.execute(
        update(WebSession).where(WebSession.reference == reference, WebSession.seen_at <= now - SEEN_EVERY).values(seen_at=now)
    )


def begin_eid(
    session: Session,
    vault: Vault,
    order_id: str,
    owner: str,
    purpose: Purpose,
    next_path: str,
    provider: str,
    provider_reference: str,
    content: Mapping[str, Any],
    now: datetime,
) -> None:
    """`content` is what read_eid gives again. Identifications that ran out are removed on the way."""
    session.execute(delete(EidOrder).where(EidOrder.created_at < now - 2 * EID_ORDER_LIFE))
    session.add(
        EidOrder(
            id=order_id,
            owner=owner,
            purpose=purpose,
            next_path=next_path,
            provider=provider,
            provider_reference=provider_reference,
            content=vault.seal(_eid_context(order_id), json.dumps(content)),
            created_at=now,
        )
    )


def read_eid(vault: Vault, order: EidOrder) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(vault.open(_eid_context(order.id), order.content)) if order.content else {}
    return content


def write_eid(vault: Vault, order: EidOrder, content: Mapping[str, Any]) -> None:
    order.content = vault.seal(_eid_context(order.id), json.dumps(content))


def _eid_context(order_id: str) -> str:
    return f"eid_order:{order_id}"


def claim_eid(session: Session, order_id: str, owner: str, now: datetime, pause: timedelta) -> bool:
    """Whether it is this request's turn to ask the provider; then nobody else asks until `pause` is over.

    A terminal answer is given once, and a code is exchanged once: two that ask at the same time would lose it.
    """
    free = or_(EidOrder.collect_after.is_(None), EidOrder.collect_after <= now)
    own = (EidOrder.id == order_id, EidOrder.owner == owner, EidOrder.ended_at.is_(None), free)
    claimed = session.scalar(update(EidOrder).where(*own).values(collect_after=now + pause).returning(EidOrder.id))
    return claimed is not None


def start_draft(
    session: Session,
    vault: Vault,
    owner: str,
    clinic_id: int,
    content: Mapping[str, Any],
    now: datetime,
) -> str:
    """The id of a new draft; those that ran out are removed on the way."""
    quick_write(session, RUN_OUT, [{"open_since": now - DRAFT_LIFE, "booked_since": now - BOOKED_DRAFT_LIFE}])
    draft_id = secrets.token_hex(8)
    row = {
        "id": draft_id,
        "owner": owner,
        "clinic_id": clinic_id,
        "content": _sealed(vault, draft_id, content),
        "booking_id": None,
        "person_id": None,
        "seen_at": now,
    }
    quick_write(session, insert_of(session.get_bind().dialect.name, Draft), [row])
    return draft_id


RUN_OUT = delete(Draft).where(
    or_(
        and_(Draft.booking_id.is_(None), Draft.seen_at < bindparam("open_since")),
        Draft.seen_at < bindparam("booked_since"),
    )
)


def read_draft(vault: Vault, draft: Draft) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(vault.open(f"draft:{draft.id}", draft.content))
    return content


def write_draft(vault: Vault, draft: Draft, content: Mapping[str, Any], now: datetime) -> None:
    draft.content = _sealed(vault, draft.id, content)
    draft.seen_at = now


def _sealed(vault: Vault, draft_id: str, content: Mapping[str, Any]) -> bytes:
    return vault.seal(f"draft:{draft_id}", json.dumps(content, ensure_ascii=False))


def draft_booked(session: Session, draft: Draft, booking_id: int) -> None:
    """From now on a draft leads to the booking that it has become. Call with the draft locked."""
    quick_write(session, BECAME, [{"draft": draft.id, "booking": booking_id}])
    set_committed_value(draft, "booking_id", booking_id)


BECAME = update(Draft).where(Draft.id == bindparam("draft")).values(booking_id=bindparam("booking"))


def hand_over(session: Session, old: str, new: str) -> None:
    """What a browser had begun follows it to its new reference at login."""
    session.execute(update(Draft).where(Draft.owner == old).values(owner=new))
    session.execute(update(BookingPass).where(BookingPass.owner == old).values(owner=new))


def give_pass(session: Session, owner: str, booking_id: int, now: datetime) -> None:
    session.execute(delete(BookingPass).where(BookingPass.expires_at < now))
    insert = upsert(session, BookingPass).values(owner=owner, booking_id=booking_id, expires_at=now + PASS_LIFE)
    renew = {"expires_at": insert.excluded.expires_at}
    session.execute(insert.on_conflict_do_update(index_elements=("owner", "booking_id"), set_=renew))


def count_try(session: Session, key: str, limit: Limit, now: datetime) -> timedelta | None:
    """Counts one try under `key`. None while the limit holds, else how long to wait."""
    ends_at = limit.ends_at(now)
    insert = upsert(session, Tries).values(key=key, ends_at=ends_at, count=1)
    count = session.scalar(
        insert.on_conflict_do_update(index_elements=("key", "ends_at"), set_={"count": Tries.count + 1}).returning(Tries.count)
    )
    if count == 1:
        session.execute(delete(Tries).where(Tries.ends_at < now))
    return ends_at - now if count and count > limit.tries else None
