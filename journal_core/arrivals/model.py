"""What happened to a visit, as the times when it happened."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from journal_core import mapping
from journal_core.actor import ActorKind


class State(StrEnum):
    """Derived from an Arrival's times, never kept."""

    BOOKED = "booked"
    ARRIVED = "arrived"
    STARTED = "started"
    DONE = "done"
    NO_SHOW = "no_show"


class Act(StrEnum):
    """What staff do to a visit."""

    ARRIVE = "arrive"
    START = "start"
    FINISH = "finish"
    NO_SHOW = "no_show"
    UNDO = "undo"


class Arrival(mapping.Mapped):
    """One row a visit, made when something first happens to it."""

    __tablename__ = "arrival"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    arrived_at: Mapped[datetime | None]
    registered_by: Mapped[ActorKind | None] = mapped_column(mapping.text_enum(ActorKind))
    started_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    no_show_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
