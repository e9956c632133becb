"""A time is held for one draft, for a few minutes, and for nobody longer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from journal_core.access.model import Draft
from journal_core.actor import STRANGER
from journal_core.booking import capacity, openings, queries, verification
from journal_core.booking import use_cases as booking
from journal_core.booking.loading import HOLD
from journal_core.booking.model import Booking, Hold
from journal_core.booking.rules import BOOK_AHEAD, HOLD_LENGTH, Time
from journal_core.booking.use_cases import Tools
from journal_core.catalogue.model import Book
from journal_core.organisation.model import Clinic, Module
from journal_core.refusal import Refusal
from journal_core.transaction import Database
from tests.build.builders import (
    CLINIC_MODULES,
    MONDAY,
    Offer,
    a_booking,
    a_category,
    a_clinic,
    a_draft,
    a_time,
    a_type,
    an_offer,
    an_order,
    open_time_for,
)
from tests.build.clocks import START, FixedClock

LAST_PLACE = (9 * 60, 9 * 60 + 10)
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def offer(database: Database) -> Offer:
    """One type with one place on Monday at nine and one on Tuesday."""
    with database.writing() as session:
        return an_offer(session, days=(MONDAY, TUESDAY), span=LAST_PLACE)


def drafts(database: Database, offer: Offer, count: int = 2) -> Sequence[Draft]:
    with database.writing() as session:
        return [a_draft(session, offer, owner=f"browser {n}") for n in range(count)]


def hold(database: Database, offer: Offer, draft: Draft, clock: FixedClock, time: Time | None = None) -> Hold:
    with database.writing() as session:
        return booking.hold(session, offer.clinic, offer.kind, time or a_time(), draft.id, clock.now())


def free(database: Database, offer: Offer, clock: FixedClock, own: Draft | None = None) -> list[Time]:
    with database.reading() as session:
        days = [MONDAY, TUESDAY]
        found = queries.free_times(session, offer.clinic, offer.kind, days, clock.now(), own=(HOLD, own.id) if own else None)
        return [time for day in days for time in found.get(day, [])]


def test_a_hold_keeps_others_out(database: Database, offer: Offer, clock: FixedClock) -> None:
    first, second = drafts(database, offer)
    hold(database, offer, first, clock)
    with pytest.raises(Refusal) as refused:
        hold(database, offer, second, clock)
    assert refused.value.code == "time_taken"
    assert refused.value.facts["time"] == a_time()


def test_a_hold_does_not_keep_oneself_out(database: Database, offer: Offer, clock: FixedClock) -> None:
    first, _ = drafts(database, offer)
    hold(database, offer, first, clock)
    clock.advance(minutes=3)
    assert hold(database, offer, first, clock).held_until == clock.now() + HOLD_LENGTH


def test_a_held_time_is_free_to_its_holder_alone(database: Database, offer: Offer, clock: FixedClock) -> None:
    first, second = drafts(database, offer)
    hold(database, offer, first, clock)
    assert a_time() in free(database, offer, clock, own=first)
    assert a_time() not in free(database, offer, clock, own=second)
    assert a_time() not in free(database, offer, clock)


def test_choosing_another_time_frees_the_earlier_one(database: Database, offer: Offer, clock: FixedClock) -> None:
    first, second = drafts(database, offer)
    hold(database, offer, first, clock)
    hold(database, offer, first, clock, a_time(day=TUESDAY))
    assert free(database, offer, clock) == [a_time()]
    hold(database, offer, second, clock)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Hold)) == 2


def test_a_refused_change_leaves_the_earlier_hold(database: Database, offer: Offer, clock: FixedClock) -> None:
    first, second = drafts(database, offer)
    hold(database, offer, first, clock)
    hold(database, offer, second, clock, a_time(day=TUESDAY))
    with pytest.raises(Refusal):
        hold(database, offer, first, clock, a_time(day=TUESDAY))
    with database.reading() as session:
        kept = queries.hold(session, first.id)
        assert kept is not None
        assert kept.day == MONDAY


def test_a_hold_runs_out_exactly_at_its_end(database: Database, offer: Offer, clock: FixedClock) -> None:
    first, second = drafts(database, offer)
    end = hold(database, offer, first, clock).held_until
    clock.set(end - timedelta(microseconds=1))
    with pytest.raises(Refusal):
        hold(database, offer, second, clock)
    clock.set(end)
    assert a_time() in free(database, offer, clock)
    assert hold(database, offer, second, clock).draft_id == second.id


def test_a_hold_can_be_extended_until_its_end_and_not_at_it(database: Database, offer: Offer, clock: FixedClock) -> None:
    first, _ = drafts(database, offer)
    end = hold(database, offer, first, clock).held_until
    clock.set(end - timedelta(seconds=1))
    with database.writing() as session:
        end = booking.extend(session, offer.clinic, first.id, clock.now())
    assert end == clock.now() + HOLD_LENGTH
    clock.set(end)
    with pytest.raises(Refusal) as refused, database.writing() as session:
        booking.extend(session, offer.clinic, first.id, clock.now())
    assert refused.value.code == "hold_ran_out"


def test_extending_what_was_never_held_is_refused(database: Database, offer: Offer, clock: FixedClock) -> None:
    first, _ = drafts(database, offer)
    with pytest.raises(Refusal) as refused, database.writing() as session:
        booking.extend(session, offer.clinic, first.id, clock.now())
    assert refused.value.code == "hold_ran_out"


def test_holds_that_ran_out_are_forgotten_on_the_way(database: Database, offer: Offer, clock: FixedClock) -> None:
    first, second = drafts(database, offer)
    hold(database, offer, first, clock)
    clock.advance(minutes=10)
    hold(database, offer, second, clock)
    with database.reading() as session:
        assert queries.hold(session, first.id) is None


def test_a_run_out_hold_can_be_taken_up_again_while_nobody_took_the_time(
    database: Database, offer: Offer, clock: FixedClock
) -> None:
    first, _ = drafts(database, offer)
    hold(database, offer, first, clock)
    clock.advance(minutes=11)
    assert hold(database, offer, first, clock).held_until > clock.now()


def test_a_booked_time_cannot_be_held(database: Database, offer: Offer, clock: FixedClock) -> None:
    with database.writing() as session:
        a_booking(session, offer)
    (first,) = drafts(database, offer, 1)
    with pytest.raises(Refusal) as refused:
        hold(database, offer, first, clock)
    assert refused.value.code == "time_taken"


@pytest.mark.parametrize(
    "time",
    [a_time(9 * 60 + 5), a_time(8 * 60), a_time(9 * 60 + 10), a_time(day=MONDAY + timedelta(days=2))],
    ids=["beside the grid", "before it opens", "at its end", "another day"],
)
def test_only_starts_on_the_grid_of_opened_time_can_be_held(
    database: Database, offer: Offer, clock: FixedClock, time: Time
) -> None:
    (first,) = drafts(database, offer, 1)
    with pytest.raises(Refusal) as refused:
        hold(database, offer, first, clock, time)
    assert refused.value.code == "time_taken"


def test_a_time_that_has_begun_cannot_be_held(database: Database, offer: Offer, clock: FixedClock) -> None:
    (first,) = drafts(database, offer, 1)
    clock.set(a_time().instant)
    with pytest.raises(Refusal) as refused:
        hold(database, offer, first, clock)
    assert refused.value.code == "time_past"
    assert a_time() not in free(database, offer, clock)


def test_a_time_can_be_held_and_is_offered_until_it_begins(database: Database, offer: Offer, clock: FixedClock) -> None:
    (first,) = drafts(database, offer, 1)
    clock.set(a_time().instant - timedelta(minutes=1))
    assert a_time() in free(database, offer, clock)
    assert hold(database, offer, first, clock).resource == 1


def test_days_that_are_over_offer_nothing(database: Database, offer: Offer, clock: FixedClock) -> None:
    clock.set(a_time(day=TUESDAY).instant - timedelta(hours=1))
    assert free(database, offer, clock) == [a_time(day=TUESDAY)]


def test_nothing_is_held_more_than_a_year_ahead(database: Database, clock: FixedClock) -> None:
    far = MONDAY + BOOK_AHEAD
    with database.writing() as session:
        offer = an_offer(session, days=(far,))
        draft = a_draft(session, offer)
    with pytest.raises(Refusal) as refused:
        hold(database, offer, draft, clock, a_time(day=far))
    assert refused.value.code == "time_taken"


def test_internal_time_is_not_offered_to_residents(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        clinic = a_clinic(session)
        category = a_category(session, clinic)
        kind = a_type(session, category)
        open_time_for(session, clinic, kind, internal=True)
        offer = Offer(clinic, category, kind)
        draft = a_draft(session, offer)
    assert free(database, offer, clock) == []
    with pytest.raises(Refusal) as refused:
        hold(database, offer, draft, clock)
    assert refused.value.code == "time_taken"


def test_time_opened_for_one_type_takes_no_other(database: Database, offer: Offer, clock: FixedClock) -> None:
    with database.writing() as session:
        other = a_type(session, offer.category)
    (first,) = drafts(database, offer, 1)
    with pytest.raises(Refusal) as refused, database.writing() as session:
        booking.hold(session, offer.clinic, other, a_time(), first.id, clock.now())
    assert refused.value.code == "time_taken"


def test_types_that_share_opened_time_share_its_places(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        clinic = a_clinic(session)
        category = a_category(session, clinic)
        short, long = a_type(session, category), a_type(session, category, minutes=30)
        open_time_for(session, clinic, [short, long], span=(540, 600))
        a_booking(session, Offer(clinic, category, short), time=a_time(560))
    assert free(database, Offer(clinic, category, long), clock) == [a_time(570)]
    assert free(database, Offer(clinic, category, short), clock) == [a_time(m) for m in (540, 550, 570, 580, 590)]


def test_the_books_of_a_clinic_do_not_share_resources(database: Database, offer: Offer, clock: FixedClock) -> None:
    with database.writing() as session:
        other = an_offer(session, clinic=offer.clinic, span=LAST_PLACE, book=Book.B)
        a_booking(session, offer)
    assert a_time() in free(database, other, clock)


def test_each_resource_gives_a_place_and_the_lowest_comes_first(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        offer = an_offer(session, span=LAST_PLACE, resources=(3, 1, 2))
    three_and_one = drafts(database, offer, 4)
    assert [hold(database, offer, draft, clock).resource for draft in three_and_one[:3]] == [1, 2, 3]
    with pytest.raises(Refusal):
        hold(database, offer, three_and_one[3], clock)


def test_the_clinics_own_step_makes_the_grid(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        offer = an_offer(session, clinic=a_clinic(session, start_step_minutes=15), span=(540, 600), minutes=20)
        draft = a_draft(session, offer)
    assert [time.minute for time in free(database, offer, clock)] == [540, 555, 570]
    with pytest.raises(Refusal):
        hold(database, offer, draft, clock, a_time(560))
    assert hold(database, offer, draft, clock, a_time(555)).start_minute == 555


def test_a_step_that_has_changed_since_the_clinic_was_read_is_the_new_one(database: Database) -> None:
    with database.writing() as session:
        offer = an_offer(session, clinic=a_clinic(session, start_step_minutes=5), span=(540, 600), minutes=20)
        draft = a_draft(session, offer).id
    with database.writing() as session:
        here = offer.within(session)
        with database.writing() as staff:
            openings.set_step(staff, staff.get_one(Clinic, offer.clinic.id), 15, START)
        with pytest.raises(Refusal) as refused:
            booking.hold(session, here.clinic, here.kind, a_time(560), draft, START)
        booking.hold(session, here.clinic, here.kind, a_time(570), draft, START)
    assert refused.value.code == "time_taken"
    with database.reading() as session:
        assert list(verification.differences(session, session.get_one(Clinic, offer.clinic.id), START)) == []


@pytest.mark.parametrize("gone", ["inactive", "booking off", "module off", "type retired", "category retired", "unseen"])
def test_nothing_is_held_where_nothing_is_offered(database: Database, clock: FixedClock, gone: str) -> None:
    with database.writing() as session:
        modules = (Module.API,) if gone == "module off" else CLINIC_MODULES
        offer = an_offer(session, clinic=a_clinic(session, modules=modules))
        draft = a_draft(session, offer)
        match gone:
            case "inactive":
                offer.clinic.activated_at = None
            case "booking off":
                offer.clinic.booking = False
            case "type retired":
                offer.kind.retired_at = START
            case "category retired":
                offer.category.retired_at = START
            case "unseen":
                offer.category.invisible_online = True
    with pytest.raises(Refusal) as refused:
        hold(database, offer, draft, clock)
    assert refused.value.code == "not_bookable"


def test_a_hold_that_another_took_over_is_gone_even_to_whoever_had_just_seen_it(
    postgres_database: Database, tools: Tools, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between a page's first look and the day's lock the hold may run out and the place go to somebody else."""
    database = postgres_database
    with database.writing() as session:
        offer = an_offer(session, span=LAST_PLACE)
    first, second = drafts(database, offer)
    end = hold(database, offer, first, clock).held_until
    clock.set(end - timedelta(milliseconds=1))
    lock_days = capacity.lock_days

    def taken_over_while_waiting(session: Session, clinic_id: int, days: Collection[date]) -> None:
        monkeypatch.setattr(capacity, "lock_days", lock_days)
        hold(database, offer, second, FixedClock(end))
        lock_days(session, clinic_id, days)

    with database.writing() as session:
        draft = session.get_one(Draft, first.id)
        seen = queries.hold(session, first.id)
        order = an_order(offer.within(session))
        monkeypatch.setattr(capacity, "lock_days", taken_over_while_waiting)
        with pytest.raises(Refusal) as refused:
            booking.confirm(session, STRANGER, tools, draft, order, clock.now())
        assert seen is not None
    assert refused.value.code == "hold_ran_out"
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Booking)) == 0
        assert queries.hold(session, second.id) is not None
