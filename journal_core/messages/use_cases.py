"""Writing messages into the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from journal_core.crypto import Vault
from journal_core.messages.model import Channel, MessageKind, OutgoingMessage
from journal_core.reading import quick_write
from journal_core.writing import insert_of


@dataclass(frozen=True)
class Text:
    subject: str
    body: str


class Compose(Protocol):
    """Words for a message, handed in by the door: the core speaks no language."""

    def __call__(
        self,
        kind: MessageKind,
        way: Channel,
        facts: Mapping[str, object],
        language: str,
    ) -> Text: ...


@dataclass(frozen=True)
class Recipient:
    channel: Channel
    mobile: str | None
    """E.164."""
    email: str | None
    language: str

    def address(self, way: Channel) -> str | None:
        return self.mobile if way is Channel.SMS else self.email


@dataclass(frozen=True)
class Post:
    """The outbox's tools: how texts are made and how they are sealed."""

    compose: Compose
    vault: Vault

    def write(
        self,
        session: Session,
        kind: MessageKind,
        recipient: Recipient,
        facts: Mapping[str, object],
        booking_id: int,
        now: datetime,
    ) -> None:
        """One message for each way the recipient chose, in one statement."""
        rows = [
            {
                "kind": kind,
                "way": way,
                "recipient": recipient.address(way),
                "language": recipient.language,
                "subject": text.subject,
                "body": self.vault.seal(sealed_for(booking_id), text.body),
                "booking_id": booking_id,
                "created_at": now,
                "sent_at": None,
                "failed_tries": 0,
                "next_try_at": now,
            }
            for way in recipient.channel.ways
            if recipient.address(way) is not None
            for text in (self.compose(kind, way, facts, recipient.language),)
        ]
        quick_write(session, insert_of(session.get_bind().dialect.name, OutgoingMessage), rows)


def sealed_for(booking_id: int) -> str:
    return f"outgoing_message:{booking_id}"
