"""How long things last, and how often one may try."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from journal_core.access.model import Device, Draft, EidOrder, WebSession

STAFF_IDLE = timedelta(minutes=45)
STAFF_ABSOLUTE = timedelta(hours=12)
RESIDENT_IDLE = timedelta(minutes=60)
RESIDENT_ABSOLUTE = timedelta(hours=12)
DRAFT_LIFE = timedelta(minutes=60)
BOOKED_DRAFT_LIFE = timedelta(days=2)
"""A draft that became a booking shows the way there for longer, so that an old form never says that nothing is booked."""
PASS_LIFE = timedelta(minutes=30)
EID_ORDER_LIFE = timedelta(minutes=10)
DEVICE_CODE_LIFE = timedelta(minutes=30)
AT_SCREEN = timedelta(seconds=60)
"""What somebody said at a waiting-room screen is kept this long: 30 idle seconds, 20 to answer "are you there?", and some."""
SCREEN_ANSWER = timedelta(seconds=20)
"""An answer stands 15 seconds on the screen; this much later it can't be called up again."""
SEEN_EVERY = timedelta(minutes=1)
"""`seen_at` is written at most this often: reading a page need not write."""


@dataclass(frozen=True)
class Limit:
    """At most `tries` within each `window`."""

    tries: int
    window: timedelta

    def ends_at(self, now: datetime) -> datetime:
        """When the present window ends; windows are aligned to the epoch, so that all workers agree."""
        seconds = int(self.window.total_seconds())
        return datetime.fromtimestamp((int(now.timestamp()) // seconds + 1) * seconds, UTC)


def session_lives(session: WebSession, now: datetime) -> bool:
    staff = session.account_id is not None
    idle, absolute = (STAFF_IDLE, STAFF_ABSOLUTE) if staff else (RESIDENT_IDLE, RESIDENT_ABSOLUTE)
    return now < session.seen_at + idle and now < session.created_at + absolute


def draft_lives(draft: Draft, now: datetime) -> bool:
    return now < draft.seen_at + (DRAFT_LIFE if draft.booking_id is None else BOOKED_DRAFT_LIFE)


def order_lives(order: EidOrder, now: datetime) -> bool:
    return order.ended_at is None and now < order.created_at + EID_ORDER_LIFE


def code_counts(device: Device, now: datetime) -> bool:
    """Whether a screen may still be enrolled with its one-time code."""
    return device.code is not None and device.revoked_at is None and now < device.code_until


def is_connected(device: Device, now: datetime) -> bool:
    """A screen says that it lives several times a minute; `seen_at` lags up to SEEN_EVERY behind."""
    return device.seen_at is not None and now - device.seen_at < 2 * SEEN_EVERY
