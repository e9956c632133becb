"""Messages are written with the change that causes them, sealed, or not at all (P4)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import select

from journal_core.booking.model import Booking
from journal_core.booking.use_cases import Tools, facts_of, link_of
from journal_core.crypto import Vault
from journal_core.messages import queries
from journal_core.messages.model import Channel, MessageKind, OutgoingMessage
from journal_core.messages.use_cases import Recipient, sealed_for
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import Offer, a_booking, a_time, an_offer
from tests.build.clocks import START


class PowerCut(Exception):
    """Something goes wrong before the transaction is through."""


def book_and_fail(database: Database, offer: Offer) -> None:
    with database.writing() as session:
        a_booking(session, offer)
        session.flush()
        raise PowerCut


def outbox(database: Database) -> Sequence[OutgoingMessage]:
    with database.reading() as session:
        return session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id)).all()


def test_a_message_and_its_booking_come_together(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        made = a_booking(session, an_offer(session))
    for row in outbox(database):
        assert (row.kind, row.booking_id, row.created_at) == (MessageKind.BOOKED, made.id, START)
        assert (row.next_try_at, row.sent_at, row.failed_tries) == (START, None, 0)
    assert len(outbox(database)) == 2


def test_an_exception_after_it_leaves_neither(database: Database) -> None:
    with database.writing() as session:
        offer = an_offer(session)
    with pytest.raises(PowerCut):
        book_and_fail(database, offer)
    assert outbox(database) == []
    with database.reading() as session:
        assert session.scalars(select(Booking)).all() == []


def test_the_text_is_sealed_for_its_own_booking(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        made = a_booking(session, an_offer(session))
    link = link_of(vault, made)
    for row in outbox(database):
        assert link.encode() not in row.body
        assert link in vault.open(sealed_for(made.id), row.body)
        with pytest.raises(InvalidTag):
            vault.open(sealed_for(made.id + 1), row.body)


def test_texts_are_composed_for_their_way_and_language(database: Database) -> None:
    recipient = Recipient(Channel.BOTH, cast.BOOKER.mobile, cast.BOOKER.email, "en")
    with database.writing() as session:
        a_booking(session, an_offer(session), recipient=recipient)
    assert [row.subject for row in outbox(database)] == ["booked sms en", "booked email en"]


def test_a_chosen_way_without_an_address_sends_nothing_and_breaks_nothing(database: Database, tools: Tools) -> None:
    with database.writing() as session:
        made = a_booking(session, an_offer(session), recipient=Recipient(Channel.NONE, None, None, "sv"))
        no_mobile = Recipient(Channel.BOTH, None, cast.BOOKER.email, "sv")
        facts = facts_of(tools.vault, made)
        tools.post.write(session, MessageKind.CANCELLED, no_mobile, facts, made.id, START)
    assert [(row.way, row.recipient) for row in outbox(database)] == [(Channel.EMAIL, cast.BOOKER.email)]


def test_the_newest_come_first(database: Database) -> None:
    with database.writing() as session:
        offer = an_offer(session)
        first = a_booking(session, offer)
        second = a_booking(session, offer, time=a_time(600), coming=(cast.STRANGER.coming,))
    with database.reading() as session:
        assert [row.booking_id for row in queries.newest(session, 3)] == [second.id, second.id, first.id]
