"""Moving a booking: the old time stays until the new one is certain, and is free at once when it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from journal_core.actor import LINK, STRANGER, Actor, ActorKind
from journal_core.arrivals import use_cases as arrivals
from journal_core.arrivals.model import Act
from journal_core.audit.model import AccessLogRow, Action
from journal_core.booking import capacity, openings, queries, verification
from journal_core.booking import use_cases as booking
from journal_core.booking.model import Booking, ClinicDay
from journal_core.booking.rules import BOOK_AHEAD, Coming, Time, end_of, lane
from journal_core.booking.use_cases import link_of
from journal_core.catalogue.model import Book
from journal_core.crypto import Vault
from journal_core.messages.model import Channel, MessageKind, OutgoingMessage
from journal_core.organisation.model import Clinic, Module
from journal_core.refusal import Refusal
from journal_core.schedule.model import OpenedTime
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import (
    CLINIC_MODULES,
    MONDAY,
    Offer,
    a_booking,
    a_clinic,
    a_draft,
    a_staff_account,
    a_time,
    an_offer,
    staff_actor,
    the_tools,
)
from tests.build.clocks import START

NINE, TEN = 9 * 60, 10 * 60
TUESDAY = MONDAY + timedelta(days=1)
RESIDENT = Actor(ActorKind.RESIDENT)
STAFF = Actor(ActorKind.STAFF, 1, 1)
SPAN = (NINE, TEN)
ONE_ENGINE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what the engine has no part in."""


@pytest.fixture
def offer(database: Database) -> Offer:
    """Monday and Tuesday from nine to ten, one at a time."""
    with database.writing() as session:
        return an_offer(session, days=(MONDAY, TUESDAY), span=SPAN)


def book(database: Database, offer: Offer, time: Time | None = None, who: cast.Member = cast.BOOKER) -> Booking:
    with database.writing() as session:
        return a_booking(session, offer, time=time, coming=(who.coming,), recipient=who.recipient)


def move(database: Database, made: Booking, time: Time, now: datetime = START, actor: Actor = LINK) -> Booking:
    with database.writing() as session:
        return booking.rebook(session, actor, the_tools(), made.id, time, now)


def refusal_of(database: Database, made: Booking, time: Time, now: datetime = START, actor: Actor = LINK) -> str:
    """Why it is refused; nothing at all is written then."""
    before = everything(database, made)
    with pytest.raises(Refusal) as refused:
        move(database, made, time, now, actor)
    assert everything(database, made) == before
    return refused.value.code


def everything(database: Database, made: Booking) -> tuple[object, ...]:
    with database.reading() as session:
        columns = session.execute(select(Booking.__table__).where(Booking.id == made.id)).one()
        counts = [session.scalar(select(func.count()).select_from(model)) for model in (OutgoingMessage, AccessLogRow)]
        days = session.execute(select(ClinicDay.day, ClinicDay.version, ClinicDay.free).order_by(ClinicDay.day)).all()
    return tuple(columns), counts, [tuple(day) for day in days]


def found(database: Database, made: Booking) -> Booking:
    with database.reading() as session:
        again = queries.booking(session, made.id)
    assert again is not None
    return again


def place(database: Database, made: Booking) -> tuple[date, int, int | None]:
    again = found(database, made)
    return again.day, again.start_minute, again.resource


def free(database: Database, offer: Offer, day: date = MONDAY) -> list[int]:
    with database.reading() as session:
        times = queries.free_times(session, offer.clinic, offer.kind, [day], START)
    return [time.minute for time in times[day]]


def all_is_right(database: Database, offer: Offer) -> None:
    with database.reading() as session:
        assert list(verification.differences(session, session.get_one(Clinic, offer.clinic.id), START)) == []


class TestSeries:
    """One live booking a day, wherever it comes from (domain §3)."""

    @pytest.fixture
    def two(self, database: Database) -> tuple[Booking, Booking]:
        """One's own two of a series, on Monday and Tuesday."""
        with database.writing() as session:
            series = an_offer(session, days=(MONDAY, TUESDAY), span=SPAN, category={"series": True})
            booker = cast.BOOKER.identity
            on_monday = a_booking(session, series, booker=booker)
            return on_monday, a_booking(session, series, time=a_time(day=TUESDAY), booker=booker)

    def test_with_eid_ones_own_second_of_a_day_is_refused(self, database: Database, two: tuple[Booking, Booking]) -> None:
        on_monday, on_tuesday = two
        oneself = Actor(ActorKind.RESIDENT, on_monday.visits[0].person_id)
        assert refusal_of(database, on_tuesday, a_time(NINE + 10), actor=oneself) == "already_booked"
        with pytest.raises(Refusal) as refused:
            move(database, on_tuesday, a_time(NINE + 10), actor=oneself)
        assert refused.value.facts == {"booking_id": on_monday.id}
        assert place(database, move(database, on_tuesday, a_time(NINE + 10, TUESDAY), actor=oneself))[0] == TUESDAY

    def test_without_it_is_marked_and_the_first_ones_contact_is_told(
        self, database: Database, two: tuple[Booking, Booking]
    ) -> None:
        on_monday, on_tuesday = two
        move(database, on_tuesday, a_time(NINE + 10))
        assert found(database, on_tuesday).another_live and not found(database, on_monday).another_live
        with database.reading() as session:
            another = OutgoingMessage.kind == MessageKind.ANOTHER_BOOKING
            told = session.scalars(select(OutgoingMessage.booking_id).where(another)).all()
        assert set(told) == {on_monday.id}

    def test_a_move_within_the_day_meets_nobody_new(self, database: Database, two: tuple[Booking, Booking]) -> None:
        on_monday, _ = two
        assert not move(database, on_monday, a_time(NINE + 10)).another_live

    def test_somebody_elses_day_is_no_matter(self, database: Database, two: tuple[Booking, Booking]) -> None:
        on_monday, _ = two
        with database.writing() as session:
            series = Offer(session.get_one(Clinic, on_monday.clinic_id), on_monday.type.category, on_monday.type)
            other = a_booking(session, series, time=a_time(NINE + 20, TUESDAY), coming=(cast.EIGHTY.coming,))
        oneself = Actor(ActorKind.RESIDENT, other.visits[0].person_id)
        assert not move(database, other, a_time(NINE + 20), actor=oneself).another_live


class TestWhatComesOfIt:
    def test_the_old_time_is_free_at_once_and_the_new_one_taken(self, database: Database, offer: Offer) -> None:
        made = book(database, offer)
        move(database, made, a_time(NINE + 30, TUESDAY))
        assert place(database, made) == (TUESDAY, NINE + 30, 1)
        assert NINE in free(database, offer)
        assert NINE + 30 not in free(database, offer, TUESDAY)
        assert place(database, book(database, offer, who=cast.STRANGER)) == (MONDAY, NINE, 1)
        all_is_right(database, offer)

    def test_its_span_behind_the_wall_is_that_of_the_new_place(self, database: Database, offer: Offer) -> None:
        made = book(database, offer)
        moved = found(database, move(database, made, a_time(NINE + 30, TUESDAY)))
        spans = lane(offer.clinic.id, Book.A, 1, a_time(NINE + 30, TUESDAY), 10)
        assert ((moved.lane_start, moved.lane_end), end_of(moved)) == (spans, a_time(NINE + 40, TUESDAY).instant)

    @ONE_ENGINE
    def test_codes_links_and_people_stay_and_the_sequence_grows(self, database: Database, offer: Offer, vault: Vault) -> None:
        made = found(database, book(database, offer))
        move(database, made, a_time(NINE + 10))
        moved = found(database, move(database, made, a_time(NINE + 20)))
        kept = ("code", "link_hash", "link", "arrival_hash", "arrival_link", "calendar_id", "created_at", "booked_by_id")
        assert [name for name in kept if getattr(moved, name) != getattr(made, name)] == []
        assert [visit.id for visit in moved.visits] == [visit.id for visit in made.visits]
        assert (made.sequence, moved.sequence, moved.cancelled_at) == (0, 2, None)
        with database.reading() as session:
            by_link = queries.booking_by_link(session, vault.hash("link", link_of(vault, made)))
            assert by_link is not None
            assert by_link.start_minute == NINE + 20

    def test_the_booker_is_told_the_new_time_by_each_way(self, database: Database, offer: Offer, vault: Vault) -> None:
        made = book(database, offer)
        move(database, made, a_time(NINE + 30, TUESDAY))
        with database.reading() as session:
            rows = session.scalars(select(OutgoingMessage).where(OutgoingMessage.kind == MessageKind.CHANGED)).all()
        assert {(row.way, row.recipient, row.booking_id) for row in rows} == {
            (Channel.SMS, cast.BOOKER.mobile, made.id),
            (Channel.EMAIL, cast.BOOKER.email, made.id),
        }
        for row in rows:
            text = vault.open(f"outgoing_message:{made.id}", row.body)
            assert f"time={a_time(NINE + 30, TUESDAY)}" in text
            assert str(a_time()) not in text

    @ONE_ENGINE
    def test_who_did_it_for_whom_is_logged(self, database: Database, offer: Offer) -> None:
        made = found(database, book(database, offer))
        for n, actor in enumerate((LINK, RESIDENT, STAFF), start=1):
            move(database, made, a_time(NINE + 10 * n), actor=actor)
        with database.reading() as session:
            rows = session.scalars(select(AccessLogRow).where(AccessLogRow.action == Action.REBOOKED)).all()
        assert [(row.actor_kind, row.actor_id) for row in rows] == [(one.kind, one.id) for one in (LINK, RESIDENT, STAFF)]
        about = {(row.clinic_id, row.booking_id, row.person_id, row.at) for row in rows}
        assert about == {(offer.clinic.id, made.id, made.visits[0].person_id, START)}

    @ONE_ENGINE
    def test_it_takes_as_long_as_its_type_takes_now(self, database: Database, offer: Offer) -> None:
        made = book(database, offer)
        with database.writing() as session:
            offer.within(session).kind.minutes = 20
        moved = found(database, move(database, made, a_time(NINE + 20)))
        assert (moved.minutes, moved.lane_end and moved.lane_start and moved.lane_end - moved.lane_start) == (20, 20)

    def test_a_booking_without_a_resource_gets_one_by_moving(self, database: Database, offer: Offer) -> None:
        made = book(database, offer)
        with database.writing() as session:
            clinic = offer.within(session).clinic
            on_monday = session.scalars(select(OpenedTime.id).where(OpenedTime.day == MONDAY)).all()
            openings.close(session, STAFF, clinic, on_monday, START)
        assert place(database, made) == (MONDAY, NINE, None)
        move(database, made, a_time(day=TUESDAY))
        assert place(database, made) == (TUESDAY, NINE, 1)
        all_is_right(database, offer)


class TestWhere:
    def test_a_time_that_overlaps_ones_own_old_place_can_be_taken(self, database: Database) -> None:
        with database.writing() as session:
            clinic = a_clinic(session, start_step_minutes=10)
            offer = an_offer(session, clinic=clinic, span=SPAN, minutes=30)
        made = book(database, offer, a_time(NINE + 10))
        for minute in (NINE + 20, NINE, NINE + 30):
            move(database, made, a_time(minute))
            assert place(database, made) == (MONDAY, minute, 1)
        all_is_right(database, offer)

    def test_it_moves_down_when_room_appears_and_never_up_past_another(self, database: Database) -> None:
        with database.writing() as session:
            offer = an_offer(session, span=SPAN, resources=(1, 2))
        first, second = book(database, offer), book(database, offer, who=cast.STRANGER)
        assert [place(database, one)[2] for one in (first, second)] == [1, 2]
        move(database, first, a_time(NINE + 10))
        assert [place(database, one)[2] for one in (first, second)] == [1, 1]
        move(database, first, a_time(NINE))
        assert [place(database, one)[2] for one in (first, second)] == [1, 2], "the older booking comes first"
        all_is_right(database, offer)

    def test_what_another_holds_can_not_be_taken_and_what_ran_out_can(self, database: Database, offer: Offer) -> None:
        made = book(database, offer)
        with database.writing() as session:
            draft = a_draft(session, offer)
            end = booking.hold(session, offer.clinic, offer.kind, a_time(NINE + 10), draft.id, START).held_until
        assert refusal_of(database, made, a_time(NINE + 10)) == "time_taken"
        move(database, made, a_time(NINE + 10), now=end)
        assert place(database, made) == (MONDAY, NINE + 10, 1)

    def test_both_days_are_counted_and_locked(self, database: Database, offer: Offer) -> None:
        made = book(database, offer)
        before = versions(database)
        move(database, made, a_time(day=TUESDAY))
        after = versions(database)
        assert [after[day] - before[day] for day in (MONDAY, TUESDAY)] == [1, 1]
        move(database, made, a_time(NINE + 10, TUESDAY))
        assert versions(database) == {MONDAY: after[MONDAY], TUESDAY: after[TUESDAY] + 1}

    def test_whoever_has_one_of_the_days_keeps_the_move_waiting(self, postgres_database: Database) -> None:
        database = postgres_database
        with database.writing() as session:
            offer = an_offer(session, days=(MONDAY, TUESDAY), span=SPAN)
        made = book(database, offer)
        for day in (MONDAY, TUESDAY):
            with database.writing() as session:
                session.execute(update(ClinicDay).where(ClinicDay.day == day).values(version=ClinicDay.version + 1))
                assert waits(database, made, a_time(day=TUESDAY))
        assert not waits(database, made, a_time(day=TUESDAY))


def versions(database: Database) -> dict[date, int]:
    with database.reading() as session:
        return {row.day: row.version for row in session.scalars(select(ClinicDay))}


def waits(database: Database, made: Booking, time: Time) -> bool:
    try:
        with database.rehearsing() as session:
            session.execute(text("SET LOCAL lock_timeout = '100ms'"))
            booking.rebook(session, LINK, the_tools(), made.id, time, START)
    except OperationalError as error:
        return "lock timeout" in str(error)
    return False


class TestRefusals:
    @ONE_ENGINE
    def test_the_same_time_is_no_other(self, database: Database, offer: Offer) -> None:
        assert refusal_of(database, book(database, offer), a_time()) == "same_time"

    def test_a_time_that_is_taken_leaves_the_old_one(self, database: Database, offer: Offer) -> None:
        made = book(database, offer)
        book(database, offer, a_time(NINE + 10), cast.STRANGER)
        beside = [a_time(NINE + 10), a_time(NINE + 5), a_time(TEN), a_time(day=TUESDAY + timedelta(days=1))]
        assert [refusal_of(database, made, time) for time in beside] == ["time_taken"] * 4
        assert place(database, made) == (MONDAY, NINE, 1)
        assert NINE not in free(database, offer)

    @ONE_ENGINE
    def test_nothing_moves_into_the_past_or_more_than_a_year_ahead(self, database: Database) -> None:
        far = START.date() + BOOK_AHEAD + timedelta(days=1)
        with database.writing() as session:
            offer = an_offer(session, days=(MONDAY, TUESDAY, far), span=SPAN)
        made = book(database, offer, a_time(day=TUESDAY))
        assert refusal_of(database, made, a_time(NINE + 10), now=a_time(NINE + 10).instant) == "time_past"
        assert refusal_of(database, made, a_time(day=far)) == "time_taken"

    @ONE_ENGINE
    def test_a_visit_that_has_begun_moves_no_more(self, database: Database, offer: Offer) -> None:
        made = book(database, offer)
        assert refusal_of(database, made, a_time(day=TUESDAY), now=a_time().instant) == "already_past"
        move(database, made, a_time(day=TUESDAY), now=a_time().instant - timedelta(seconds=1))

    @ONE_ENGINE
    def test_a_cancelled_booking_comes_back_nowhere(self, database: Database, offer: Offer) -> None:
        made = book(database, offer)
        with database.writing() as session:
            booking.cancel(session, LINK, the_tools(), made.id, START)
        for actor in (LINK, STAFF):
            assert refusal_of(database, made, a_time(NINE + 10), actor=actor) == "already_cancelled"

    @ONE_ENGINE
    def test_an_unknown_booking_says_no_more_than_a_wrong_code(self, database: Database) -> None:
        for rebook in (booking.rebook, arrivals.rebook):
            with pytest.raises(Refusal) as refused, database.writing() as session:
                rebook(session, LINK, the_tools(), 99, a_time(), START)
            assert refused.value.code == "code_unknown"

    @ONE_ENGINE
    def test_where_the_module_forbids_it_only_staff_move_a_booking(self, database: Database) -> None:
        with database.writing() as session:
            clinic = a_clinic(session, modules=(*CLINIC_MODULES, Module.NO_ONLINE_REBOOKING))
            offer = an_offer(session, clinic=clinic)
        made = book(database, offer)
        for actor in (LINK, RESIDENT, STRANGER):
            assert refusal_of(database, made, a_time(TEN), actor=actor) == "no_online_rebooking"
        move(database, made, a_time(TEN), actor=STAFF)
        assert place(database, made) == (MONDAY, TEN, 1)

    @ONE_ENGINE
    @pytest.mark.parametrize("gone", ["inactive", "booking off", "type retired", "category retired", "unseen"])
    def test_what_is_no_longer_offered_is_moved_by_staff_alone(self, database: Database, offer: Offer, gone: str) -> None:
        made = book(database, offer)
        with database.writing() as session:
            here = offer.within(session)
            match gone:
                case "inactive":
                    here.clinic.activated_at = None
                case "booking off":
                    here.clinic.booking = False
                case "type retired":
                    here.kind.retired_at = START
                case "category retired":
                    here.category.retired_at = START
                case "unseen":
                    here.category.invisible_online = True
        assert refusal_of(database, made, a_time(NINE + 10)) == "not_bookable"
        move(database, made, a_time(NINE + 10), actor=STAFF)
        assert place(database, made) == (MONDAY, NINE + 10, 1)

    @ONE_ENGINE
    def test_ages_are_those_of_the_new_day(self, database: Database) -> None:
        """One turns eighteen on Tuesday, another ninety."""
        days = (MONDAY, TUESDAY, TUESDAY + timedelta(days=1))
        eighteen, ninety = Coming(date(2008, 11, 24), "Alva", "Lund"), Coming(date(1936, 11, 24), "Gunborg", "Sand")
        with database.writing() as session:
            offer = an_offer(session, days=days, category={"min_age": 18, "max_age": 89}, persons=2, resources=(1, 2))
            young = a_booking(session, offer, time=a_time(day=TUESDAY), coming=(cast.BOOKER.coming, eighteen))
            old = a_booking(session, offer, coming=(ninety,))
        for actor in (LINK, STAFF):
            assert refusal_of(database, young, a_time(), actor=actor) == "too_young"
            assert refusal_of(database, old, a_time(day=TUESDAY), actor=actor) == "too_old"
        with pytest.raises(Refusal) as refused:
            move(database, young, a_time())
        assert refused.value.facts == {"person": 2, "min_age": 18, "first_day": TUESDAY}
        move(database, young, a_time(day=days[2]))
        move(database, old, a_time(TEN))

    def test_somebody_else_may_have_moved_it_meanwhile(
        self, postgres_database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Between the look at its day and the lock of it."""
        database = postgres_database
        with database.writing() as session:
            offer = an_offer(session, days=(MONDAY, TUESDAY), span=SPAN)
        made = book(database, offer)
        lock_days = capacity.lock_days

        def moved_while_waiting(session: Session, clinic_id: int, days: Collection[date]) -> None:
            monkeypatch.setattr(capacity, "lock_days", lock_days)
            move(database, made, a_time(day=TUESDAY))
            lock_days(session, clinic_id, days)

        monkeypatch.setattr(capacity, "lock_days", moved_while_waiting)
        with pytest.raises(Refusal) as refused:
            move(database, made, a_time(NINE + 10))
        assert refused.value.code == "booking_changed"
        assert place(database, made) == (TUESDAY, NINE, 1)


class TestArrivals:
    @pytest.fixture
    def family(self, database: Database) -> tuple[Booking, Actor]:
        with database.writing() as session:
            offer = an_offer(session, days=(MONDAY, TUESDAY), persons=2)
            made = a_booking(session, offer, coming=(cast.GUARDIAN.coming, cast.CHILD.coming))
            return made, staff_actor(a_staff_account(session, offer.within(session).clinic))

    def moved(self, database: Database, made: Booking, actor: Actor, now: datetime = START) -> Booking:
        with database.writing() as session:
            return arrivals.rebook(session, actor, the_tools(), made.id, a_time(day=TUESDAY), now)

    def test_a_booking_to_which_nothing_has_happened_moves(self, database: Database, family: tuple[Booking, Actor]) -> None:
        made, _nurse = family
        self.moved(database, made, LINK)
        assert place(database, made) == (TUESDAY, NINE, 1)

    @pytest.mark.parametrize("act", ["arrive", "no_show"])
    def test_once_one_of_them_has_come_it_stays(self, database: Database, family: tuple[Booking, Actor], act: str) -> None:
        made, nurse = family
        before = a_time().instant - timedelta(minutes=10)
        change(database, made, nurse, [act], before)
        old = everything(database, made)
        for actor in (LINK, nurse):
            with pytest.raises(Refusal) as refused:
                self.moved(database, made, actor, before)
            assert refused.value.code == "already_arrived"
        assert everything(database, made) == old

    @ONE_ENGINE
    def test_an_arrival_that_was_undone_keeps_nothing(self, database: Database, family: tuple[Booking, Actor]) -> None:
        made, nurse = family
        before = a_time().instant - timedelta(minutes=10)
        change(database, made, nurse, ["arrive", "undo"], before)
        self.moved(database, made, nurse, before)
        assert place(database, made) == (TUESDAY, NINE, 1)

    @ONE_ENGINE
    def test_refusals_of_moving_are_the_same(self, database: Database, family: tuple[Booking, Actor]) -> None:
        made, _nurse = family
        with pytest.raises(Refusal) as refused, database.writing() as session:
            arrivals.rebook(session, LINK, the_tools(), made.id, a_time(), START)
        assert refused.value.code == "same_time"


def change(database: Database, made: Booking, actor: Actor, acts: Sequence[str], now: datetime) -> None:
    """To the second person of the booking."""
    with database.writing() as session:
        for act in acts:
            visit = queries.visit(session, made.visits[1].id, made.clinic_id)
            assert visit is not None
            arrivals.change(session, actor, visit, Act(act), now)
