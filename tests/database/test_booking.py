"""Confirming and cancelling: what is written, what is refused, and that nothing is written when it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from journal_core.access import queries as access
from journal_core.access.model import Draft
from journal_core.actor import LINK, STRANGER, Actor, ActorKind
from journal_core.arrivals.model import Arrival
from journal_core.audit.model import AccessLogRow
from journal_core.booking import queries
from journal_core.booking import use_cases as booking
from journal_core.booking.model import Booking, Hold, Visit
from journal_core.booking.rules import Coming, Time, end_of
from journal_core.booking.use_cases import Order, Tools, arrival_link_of, link_of
from journal_core.crypto import Vault, read_token
from journal_core.messages.model import Channel, MessageKind, OutgoingMessage
from journal_core.messages.use_cases import Recipient
from journal_core.organisation.model import AgeKind, Module
from journal_core.organisation.rules import AGE_PRESETS
from journal_core.persons import use_cases as persons
from journal_core.persons.model import IdentityKind, Person, Sex
from journal_core.persons.use_cases import told_by_eid
from journal_core.refusal import Refusal
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import (
    CLINIC_MODULES,
    MONDAY,
    OWNER,
    Offer,
    a_booking,
    a_clinic,
    a_demand_for_eid,
    a_draft,
    a_policy,
    a_time,
    an_offer,
    an_order,
    compose,
    the_tools,
)
from tests.build.clocks import START, FixedClock
from tests.build.statements import count_statements

TUESDAY = MONDAY + timedelta(days=1)
TEN = 10 * 60
RESIDENT = Actor(ActorKind.RESIDENT)
TABLES = (Booking, Visit, Person, OutgoingMessage, AccessLogRow, Arrival)


@pytest.fixture
def offer(database: Database) -> Offer:
    """For one person, on Monday and Tuesday morning."""
    with database.writing() as session:
        return an_offer(session, days=(MONDAY, TUESDAY))


@pytest.fixture
def family(database: Database) -> Offer:
    """For at most three persons, two at a time."""
    with database.writing() as session:
        return an_offer(session, days=(MONDAY, TUESDAY), persons=3, resources=(1, 2))


def rows(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES}


def held(database: Database, offer: Offer, time: Time | None = None, now: datetime = START) -> Draft:
    """A draft that holds a time."""
    with database.writing() as session:
        draft = a_draft(session, offer, now=now)
        booking.hold(session, offer.clinic, offer.kind, time or a_time(), draft.id, now)
        return draft


def confirm(database: Database, draft: Draft, order: Order, now: datetime = START, actor: Actor = STRANGER) -> Booking:
    """As the door does it: the draft locked, everything loaded in the one transaction."""
    offer = Offer(order.clinic, order.kind.category, order.kind)
    with database.writing() as session:
        locked = access.draft(session, draft.id, OWNER, now, lock=True)
        assert locked is not None
        here = offer.within(session)
        made = booking.confirm(session, actor, the_tools(), locked, replace(order, clinic=here.clinic, kind=here.kind), now)
        return whole(session, made)


def whole(session: Session, booking_id: int) -> Booking:
    found = queries.booking(session, booking_id)
    assert found is not None
    return found


def book(database: Database, offer: Offer, time: Time | None = None, **order: Any) -> Booking:
    with database.writing() as session:
        return a_booking(session, offer, time=time, **order)


def found(database: Database, made: Booking) -> Booking:
    """The booking as the next request reads it."""
    with database.reading() as session:
        again = queries.booking(session, made.id)
        assert again is not None
        return again


def messages(database: Database) -> Sequence[OutgoingMessage]:
    with database.reading() as session:
        return session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id)).all()


def cancel(database: Database, made: Booking, now: datetime = START, actor: Actor = LINK) -> Booking:
    with database.writing() as session:
        return booking.cancel(session, actor, the_tools(), made.id, now)


class TestConfirming:
    def test_a_booking_is_what_was_held_and_asked_for(self, database: Database, offer: Offer) -> None:
        with database.writing() as session:
            policy = a_policy(session, offer.clinic.unit.provider)
        draft = held(database, offer, a_time(TEN))
        made = found(database, confirm(database, draft, an_order(offer, policy=policy)))
        assert (made.clinic_id, made.type_id) == (offer.clinic.id, offer.kind.id)
        assert (made.day, made.start_minute, made.minutes, made.resource) == (MONDAY, TEN, 10, 1)
        assert (made.mobile, made.email, made.channel) == (cast.BOOKER.mobile, cast.BOOKER.email, Channel.BOTH)
        assert (made.created_at, made.sequence, made.policy_text_id) == (START, 0, policy.id)
        assert (made.cancelled_at, made.another_live, made.booked_by_id) == (None, False, None)
        assert end_of(made) == a_time(TEN + 10).instant
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(Hold)) == 0

    def test_it_is_found_by_code_and_birth_date_and_by_both_links(self, database: Database, offer: Offer, vault: Vault) -> None:
        made = found(database, book(database, offer))
        link, arrival = link_of(vault, made), arrival_link_of(vault, made)
        assert (read_token(link), read_token(arrival)) == (link, arrival)
        assert len(made.code) == 9
        assert made.code.isdecimal()
        with database.reading() as session:
            ways = (
                queries.booking_by_code(session, made.code, cast.BOOKER.born),
                queries.booking_by_link(session, vault.hash("link", link)),
                queries.booking_by_arrival_link(session, vault.hash("arrival", arrival)),
            )
            assert [way.id for way in ways if way] == [made.id] * 3

    def test_a_link_to_arrive_opens_nothing_else(self, database: Database, offer: Offer, vault: Vault) -> None:
        made = book(database, offer)
        with database.reading() as session:
            assert queries.booking_by_link(session, vault.hash("link", arrival_link_of(vault, made))) is None
            assert queries.booking_by_arrival_link(session, vault.hash("arrival", link_of(vault, made))) is None

    def test_a_code_with_another_birth_date_finds_nothing(self, database: Database, offer: Offer) -> None:
        made = book(database, offer)
        with database.reading() as session, count_statements(database) as statements:
            assert queries.booking_by_code(session, made.code, cast.STRANGER.born) is None
            wrong_date = len(statements)
            assert queries.booking_by_code(session, "000000000", cast.BOOKER.born) is None
            assert len(statements) == 2 * wrong_date == 2

    def test_tokens_are_not_in_the_database(self, database: Database, offer: Offer, vault: Vault) -> None:
        made = found(database, book(database, offer))
        link = link_of(vault, made)
        stored = [getattr(made, column.name) for column in Booking.__table__.columns]
        assert link not in stored
        assert link.encode() not in b"".join(value for value in stored if isinstance(value, bytes))

    def test_several_persons_share_one_booking(self, database: Database, family: Offer) -> None:
        unnumbered = Coming(date(2024, 2, 29), "Bo", "Lund", sex=Sex.MALE)
        coming = (cast.GUARDIAN.coming, cast.CHILD.coming, unnumbered)
        made = found(database, book(database, family, coming=coming, recipient=cast.GUARDIAN.recipient))
        assert [visit.position for visit in made.visits] == [1, 2, 3]
        assert [visit.person.identity for visit in made.visits] == [cast.GUARDIAN.number, cast.CHILD.number, None]
        last = made.visits[2].person
        assert (last.identity_kind, last.birth_date, last.sex) == (IdentityKind.NONE, date(2024, 2, 29), Sex.MALE)
        assert rows(database)["outgoing_message"] == 2, "one by each way, to the booker alone"
        with database.reading() as session:
            assert queries.booking_by_code(session, made.code, cast.CHILD.born) is not None

    def test_the_same_person_cannot_come_twice_in_one_booking(self, database: Database, family: Offer) -> None:
        with pytest.raises(Refusal) as refused:
            book(database, family, coming=(cast.GUARDIAN.coming, cast.CHILD.coming, cast.CHILD.coming))
        assert (refused.value.code, refused.value.facts["person"]) == ("same_person_twice", 3)

    @pytest.mark.parametrize(("channel", "count"), [("sms", 1), ("email", 1), ("both", 2), ("none", 0)])
    def test_a_message_goes_by_each_chosen_way(self, database: Database, offer: Offer, channel: str, count: int) -> None:
        recipient = Recipient(Channel(channel), cast.BOOKER.mobile, cast.BOOKER.email, "en")
        book(database, offer, recipient=recipient)
        addresses = {Channel.SMS: cast.BOOKER.mobile, Channel.EMAIL: cast.BOOKER.email}
        sent = messages(database)
        assert len(sent) == count
        assert [row.recipient for row in sent] == [addresses[row.way] for row in sent]
        assert {row.language for row in sent} <= {"en"}

    def test_a_type_that_is_not_the_held_one_is_not_booked(self, database: Database, offer: Offer) -> None:
        with database.writing() as session:
            other = an_offer(session, clinic=offer.clinic, minutes=60)
        with pytest.raises(Refusal) as refused:
            confirm(database, held(database, offer), an_order(other))
        assert refused.value.code == "hold_ran_out"

    @pytest.mark.parametrize("gone", ["inactive", "booking off", "retired"])
    def test_what_is_no_longer_offered_is_not_booked(self, database: Database, offer: Offer, gone: str) -> None:
        draft, before = held(database, offer), rows(database)
        with database.writing() as session:
            here = offer.within(session)
            match gone:
                case "inactive":
                    here.clinic.activated_at = None
                case "booking off":
                    here.clinic.booking = False
                case "retired":
                    here.category.retired_at = START
        with pytest.raises(Refusal) as refused:
            confirm(database, draft, an_order(offer))
        assert refused.value.code == "not_bookable"
        assert rows(database) == before


class TestHoldsAtConfirm:
    def test_a_booking_can_be_confirmed_until_the_hold_runs_out(self, database: Database, offer: Offer) -> None:
        draft = held(database, offer)
        assert confirm(database, draft, an_order(offer), START + timedelta(minutes=10, microseconds=-1)).id

    def test_a_hold_that_ran_out_is_refused_and_nothing_is_written(self, database: Database, offer: Offer) -> None:
        draft, before = held(database, offer), rows(database)
        with pytest.raises(Refusal) as refused:
            confirm(database, draft, an_order(offer), START + timedelta(minutes=10))
        assert refused.value.code == "hold_ran_out"
        assert rows(database) == before

    def test_a_time_that_has_begun_is_not_booked_though_still_held(self, database: Database, offer: Offer) -> None:
        nine = a_time().instant
        draft = held(database, offer, now=nine - timedelta(minutes=2))
        with pytest.raises(Refusal) as refused:
            confirm(database, draft, an_order(offer), nine)
        assert refused.value.code == "time_past"
        assert rows(database)["booking"] == 0

    def test_without_a_hold_nothing_is_booked(self, database: Database, offer: Offer) -> None:
        with database.writing() as session:
            draft = a_draft(session, offer)
        with pytest.raises(Refusal) as refused:
            confirm(database, draft, an_order(offer))
        assert refused.value.code == "hold_ran_out"

    def test_a_time_that_ran_out_and_was_taken_stays_with_whoever_took_it(self, database: Database, offer: Offer) -> None:
        late = START + timedelta(minutes=11)
        slow, quick = held(database, offer), held(database, offer, now=late)
        confirm(database, quick, an_order(offer), late)
        with pytest.raises(Refusal):
            confirm(database, slow, an_order(offer, coming=(cast.STRANGER.coming,)), late)
        assert rows(database)["booking"] == 1


class TestTheSameFormAgain:
    def test_confirming_twice_gives_the_same_booking_once(self, database: Database, offer: Offer) -> None:
        draft = held(database, offer)
        first = confirm(database, draft, an_order(offer))
        after = rows(database)
        again = confirm(database, draft, an_order(offer))
        assert (again.id, again.code) == (first.id, first.code)
        assert rows(database) == after
        assert after == {
            "booking": 1, "visit": 1, "person": 1, "outgoing_message": 2, "access_log": 1, "arrival": 0,
        }  # fmt: skip

    def test_a_draft_that_has_just_been_booked_knows_it(self, database: Database, offer: Offer) -> None:
        draft = held(database, offer)
        with database.writing() as session:
            here, locked = offer.within(session), access.draft(session, draft.id, OWNER, START, lock=True)
            assert locked is not None
            made = [booking.confirm(session, STRANGER, the_tools(), locked, an_order(here), START) for _ in range(2)]
        assert made[0] == made[1] == locked.booking_id

    def test_it_leads_to_the_booking_though_hold_and_clinic_are_gone(self, database: Database, offer: Offer) -> None:
        draft = held(database, offer)
        first = confirm(database, draft, an_order(offer))
        with database.writing() as session:
            offer.within(session).clinic.activated_at = None
        assert confirm(database, draft, an_order(offer), START + timedelta(minutes=30)).id == first.id

    def test_a_cancelled_booking_is_not_booked_again_by_its_old_form(self, database: Database, offer: Offer) -> None:
        draft = held(database, offer)
        first = confirm(database, draft, an_order(offer))
        cancel(database, first)
        assert confirm(database, draft, an_order(offer)).cancelled_at == START
        assert rows(database)["booking"] == 1


class TestAges:
    """Judged by the day of the visit, not by today's."""

    BIRTHDAY = MONDAY + timedelta(days=1)
    TWELVE_ON_TUESDAY = Coming(date(2014, 11, 24), "Ida", "Lund")

    def age_limits(self, database: Database, **limits: int) -> Offer:
        with database.writing() as session:
            return an_offer(session, days=(MONDAY, TUESDAY), category=limits)

    def test_too_young_the_day_before_the_birthday(self, database: Database) -> None:
        offer = self.age_limits(database, min_age=12)
        with pytest.raises(Refusal) as refused:
            book(database, offer, coming=(self.TWELVE_ON_TUESDAY,))
        assert refused.value.code == "too_young"
        assert dict(refused.value.facts) == {"person": 1, "min_age": 12, "first_day": TUESDAY}
        assert rows(database)["booking"] == rows(database)["person"] == 0

    def test_old_enough_on_the_birthday_though_not_when_booking(self, database: Database) -> None:
        offer = self.age_limits(database, min_age=12)
        assert book(database, offer, a_time(day=TUESDAY), coming=(self.TWELVE_ON_TUESDAY,)).id

    def test_young_enough_until_the_next_birthday(self, database: Database) -> None:
        offer = self.age_limits(database, max_age=11)
        assert book(database, offer, coming=(self.TWELVE_ON_TUESDAY,)).id

    def test_too_old_on_the_birthday_though_not_when_booking(self, database: Database) -> None:
        offer = self.age_limits(database, max_age=11)
        with pytest.raises(Refusal) as refused:
            book(database, offer, a_time(day=TUESDAY), coming=(self.TWELVE_ON_TUESDAY,))
        assert refused.value.code == "too_old"
        assert dict(refused.value.facts) == {"person": 1, "max_age": 11}

    def test_the_refusal_says_whom_of_several_it_is_about(self, database: Database) -> None:
        with database.writing() as session:
            offer = an_offer(session, persons=3, category={"min_age": 18})
        with pytest.raises(Refusal) as refused:
            book(database, offer, coming=(cast.GUARDIAN.coming, cast.CHILD.coming))
        assert refused.value.facts["person"] == 2


class TestSecondBookings:
    def test_a_strangers_second_booking_is_accepted_and_marked(self, database: Database, offer: Offer) -> None:
        first = book(database, offer)
        second = book(database, offer, a_time(TEN), recipient=cast.STRANGER.recipient)
        assert not found(database, first).another_live
        assert found(database, second).another_live

    def test_the_first_ones_contact_is_told_and_learns_only_of_its_own(
        self, database: Database, offer: Offer, vault: Vault
    ) -> None:
        first = book(database, offer)
        second = book(database, offer, a_time(TEN), recipient=cast.STRANGER.recipient)
        told = [row for row in messages(database) if row.kind is MessageKind.ANOTHER_BOOKING]
        assert [row.recipient for row in told] == [cast.BOOKER.mobile, cast.BOOKER.email]
        assert {row.booking_id for row in told} == {first.id}
        for row in told:
            body = vault.open(f"outgoing_message:{first.id}", row.body)
            assert first.code in body
            assert second.code not in body

    def test_everybodys_first_contact_is_told_once(self, database: Database, family: Offer) -> None:
        together = (cast.GUARDIAN.coming, cast.CHILD.coming)
        first = book(database, family, coming=together, recipient=cast.GUARDIAN.recipient)
        book(database, family, a_time(TEN), coming=together, recipient=cast.STRANGER.recipient)
        told = [row for row in messages(database) if row.kind is MessageKind.ANOTHER_BOOKING]
        assert [(row.booking_id, row.way) for row in told] == [(first.id, Channel.SMS), (first.id, Channel.EMAIL)]

    def test_with_eid_ones_own_second_is_refused_with_the_first(self, database: Database, offer: Offer) -> None:
        first = book(database, offer, booker=cast.BOOKER.identity)
        before = rows(database)
        with pytest.raises(Refusal) as refused:
            book(database, offer, a_time(TEN), booker=cast.BOOKER.identity)
        assert refused.value.code == "already_booked"
        assert dict(refused.value.facts) == {"booking_id": first.id}
        assert rows(database) == before

    def test_with_eid_a_strangers_earlier_booking_of_oneself_counts(self, database: Database, offer: Offer) -> None:
        book(database, offer, recipient=cast.STRANGER.recipient)
        with pytest.raises(Refusal) as refused:
            book(database, offer, a_time(TEN), booker=cast.BOOKER.identity)
        assert refused.value.code == "already_booked"

    def test_with_eid_anothers_second_booking_is_not_revealed(self, database: Database, offer: Offer) -> None:
        book(database, offer, coming=(cast.STRANGER.coming,), recipient=cast.STRANGER.recipient)
        second = book(database, offer, a_time(TEN), coming=(cast.STRANGER.coming,), booker=cast.BOOKER.identity)
        assert found(database, second).another_live

    def test_with_eid_the_first_contact_of_another_is_told(self, database: Database, offer: Offer) -> None:
        """Logging in proves who books, not a right to book for somebody else: that one's contact has to know."""
        book(database, offer, coming=(cast.STRANGER.coming,), recipient=cast.STRANGER.recipient)
        book(database, offer, a_time(TEN), coming=(cast.STRANGER.coming,), booker=cast.BOOKER.identity)
        told = [row.recipient for row in messages(database) if row.kind is MessageKind.ANOTHER_BOOKING]
        assert told == [cast.STRANGER.mobile, cast.STRANGER.email]

    @pytest.mark.parametrize("apart", ["person", "category", "clinic", "cancelled", "past", "ended today"])
    def test_what_is_not_a_second_booking(self, database: Database, offer: Offer, apart: str) -> None:
        first = book(database, offer)
        now, target, coming = START, offer, cast.BOOKER.coming
        match apart:
            case "person":
                coming = cast.STRANGER.coming
            case "category":
                with database.writing() as session:
                    target = an_offer(session, clinic=offer.clinic, resources=(7,), days=(TUESDAY,))
            case "clinic":
                with database.writing() as session:
                    target = an_offer(session, days=(TUESDAY,))
            case "cancelled":
                cancel(database, first)
            case "past":
                now = a_time(day=TUESDAY).instant - timedelta(hours=1)
            case "ended today":
                cancel(database, first)
                first = book(database, offer, a_time(day=TUESDAY))
                now = end_of(found(database, first))
        second = book(database, target, a_time(TEN, TUESDAY), coming=(coming,), now=now)
        assert not found(database, second).another_live

    def test_a_series_takes_one_booking_a_day(self, database: Database) -> None:
        with database.writing() as session:
            series = an_offer(session, days=(MONDAY, TUESDAY), category={"series": True})
        booker = cast.BOOKER.identity
        book(database, series, booker=booker)
        other_day = book(database, series, a_time(day=TUESDAY), booker=booker)
        assert not found(database, other_day).another_live
        with pytest.raises(Refusal) as refused:
            book(database, series, a_time(TEN), booker=booker)
        assert refused.value.code == "already_booked"

    def test_a_strangers_second_of_a_series_is_marked_on_the_same_day_only(self, database: Database) -> None:
        with database.writing() as session:
            series = an_offer(session, days=(MONDAY, TUESDAY), category={"series": True})
        times = (a_time(), a_time(TEN), a_time(day=TUESDAY))
        assert [book(database, series, time).another_live for time in times] == [False, True, False]

    def test_persons_without_a_number_are_never_taken_for_each_other(self, database: Database, offer: Offer) -> None:
        unnumbered = (Coming(cast.BOOKER.born, "Maja", "Ekman"),)
        book(database, offer, coming=unnumbered)
        assert not book(database, offer, a_time(TEN), coming=unnumbered).another_live
        assert rows(database)["person"] == 2


class TestDemandedIdentification:
    @pytest.fixture
    def demanding(self, database: Database) -> Offer:
        with database.writing() as session:
            offer = an_offer(session, persons=2)
            a_demand_for_eid(session, offer.clinic, offer.category.reason)
            return offer

    def test_a_reason_may_demand_eid(self, database: Database, demanding: Offer) -> None:
        with pytest.raises(Refusal) as refused:
            book(database, demanding)
        assert refused.value.code == "needs_eid"

    def test_with_eid_one_books_for_oneself(self, database: Database, demanding: Offer) -> None:
        made = found(database, book(database, demanding, booker=cast.BOOKER.identity))
        assert made.booked_by_id == made.visits[0].person_id

    @pytest.mark.parametrize("coming", [(cast.CHILD,), (cast.BOOKER, cast.CHILD)], ids=["for another", "and another"])
    def test_and_for_nobody_else(self, database: Database, demanding: Offer, coming: Sequence[cast.Member]) -> None:
        with pytest.raises(Refusal) as refused:
            book(database, demanding, coming=[who.coming for who in coming], booker=cast.BOOKER.identity)
        assert refused.value.code == "only_yourself"

    @pytest.mark.parametrize("coming", [(cast.CHILD,), (cast.GUARDIAN, cast.CHILD)], ids=["alone", "together"])
    def test_but_for_the_child_one_acts_for(self, database: Database, demanding: Offer, coming: Sequence[cast.Member]) -> None:
        acting: dict[str, Any] = {"booker": cast.GUARDIAN.identity, "acting_for": cast.CHILD.identity}
        made = found(database, book(database, demanding, coming=[who.coming for who in coming], **acting))
        assert [visit.person.identity for visit in made.visits] == [who.number for who in coming]

    @pytest.mark.parametrize(("who", "code"), [(cast.SEVENTEEN, "books_alone"), (cast.FOURTEEN, None), (cast.GUARDIAN, None)])
    def test_until_the_age_that_the_provider_has_set_and_only_if_the_child_comes(
        self, database: Database, demanding: Offer, who: cast.Member, code: str | None
    ) -> None:
        child = cast.SEVENTEEN if who is cast.GUARDIAN else who
        with database.writing() as session:
            ages = {**AGE_PRESETS, AgeKind.GUARDIAN_BOOKS: 16}
            offer = demanding.within(session)
            draft = a_draft(session, offer)
            booking.hold(session, offer.clinic, offer.kind, a_time(), draft.id, START)
            guardian = persons.ensure(session, [cast.GUARDIAN.identity], START)[cast.GUARDIAN.number]
            wish = an_order(offer, coming=[who.coming], booker=cast.GUARDIAN.identity, acting_for=child.identity)
            actor, order = Actor(ActorKind.RESIDENT, guardian.id), replace(wish, ages=ages)
            confirm = partial(booking.confirm, session, actor, the_tools(), draft, order, START)
            if code is None:
                made = session.get_one(Booking, confirm())
                assert made.booked_by_id == guardian.id
            else:
                with pytest.raises(Refusal) as refused:
                    confirm()
                assert (refused.value.code, refused.value.facts["age"]) == (code, 16)

    @pytest.mark.parametrize(
        "coming",
        [cast.STRANGER.coming, Coming(cast.CHILD.born, "Alva", "Lund")],
        ids=["another", "without a number"],
    )
    def test_and_for_no_other_than_that_child(self, database: Database, demanding: Offer, coming: Coming) -> None:
        with pytest.raises(Refusal) as refused:
            book(database, demanding, coming=[coming], booker=cast.GUARDIAN.identity, acting_for=cast.CHILD.identity)
        assert refused.value.code == "only_yourself"

    def test_and_not_for_somebody_without_a_number(self, database: Database, demanding: Offer) -> None:
        unnumbered = Coming(cast.BOOKER.born, "Maja", "Ekman")
        with pytest.raises(Refusal) as refused:
            book(database, demanding, coming=[unnumbered], booker=cast.BOOKER.identity)
        assert refused.value.code == "only_yourself"

    def test_and_not_even_for_the_child_where_the_clinic_wants_only_oneself(self, database: Database, demanding: Offer) -> None:
        with database.writing() as session:
            demanding.within(session).clinic.eid_only_oneself = True
        acting: dict[str, Any] = {"booker": cast.GUARDIAN.identity, "acting_for": cast.CHILD.identity}
        with pytest.raises(Refusal) as refused:
            book(database, demanding, coming=[cast.CHILD.coming], **acting)
        assert refused.value.code == "only_yourself"
        assert book(database, demanding, coming=[cast.GUARDIAN.coming], booker=cast.GUARDIAN.identity).id

    def test_only_oneself_asks_nothing_where_nobody_logs_in(self, database: Database) -> None:
        with database.writing() as session:
            offer = an_offer(session, clinic=a_clinic(session, eid_only_oneself=True))
        assert book(database, offer, coming=[cast.CHILD.coming]).id

    def test_the_demand_needs_the_clinics_own_setting(self, database: Database, demanding: Offer) -> None:
        with database.writing() as session:
            demanding.within(session).clinic.eid_booking = False
        assert book(database, demanding).id


class TestThePersonsRecord:
    def test_typed_names_and_contact_never_reach_it(self, database: Database, offer: Offer) -> None:
        made = found(database, book(database, offer))
        person = made.visits[0].person
        assert (person.given_name, person.family_name, person.verified_at) == (None, None, None)
        assert (made.visits[0].given_name, made.visits[0].family_name) == ("Maja", "Ekman")
        assert {column.name for column in Person.__table__.columns}.isdisjoint({"mobile", "email", "phone"})

    def test_a_known_person_is_left_as_it_is(self, database: Database, offer: Offer) -> None:
        book(database, offer)
        with database.writing() as session:
            known = session.scalars(select(Person)).one()
            known.given_name, known.family_name = "Maja Lovisa", "Ekman"
        typed = replace(cast.BOOKER.coming, given_name="Någon", family_name="Annan")
        second = found(database, book(database, offer, a_time(TEN), coming=(typed,)))
        assert rows(database)["person"] == 1
        assert second.visits[0].person.given_name == "Maja Lovisa"
        assert second.visits[0].given_name == "Någon"


class TestStatements:
    """The cost of a confirm, and that it tells nobody by its length whether a person is known."""

    def confirm_counted(self, database: Database, draft: Draft, order: Order) -> list[str]:
        offer = Offer(order.clinic, order.kind.category, order.kind)
        with database.writing() as session:
            here, locked = offer.within(session), session.get_one(Draft, draft.id)
            order = replace(order, clinic=here.clinic, kind=here.kind)
            with count_statements(database) as statements:
                booking.confirm(session, STRANGER, the_tools(), locked, order, START)
                session.flush()
        return statements

    def test_a_confirm_takes_at_most_sixteen(self, database: Database, offer: Offer) -> None:
        statements = self.confirm_counted(database, held(database, offer), an_order(offer))
        assert len(statements) <= 16, "\n".join(statements)

    def test_each_further_person_costs_at_most_one_more(self, database: Database, family: Offer) -> None:
        together = an_order(family, coming=(cast.GUARDIAN.coming, cast.CHILD.coming, cast.EIGHTY.coming))
        one = self.confirm_counted(database, held(database, family), an_order(family))
        three = self.confirm_counted(database, held(database, family, a_time(TEN)), together)
        assert len(three) <= len(one) + 2

    def test_a_known_number_costs_as_much_as_an_unknown_one(self, database: Database, offer: Offer) -> None:
        with database.writing() as session:
            elsewhere = an_offer(session, clinic=offer.clinic, resources=(7,))
        book(database, elsewhere, coming=(cast.STRANGER.coming,))
        known, unknown = held(database, offer), held(database, offer, a_time(TEN))
        assert self.confirm_counted(database, known, an_order(offer, coming=(cast.STRANGER.coming,))) == self.confirm_counted(
            database, unknown, an_order(offer, coming=(cast.EIGHTY.coming,))
        )

    def test_holding_and_listing_times_ask_nothing_about_persons(
        self, database: Database, offer: Offer, clock: FixedClock
    ) -> None:
        book(database, offer)
        with count_statements(database) as statements:
            held(database, offer, a_time(TEN))
            with database.reading() as session:
                queries.free_times(session, offer.clinic, offer.kind, [MONDAY], clock.now())
        assert statements
        assert not [statement for statement in statements if re.search(r"\b(person|visit)\b", statement)]


class TestCancelling:
    @pytest.mark.parametrize(
        ("before", "late"),
        [(timedelta(hours=24), False), (timedelta(hours=24, microseconds=-1), True), (timedelta(minutes=1), True)],
        ids=["exactly a day before", "less than a day before", "just before"],
    )
    def test_less_than_a_day_before_is_late(self, database: Database, offer: Offer, before: timedelta, late: bool) -> None:
        made = book(database, offer, a_time(day=TUESDAY))
        now = a_time(day=TUESDAY).instant - before
        gone = found(database, cancel(database, made, now))
        assert (gone.cancelled_late, gone.cancelled_at, gone.cancelled_by) == (late, now, ActorKind.LINK)

    def test_the_limit_is_the_clinics(self, database: Database) -> None:
        with database.writing() as session:
            offer = an_offer(session, clinic=a_clinic(session, late_cancellation_hours=2))
        made = book(database, offer)
        assert not cancel(database, made, a_time().instant - timedelta(hours=2)).cancelled_late

    def test_the_time_is_free_again_at_once(self, database: Database, offer: Offer) -> None:
        gone = found(database, cancel(database, book(database, offer)))
        assert (gone.resource, gone.lane_start, gone.lane_end) == (None, None, None)
        with database.reading() as session:
            free = queries.free_times(session, offer.clinic, offer.kind, [MONDAY], START)
        assert a_time() in free[MONDAY]
        assert book(database, offer, coming=(cast.STRANGER.coming,)).resource == 1

    def test_calendars_learn_of_it(self, database: Database, offer: Offer) -> None:
        made = book(database, offer)
        gone = found(database, cancel(database, made))
        assert (made.calendar_id, gone.sequence) == (gone.calendar_id, 1)

    def test_the_bookers_contact_is_told_by_each_way(self, database: Database, offer: Offer) -> None:
        cancel(database, book(database, offer))
        told = [(row.way, row.recipient) for row in messages(database) if row.kind is MessageKind.CANCELLED]
        assert told == [(Channel.SMS, cast.BOOKER.mobile), (Channel.EMAIL, cast.BOOKER.email)]

    def test_a_second_cancellation_is_refused_and_has_no_effect(self, database: Database, offer: Offer) -> None:
        made = book(database, offer)
        cancel(database, made)
        before = rows(database)
        with pytest.raises(Refusal) as refused:
            cancel(database, made, START + timedelta(hours=1))
        assert refused.value.code == "already_cancelled"
        assert rows(database) == before
        assert (found(database, made).sequence, found(database, made).cancelled_at) == (1, START)

    def test_a_visit_that_has_begun_is_past(self, database: Database, offer: Offer) -> None:
        made = book(database, offer)
        with pytest.raises(Refusal) as refused:
            cancel(database, made, a_time().instant)
        assert refused.value.code == "already_past"

    def test_where_the_module_forbids_it_only_staff_cancel(self, database: Database) -> None:
        with database.writing() as session:
            modules = (*CLINIC_MODULES, Module.NO_ONLINE_CANCELLATION)
            offer = an_offer(session, clinic=a_clinic(session, modules=modules))
        made = book(database, offer)
        for actor in (LINK, RESIDENT, STRANGER):
            with pytest.raises(Refusal) as refused:
                cancel(database, made, actor=actor)
            assert refused.value.code == "no_online_cancellation"
        assert cancel(database, made, actor=Actor(ActorKind.STAFF, 1, 1)).cancelled_by is ActorKind.STAFF

    def test_an_unknown_booking_says_no_more_than_a_wrong_code(self, database: Database, tools: Tools) -> None:
        with pytest.raises(Refusal) as refused, database.writing() as session:
            booking.cancel(session, LINK, tools, 99, START)
        assert refused.value.code == "code_unknown"

    def test_who_has_just_seen_it_live_learns_that_another_cancelled_it(
        self, postgres_database: Database, tools: Tools
    ) -> None:
        """Read first, locked later: the second look has to see what happened between."""
        database = postgres_database
        with database.writing() as session:
            made = a_booking(session, an_offer(session))
        with database.writing() as session:
            seen = queries.booking(session, made.id)
            cancel(database, made)
            with pytest.raises(Refusal) as refused:
                booking.cancel(session, LINK, tools, made.id, START)
            assert seen is not None
        assert refused.value.code == "already_cancelled"


def test_protected_persons_own_messages_name_no_place(database: Database, offer: Offer, vault: Vault) -> None:
    """Only where the person booked with e-ID: a stranger with the number must not learn of the protection."""
    with database.writing() as session:
        told_by_eid(session, cast.BOOKER.identity, "Maja", "Ekman", START).protected = True
    typed = book(database, offer, coming=(cast.BOOKER.coming,))
    cancel(database, typed)
    own = book(database, offer, a_time(TEN), booker=cast.BOOKER.identity)

    def names_place(made: Booking) -> set[bool]:
        texts = [vault.open(f"outgoing_message:{made.id}", row.body) for row in messages(database) if row.booking_id == made.id]
        return {offer.clinic.name in text for text in texts}

    assert names_place(typed) == {True}
    assert names_place(own) == {False}


def test_who_brings_a_protected_person_is_told_the_place(database: Database, family: Offer, vault: Vault) -> None:
    """A place that is missing would tell of the protection."""
    with database.writing() as session:
        told_by_eid(session, cast.EIGHTY.identity, "Åsa", "Öberg", START).protected = True
    made = book(database, family, coming=(cast.BOOKER.coming, cast.EIGHTY.coming), booker=cast.BOOKER.identity)
    texts = [vault.open(f"outgoing_message:{made.id}", message.body) for message in messages(database)]
    assert texts
    assert all(family.clinic.name in text for text in texts)


def test_facts_for_messages_hold_no_name_and_no_number(database: Database, offer: Offer, vault: Vault) -> None:
    made = book(database, offer)
    text = compose(MessageKind.BOOKED, Channel.SMS, booking.facts_of(vault, made), "sv").body
    assert offer.clinic.name in text
    assert not [word for word in (cast.BOOKER.number, "Maja", "Ekman", "TBE") if word in text]


def test_a_persons_bookings_are_listed_by_time_with_the_cancelled(database: Database, offer: Offer) -> None:
    later = book(database, offer, a_time(day=TUESDAY))
    sooner = book(database, offer)
    cancel(database, sooner)
    book(database, offer, a_time(TEN), coming=(cast.STRANGER.coming,))
    with database.reading() as session:
        person = session.scalars(select(Person).where(Person.identity == cast.BOOKER.number)).one()
        listed = queries.bookings_of_persons(session, [person.id], MONDAY)
        from_tuesday = queries.bookings_of_persons(session, [person.id], TUESDAY)
    assert [row.id for row in listed] == [sooner.id, later.id]
    assert [row.id for row in from_tuesday] == [later.id]


def test_the_day_lists_live_visits_by_time_and_position(database: Database, family: Offer) -> None:
    second = book(database, family, a_time(TEN), coming=(cast.GUARDIAN.coming, cast.CHILD.coming))
    first = book(database, family)
    cancel(database, book(database, family, a_time(TEN + 30), coming=(cast.STRANGER.coming,)))
    book(database, family, a_time(day=TUESDAY), coming=(cast.EIGHTY.coming,))
    with database.reading() as session:
        visits = queries.visits_of_day(session, family.clinic.id, MONDAY)
        assert [(visit.booking_id, visit.position) for visit in visits] == [(first.id, 1), (second.id, 1), (second.id, 2)]
        assert queries.visit(session, visits[0].id, family.clinic.id) is not None
        assert queries.visit(session, visits[0].id, family.clinic.id + 1) is None
