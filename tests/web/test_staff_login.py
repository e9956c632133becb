"""Staff's logins: what ends them, in whichever worker the next request arrives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from journal_core.organisation.model import Clinic
from journal_core.staff.model import Assignment, Role, StaffAccount
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import TODAY, a_clinic, a_staff_account
from tests.build.clocks import START, FixedClock
from tests.build.desk import ONE_ENGINE
from tests.build.site import Browser, a_portal

YESTERDAY = TODAY - timedelta(days=1)


@dataclass
class Shift:
    """A nurse with an assignment at each of two clinics, in one browser before two workers that share a database."""

    database: Database
    account_id: int
    first: Browser
    second: Browser

    def remove(self, *, account: bool = False) -> None:
        """The right to work at the clinic where the nurse is, or to work at all."""
        with self.database.writing() as session:
            found = session.get_one(StaffAccount, self.account_id)
            if account:
                found.deactivated_at = START
            else:
                found.assignments[0].last_day = YESTERDAY

    @property
    def where(self) -> list[str]:
        """To which page each worker lets the nurse come who wants to see the day."""
        return [worker.get("/personal").path for worker in (self.first, self.second)]


@pytest.fixture
def shift(database: Database, clock: FixedClock) -> Shift:
    with database.writing() as session:
        here, there = a_clinic(session, name="Här"), a_clinic(session, name="Där")
        account = a_staff_account(session, here)
        account.assignments.append(Assignment(clinic=there, role=Role.NURSE, first_day=TODAY))
        session.flush()
        chosen, account_id = account.assignments[0].id, account.id
    first, second = (Browser(a_portal(database, clock)) for _worker in range(2))
    first.log_in(cast.NURSE_HERE, staff=True).submit("choose", assignment=str(chosen))
    cookie = first.client.get_cookie("vp")
    assert cookie is not None
    second.client.set_cookie("vp", cookie.value)
    made = Shift(database, account_id, first, second)
    assert made.where == ["/personal", "/personal"]
    return made


def test_an_assignment_that_is_taken_away_is_gone_at_the_next_request(shift: Shift) -> None:
    shift.remove()
    assert shift.where == ["/personal/uppdrag", "/personal/uppdrag"]
    assert "Där" in shift.second.html and "Här" not in shift.second.html


def test_an_account_that_is_closed_opens_nothing_at_the_next_request(shift: Shift) -> None:
    shift.remove(account=True)
    assert shift.where == ["/personal/uppdrag", "/personal/uppdrag"]
    assert "Du har inget uppdrag just nu" in shift.second.html
    again = Browser(shift.first.app).log_in(cast.NURSE_HERE, staff=True)
    assert "Du har inget uppdrag" in again.html and again.get("/personal").path == "/personal/logga-in"


@ONE_ENGINE
def test_a_role_that_is_changed_counts_at_the_next_request(shift: Shift) -> None:
    with shift.database.writing() as session:
        session.get_one(StaffAccount, shift.account_id).assignments[0].role = Role.LOG_UNIT
    assert [worker.get("/personal").status for worker in (shift.first, shift.second)] == [403, 403]


@ONE_ENGINE
def test_what_is_chosen_before_one_worker_counts_before_the_other(shift: Shift) -> None:
    with shift.database.reading() as session:
        there = session.scalars(select(Assignment.id).join(Assignment.clinic).where(Clinic.name == "Där")).one()
    shift.first.get("/personal/uppdrag").submit("choose", assignment=str(there))
    assert "Där" in shift.second.get("/personal").html


@ONE_ENGINE
def test_who_logs_out_is_out_everywhere(shift: Shift) -> None:
    shift.first.submit("form-0")
    assert shift.where == ["/personal/logga-in", "/personal/logga-in"]


@ONE_ENGINE
def test_after_45_idle_minutes_one_is_out(shift: Shift, clock: FixedClock) -> None:
    clock.advance(minutes=44, seconds=59)
    assert shift.first.get("/personal").path == "/personal"
    clock.advance(minutes=45)
    assert shift.where == ["/personal/logga-in", "/personal/logga-in"]


@ONE_ENGINE
def test_after_twelve_hours_one_is_out_however_busy(shift: Shift, clock: FixedClock) -> None:
    for _n in range(17):
        clock.advance(minutes=42)
        assert shift.second.get("/personal/inloggningar").path == "/personal/inloggningar"
    clock.set(START + timedelta(hours=12))
    assert shift.where == ["/personal/logga-in", "/personal/logga-in"]
