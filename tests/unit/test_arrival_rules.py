"""May this booking register its arrival now? Each rung by itself, and which of two comes first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import combinations, product

import pytest

from journal_core.arrivals import refusals
from journal_core.arrivals.model import Act, Arrival, State
from journal_core.arrivals.rules import STEPS, acts_for, check_arrival, next_state, opens_at, state_of
from journal_core.booking.model import Booking
from journal_core.clock import instant_of
from journal_core.organisation.model import CareProvider, CareUnit, Clinic, Module, ModuleSwitch
from journal_core.refusal import Refusal

DAY, TEN = date(2026, 11, 23), 10 * 60
AT = instant_of(DAY, TEN)


def a_clinic() -> Clinic:
    provider = CareProvider(modules=[ModuleSwitch(module=Module.ARRIVAL_PROVIDER)])
    return Clinic(
        unit=CareUnit(provider=provider),
        modules=[ModuleSwitch(module=Module.ARRIVAL)],
        activated_at=AT,
        arrival_booked=True,
        arrival_opens_minutes=30,
    )


@dataclass
class Situation:
    booking: Booking = field(default_factory=lambda: Booking(clinic=a_clinic(), day=DAY, start_minute=TEN, minutes=10))
    arrivals: list[Arrival | None] = field(default_factory=lambda: [None])
    now: datetime = AT

    def verdict(self) -> str | None:
        try:
            check_arrival(self.booking, self.arrivals, self.now)
        except Refusal as refusal:
            return refusal.code
        return None


def not_here(situation: Situation) -> None:
    situation.booking.clinic.arrival_booked = False


def cancelled(situation: Situation) -> None:
    situation.booking.cancelled_at = AT


def already(situation: Situation) -> None:
    situation.arrivals = [Arrival(arrived_at=AT)]


def finished(situation: Situation) -> None:
    situation.arrivals = [Arrival(arrived_at=AT, started_at=AT, done_at=AT)]


def missed(situation: Situation) -> None:
    situation.arrivals = [Arrival(no_show_at=AT)]


def passed(situation: Situation) -> None:
    situation.now = instant_of(DAY + timedelta(days=1), TEN)


def wrong_day(situation: Situation) -> None:
    situation.now = instant_of(DAY - timedelta(days=1), TEN)


def early(situation: Situation) -> None:
    situation.now = AT - timedelta(minutes=31)


def late(situation: Situation) -> None:
    situation.now = AT + timedelta(minutes=31)


RUNGS: list[tuple[Callable[[Situation], None], str]] = [
    (not_here, refusals.NOT_HERE),
    (cancelled, refusals.CANCELLED),
    (passed, refusals.PASSED),
    (wrong_day, refusals.WRONG_DAY),
    (finished, refusals.FINISHED),
    (missed, refusals.LATE),
    (already, refusals.ALREADY),
    (early, refusals.EARLY),
    (late, refusals.LATE),
]
OF_TIME = {passed, wrong_day, early, late}
OF_STATE = {finished, missed, already}
"""Within each these exclude each other: there is only one now, and one state."""


def test_at_its_time_and_clinic_a_visit_registers() -> None:
    assert Situation().verdict() is None


@pytest.mark.parametrize(("happens", "code"), RUNGS, ids=[code for _, code in RUNGS])
def test_each_no_has_its_own_code(happens: Callable[[Situation], None], code: str) -> None:
    situation = Situation()
    happens(situation)
    assert situation.verdict() == code


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (one, other)
        for one, other in combinations(RUNGS, 2)
        if not any({one[0], other[0]} <= kind for kind in (OF_TIME, OF_STATE))
    ],
    ids=lambda rung: rung[1],
)
def test_of_two_the_higher_rung_decides(
    first: tuple[Callable[[Situation], None], str], second: tuple[Callable[[Situation], None], str]
) -> None:
    situation = Situation()
    second[0](situation)
    first[0](situation)
    assert situation.verdict() == first[1]


@pytest.mark.parametrize(
    ("minutes", "verdict"),
    [(-31, refusals.EARLY), (-30, None), (0, None), (30, None), (31, refusals.LATE)],
)
def test_the_door_is_open_from_half_an_hour_before_to_half_an_hour_after(minutes: int, verdict: str | None) -> None:
    assert Situation(now=AT + timedelta(minutes=minutes)).verdict() == verdict


def test_a_second_too_early_or_too_late_is_too_early_or_too_late() -> None:
    second = timedelta(seconds=1)
    assert Situation(now=AT - timedelta(minutes=30) - second).verdict() == refusals.EARLY
    assert Situation(now=AT + timedelta(minutes=30) + second).verdict() == refusals.LATE


def test_when_it_opens_is_the_clinics_and_is_said() -> None:
    situation = Situation(now=AT - timedelta(minutes=61))
    situation.booking.clinic.arrival_opens_minutes = 60
    with pytest.raises(Refusal) as refused:
        check_arrival(situation.booking, situation.arrivals, situation.now)
    assert refused.value.facts["opens_at"] == opens_at(situation.booking) == AT - timedelta(minutes=60)


def test_the_day_is_the_swedish_one() -> None:
    just_after_midnight = instant_of(DAY, 0)
    assert just_after_midnight.date() == DAY - timedelta(days=1), "by UTC it is still yesterday"
    assert Situation(now=just_after_midnight).verdict() == refusals.EARLY
    assert Situation(now=just_after_midnight - timedelta(seconds=1)).verdict() == refusals.WRONG_DAY


def test_while_somebody_of_several_is_missing_the_booking_can_register() -> None:
    assert Situation(arrivals=[Arrival(arrived_at=AT), None]).verdict() is None
    assert Situation(arrivals=[Arrival(arrived_at=AT), Arrival(no_show_at=AT)]).verdict() == refusals.ALREADY
    assert Situation(arrivals=[Arrival()]).verdict() is None, "an undone arrival is none"


@pytest.mark.parametrize(
    "missing",
    ["active", "arrival_booked", "clinic's module", "provider's module"],
)
def test_a_clinic_takes_arrivals_only_with_everything_on(missing: str) -> None:
    situation = Situation()
    clinic = situation.booking.clinic
    match missing:
        case "active":
            clinic.activated_at = None
        case "arrival_booked":
            clinic.arrival_booked = False
        case "clinic's module":
            clinic.modules = []
        case "provider's module":
            clinic.unit.provider.modules = []
    assert situation.verdict() == refusals.NOT_HERE


@pytest.mark.parametrize(
    ("arrival", "state"),
    [
        (None, State.BOOKED),
        (Arrival(), State.BOOKED),
        (Arrival(arrived_at=AT), State.ARRIVED),
        (Arrival(arrived_at=AT, started_at=AT), State.STARTED),
        (Arrival(arrived_at=AT, started_at=AT, done_at=AT), State.DONE),
        (Arrival(no_show_at=AT), State.NO_SHOW),
    ],
)
def test_the_state_is_read_from_the_times(arrival: Arrival | None, state: State) -> None:
    assert state_of(arrival) is state


def test_steps_are_the_ones_staff_expect() -> None:
    walked = State.BOOKED
    for act in (Act.ARRIVE, Act.START, Act.FINISH):
        walked = next_state(walked, act)
    assert walked is State.DONE
    for expected in (State.STARTED, State.ARRIVED, State.BOOKED):
        walked = next_state(walked, Act.UNDO)
        assert walked is expected
    assert next_state(State.BOOKED, Act.NO_SHOW) is State.NO_SHOW
    assert next_state(State.NO_SHOW, Act.UNDO) is State.BOOKED


@pytest.mark.parametrize(("state", "act"), [pair for pair in product(State, Act) if pair not in STEPS])
def test_every_other_step_is_refused_with_the_state_it_met(state: State, act: Act) -> None:
    with pytest.raises(Refusal) as refused:
        next_state(state, act)
    assert (refused.value.code, refused.value.facts["state"]) == ("state_changed", state)


def test_the_next_act_is_offered_first_and_undo_last() -> None:
    assert acts_for(State.BOOKED) == [Act.ARRIVE, Act.NO_SHOW]
    assert acts_for(State.ARRIVED) == [Act.START, Act.UNDO]
    assert acts_for(State.STARTED) == [Act.FINISH, Act.UNDO]
    assert acts_for(State.DONE) == acts_for(State.NO_SHOW) == [Act.UNDO]
