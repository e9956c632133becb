"""Waiting-room screens: how they are known, and what they may register."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from journal_core.access import queries, screens
from journal_core.access.model import Device
from journal_core.access.rules import AT_SCREEN, DEVICE_CODE_LIFE
from journal_core.actor import SYSTEM, Actor, ActorKind
from journal_core.arrivals import queries as arrivals
from journal_core.arrivals import refusals, rules, use_cases
from journal_core.arrivals.model import Arrival, State
from journal_core.audit.model import AccessLogRow, Action
from journal_core.booking import use_cases as booking
from journal_core.booking.model import Booking
from journal_core.clock import instant_of
from journal_core.crypto import Vault
from journal_core.organisation import queries as organisation
from journal_core.refusal import Refusal
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import MONDAY, Offer, a_booking, a_clinic, a_time, an_offer, the_tools
from tests.build.clocks import START

NINE = instant_of(MONDAY, 9 * 60)
SOON = NINE - timedelta(minutes=10)
SCREEN = Actor(ActorKind.SCREEN, 1)


@pytest.fixture
def offer(database: Database) -> Offer:
    with database.writing() as session:
        return an_offer(session, clinic=a_clinic(session, public_unit=True), persons=2)


@pytest.fixture
def booked(database: Database, offer: Offer) -> Booking:
    """A guardian and a child, on Monday at nine."""
    with database.writing() as session:
        return a_booking(session, offer, coming=(cast.GUARDIAN.coming, cast.CHILD.coming))


def added(database: Database, vault: Vault, offer: Offer, now: datetime = START) -> str:
    """A new screen's one-time code."""
    with database.writing() as session:
        device = screens.add(session, SYSTEM, vault, offer.clinic.id, "Väntrummet", now)
        return str(screens.told(vault, device, now)["code"])


def enrolled(database: Database, vault: Vault, code: str, reference: str = "a screen", now: datetime = START) -> Device:
    with database.writing() as session:
        return screens.enrol(session, vault, code, reference, now)


def known(database: Database, reference: str = "a screen") -> Device | None:
    with database.reading() as session:
        return queries.device_by_reference(session, reference)


# Who a screen is


def test_a_code_connects_one_screen_once(database: Database, vault: Vault, offer: Offer) -> None:
    code = added(database, vault, offer)
    assert len(code) == screens.CODE_LENGTH and code.isdigit()
    enrolled(database, vault, code)
    found = known(database)
    assert found is not None and found.clinic_id == offer.clinic.id and screens.told(vault, found, START) == {}
    with pytest.raises(Refusal, match="device_code_unknown"):
        enrolled(database, vault, code, "another")


@pytest.mark.parametrize(("late", "works"), [(timedelta(), False), (-timedelta(seconds=1), True)])
def test_a_code_lives_for_half_an_hour(database: Database, vault: Vault, offer: Offer, late: timedelta, works: bool) -> None:
    code = added(database, vault, offer)
    try:
        enrolled(database, vault, code, now=START + DEVICE_CODE_LIFE + late)
    except Refusal:
        assert not works
    else:
        assert works


def test_a_new_code_ends_the_old_one_and_the_screen_that_had_it(database: Database, vault: Vault, offer: Offer) -> None:
    first = added(database, vault, offer)
    device = enrolled(database, vault, first)
    with database.writing() as session:
        again = queries.device(session, device.id, offer.clinic.id, lock=True)
        assert again is not None
        screens.renew_code(vault, again, START)
        code = screens.told(vault, again, START)["code"]
    assert known(database) is None
    enrolled(database, vault, code, "another browser")
    assert known(database, "another browser") is not None


def test_a_revoked_screen_is_nobody(database: Database, vault: Vault, offer: Offer) -> None:
    device = enrolled(database, vault, added(database, vault, offer))
    waiting = added(database, vault, offer)
    with database.writing() as session:
        for each in queries.devices(session, offer.clinic.id):
            screens.revoke(session, SYSTEM, each, START)
    assert known(database) is None
    with database.reading() as session:
        assert queries.device(session, device.id, offer.clinic.id) is None
        assert list(queries.devices(session, offer.clinic.id)) == []
    with pytest.raises(Refusal, match="device_code_unknown"):
        enrolled(database, vault, waiting)


def test_what_happens_to_screens_is_logged(database: Database, vault: Vault, offer: Offer) -> None:
    device = enrolled(database, vault, added(database, vault, offer))
    with database.writing() as session:
        screens.revoke(session, SYSTEM, session.merge(device), START)
        rows = session.scalars(select(AccessLogRow).where(AccessLogRow.clinic_id == offer.clinic.id)).all()
    assert [row.action for row in rows] == [Action.SCREEN_ADDED, Action.SCREEN_ENROLLED, Action.SCREEN_REVOKED]
    assert rows[1].actor_kind is ActorKind.SCREEN and rows[1].actor_id == device.id


def test_what_a_person_said_is_sealed_and_soon_forgotten(database: Database, vault: Vault, offer: Offer) -> None:
    device = enrolled(database, vault, added(database, vault, offer))
    with database.writing() as session:
        screens.keep(session, vault, device, {"code": "482773096"}, START, AT_SCREEN)
    found = known(database)
    assert found is not None and found.content is not None and b"482773096" not in found.content
    assert screens.told(vault, found, START + AT_SCREEN - timedelta(seconds=1)) == {"code": "482773096"}
    assert screens.told(vault, found, START + AT_SCREEN) == {}
    with database.writing() as session:
        screens.forget(session, found)
    found = known(database)
    assert found is not None and found.content is None


def test_being_seen_is_written_once_a_minute(database: Database, vault: Vault, offer: Offer) -> None:
    device = enrolled(database, vault, added(database, vault, offer))
    for seconds, seen in ((59, START), (60, START + timedelta(seconds=60))):
        with database.writing() as session:
            screens.seen(session, device.id, START + timedelta(seconds=seconds))
        found = known(database)
        assert found is not None and found.seen_at == seen


# What it may register


def shown(database: Database, booked: Booking, now: datetime = SOON, clinic_id: int | None = None) -> str | None:
    """By QR code at a clinic's screen: the refusal, None when it went well."""
    return outcome(database, use_cases.register_at_screen, booked.id, now, clinic_id or booked.clinic_id)


def typed(database: Database, number: str, booked: Booking, now: datetime = SOON, clinic_id: int | None = None) -> str | None:
    """The same by identity number."""
    return outcome(database, use_cases.register_by_number, number, now, clinic_id or booked.clinic_id)


def outcome(database: Database, use_case: Any, what: object, now: datetime, clinic_id: int) -> str | None:
    try:
        with database.writing() as session:
            use_case(session, SCREEN, organisation.clinic(session, clinic_id), what, now)
    except Refusal as refusal:
        return refusal.code
    return None


def states(database: Database, booked: Booking) -> list[State]:
    with database.reading() as session:
        found = arrivals.arrivals(session, [visit.id for visit in booked.visits])
    return [rules.state_of(found.get(visit.id)) for visit in booked.visits]


def test_a_qr_code_registers_everybody_in_the_booking(database: Database, booked: Booking) -> None:
    assert shown(database, booked) is None
    assert states(database, booked) == [State.ARRIVED, State.ARRIVED]
    with database.reading() as session:
        assert {row.registered_by for row in session.scalars(select(Arrival))} == {ActorKind.SCREEN}
        logged = session.scalars(select(AccessLogRow).where(AccessLogRow.action == Action.ARRIVED)).all()
    assert {(row.actor_kind, row.person_id) for row in logged} == {(ActorKind.SCREEN, v.person_id) for v in booked.visits}


def test_a_number_registers_its_own_person_alone(database: Database, booked: Booking) -> None:
    assert typed(database, cast.CHILD.number, booked) is None
    assert states(database, booked) == [State.BOOKED, State.ARRIVED]
    assert typed(database, cast.CHILD.number, booked) is None, "pressed twice is no other answer"


def elsewhere(database: Database) -> int:
    with database.writing() as session:
        return a_clinic(session, public_unit=True).id


def test_each_no_to_a_qr_code_has_its_own_word(database: Database, booked: Booking) -> None:
    assert shown(database, booked, NINE - timedelta(hours=1)) == refusals.EARLY
    assert shown(database, booked, NINE + timedelta(hours=1)) == refusals.LATE
    assert shown(database, booked, NINE - timedelta(days=1)) == refusals.WRONG_DAY
    assert shown(database, booked, NINE + timedelta(days=1)) == refusals.PASSED
    assert shown(database, booked, clinic_id=elsewhere(database)) == refusals.ELSEWHERE
    assert shown(database, booked) is None
    assert shown(database, booked) == refusals.ALREADY


def test_every_no_to_a_number_is_the_same_word(database: Database, booked: Booking) -> None:
    """Unknown, early, late, another day, another clinic, cancelled: nobody learns which (domain §7)."""
    guardian = cast.GUARDIAN.number
    noes = [
        typed(database, cast.STRANGER.number, booked),
        typed(database, guardian, booked, NINE - timedelta(hours=1)),
        typed(database, guardian, booked, NINE + timedelta(hours=1)),
        typed(database, guardian, booked, NINE - timedelta(days=1)),
        typed(database, guardian, booked, NINE + timedelta(days=1)),
        typed(database, guardian, booked, clinic_id=elsewhere(database)),
    ]
    with database.writing() as session:
        booking.cancel(session, SYSTEM, the_tools(), booked.id, START)
    noes.append(typed(database, guardian, booked))
    assert noes == [refusals.ASK_STAFF] * 7
    assert states(database, booked) == [State.BOOKED, State.BOOKED]


def test_somebody_with_two_times_registers_for_the_one_that_is_near(database: Database, offer: Offer, booked: Booking) -> None:
    with database.writing() as session:
        later = a_booking(session, offer, time=a_time(11 * 60), coming=(cast.GUARDIAN.coming,))
    assert typed(database, cast.GUARDIAN.number, booked) is None
    assert states(database, booked)[0] is State.ARRIVED and states(database, later) == [State.BOOKED]


@pytest.mark.parametrize("off", ["public_unit", "arrival_booked"])
def test_a_clinic_that_is_not_open_for_it_sends_everybody_to_the_staff(database: Database, booked: Booking, off: str) -> None:
    with database.writing() as session:
        clinic = organisation.clinic(session, booked.clinic_id)
        setattr(clinic, off, False)
    assert shown(database, booked) == refusals.ASK_STAFF
    assert typed(database, cast.GUARDIAN.number, booked) == refusals.ASK_STAFF
    assert states(database, booked) == [State.BOOKED, State.BOOKED]
