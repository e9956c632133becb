"""How long things last, how often one may try, and that tests reach nobody."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal_core.access.model import Draft, EidOrder, WebSession
from journal_core.access.rules import Limit, draft_lives, order_lives, session_lives
from journal_core.mapping import Instant
from tests.build.clocks import START, FixedClock
from tests.build.network import WorldReached

SECOND = timedelta(seconds=1)
windows = st.sampled_from([timedelta(minutes=1), timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)])
instants = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - zoned by it


@given(instants, windows)
def test_a_window_ends_after_now_and_within_its_length(now: datetime, window: timedelta) -> None:
    ends_at = Limit(5, window).ends_at(now)
    assert now < ends_at <= now + window
    assert ends_at.microsecond == 0


@given(instants, windows)
def test_everybody_within_a_window_counts_in_the_same_one(now: datetime, window: timedelta) -> None:
    limit = Limit(5, window)
    ends_at = limit.ends_at(now)
    assert limit.ends_at(ends_at - window) == ends_at
    assert limit.ends_at(ends_at - timedelta(microseconds=1)) == ends_at
    assert limit.ends_at(ends_at) == ends_at + window


def test_windows_are_aligned_to_the_clock() -> None:
    limit = Limit(5, timedelta(minutes=15))
    assert limit.ends_at(datetime(2026, 11, 20, 8, 7, tzinfo=UTC)) == datetime(2026, 11, 20, 8, 15, tzinfo=UTC)
    assert limit.ends_at(datetime(2026, 11, 20, 8, 15, tzinfo=UTC)) == datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(("account", "idle"), [(None, timedelta(minutes=60)), (1, timedelta(minutes=45))])
def test_an_idle_session_ends_exactly_then(account: int | None, idle: timedelta) -> None:
    session = WebSession(account_id=account, created_at=START, seen_at=START + timedelta(hours=2))
    assert session_lives(session, session.seen_at + idle - SECOND)
    assert not session_lives(session, session.seen_at + idle)


@pytest.mark.parametrize("account", [None, 1], ids=["resident", "staff"])
def test_a_busy_session_ends_after_twelve_hours(account: int | None) -> None:
    end = START + timedelta(hours=12)
    session = WebSession(account_id=account, created_at=START, seen_at=end - SECOND)
    assert session_lives(session, end - SECOND)
    assert not session_lives(session, end)


def test_a_draft_lives_an_hour_after_it_was_last_seen() -> None:
    assert draft_lives(Draft(seen_at=START), START + timedelta(minutes=60) - SECOND)
    assert not draft_lives(Draft(seen_at=START), START + timedelta(minutes=60))


def test_an_identification_lives_ten_minutes_and_once() -> None:
    assert order_lives(EidOrder(created_at=START), START + timedelta(minutes=10) - SECOND)
    assert not order_lives(EidOrder(created_at=START), START + timedelta(minutes=10))
    assert not order_lives(EidOrder(created_at=START, ended_at=START), START)


def test_an_instant_without_zone_is_refused_and_any_zone_is_kept_as_utc() -> None:
    column = Instant()
    with pytest.raises(ValueError, match="time zone"):
        column.process_bind_param(datetime(2026, 11, 20), None)  # type: ignore[arg-type]  # noqa: DTZ001 - the point
    stockholm = START.astimezone(tz=None)
    assert column.process_bind_param(stockholm, None) == START  # type: ignore[arg-type]
    assert column.process_result_value(START.replace(tzinfo=None), None) == START  # type: ignore[arg-type]


def test_the_tests_clock_stands_until_it_is_moved() -> None:
    clock = FixedClock()
    assert clock.now() == clock.now() == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    clock.advance(minutes=10)
    assert clock.now() == START + timedelta(minutes=10)
    clock.set(START)
    assert clock.now() == START
    with pytest.raises(ValueError, match="time zone"):
        clock.set(datetime(2026, 11, 20))  # noqa: DTZ001 - the point


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.com", 443), ("0.0.0.0", 80)])  # noqa: S104 - refused
@pytest.mark.parametrize("way", ["connect", "connect_ex"])
def test_no_test_reaches_the_world(address: tuple[str, int], way: str) -> None:
    with socket.socket() as plug, pytest.raises(WorldReached):
        getattr(plug, way)(address)


def test_this_machine_can_be_reached() -> None:
    with socket.socket() as ear, socket.socket() as plug:
        ear.bind(("127.0.0.1", 0))
        ear.listen()
        plug.connect(ear.getsockname())
