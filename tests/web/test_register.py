"""The register at the doors: when it is asked, what staff see of it, and that no page fails when it is silent."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from journal_core.actor import Actor, ActorKind
from journal_core.audit.model import AccessLogRow, Action
from journal_core.booking.model import Visit
from journal_core.persons import queries, use_cases
from journal_core.persons.model import Person
from journal_core.persons.rules import may_act_for
from journal_core.registers.person_register_standin import StandInRegister
from journal_core.transaction import Database
from portal.web import register
from tests.build import cast
from tests.build.builders import Offer, a_booking, a_staff_account, a_time, an_offer
from tests.build.clocks import START, FixedClock
from tests.build.register import registered, the_register
from tests.build.site import Browser, a_portal
from tests.build.statements import count_statements

PARENT = Actor(ActorKind.RESIDENT, 1)
LUNDS = (cast.CHILD, cast.TWELVE, cast.FOURTEEN, cast.SEVENTEEN)
SILENT = "Folkbokföringen svarar inte just nu."


@dataclass
class Line:
    """The register behind the portal, and what it has been asked."""

    register: StandInRegister
    asked: list[set[str]]


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    return sqlite_database


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    made = Line(the_register(), [])
    answer = made.register.persons

    def noting(numbers: Collection[str]) -> object:
        made.asked.append(set(numbers))
        return answer(numbers)

    monkeypatch.setattr(made.register, "persons", noting)
    return made


@pytest.fixture
def portal(database: Database, clock: FixedClock, line: Line) -> Iterator[Flask]:
    app = a_portal(database, clock, register=line.register)
    with app.test_request_context():
        yield app


def numbers(*people: cast.Member) -> list[str]:
    return [who.number for who in people]


def person(database: Database, who: cast.Member) -> Person:
    with database.reading() as session:
        return queries.by_identities(session, [who.number])[who.number]


def logged_in(database: Database, who: cast.Member) -> int:
    """As the e-ID has told; the person's id."""
    with database.writing() as session:
        return use_cases.told_by_eid(session, who.identity, who.given_name, who.family_name, START).id


def acts_for(database: Database, guardian: cast.Member) -> list[str | None]:
    with database.reading() as session:
        mine = person(database, guardian)
        found = queries.children_of(session, mine.id)
        return [one.identity for row, one in found if may_act_for(mine, one, row, START, 18)]


class TestKnowing:
    def test_only_those_are_asked_for_who_are_unknown_or_stale(
        self, portal: Flask, line: Line, database: Database, clock: FixedClock
    ) -> None:
        assert register.know(numbers(cast.BOOKER))
        clock.advance(hours=12)
        assert register.know(numbers(cast.BOOKER, cast.STRANGER))
        clock.advance(hours=12)
        assert register.know(numbers(cast.BOOKER, cast.STRANGER))
        clock.advance(seconds=1)
        assert register.know_persons([person(database, cast.BOOKER), person(database, cast.STRANGER)])
        assert line.asked == [{cast.BOOKER.number}, {cast.STRANGER.number}, {cast.BOOKER.number}]
        assert person(database, cast.BOOKER).register_at == clock.now()

    def test_what_was_told_counts_from_when_it_was_asked(
        self, portal: Flask, line: Line, database: Database, clock: FixedClock
    ) -> None:
        line.register.meanwhile = lambda: clock.advance(minutes=1)
        assert register.know(numbers(cast.BOOKER))
        assert person(database, cast.BOOKER).register_at == START

    def test_nobody_without_a_number_is_asked_for(self, portal: Flask, line: Line) -> None:
        assert register.know_persons([Person(identity=None)])
        assert line.asked == []

    def test_no_transaction_is_open_while_it_is_asked(self, portal: Flask, line: Line, database: Database) -> None:
        def write_too() -> None:
            with database.writing() as session:
                use_cases.ensure(session, [cast.STRANGER.identity], START)

        line.register.meanwhile = write_too
        assert register.know(numbers(cast.BOOKER))
        assert person(database, cast.BOOKER).registered

    def test_a_new_number_merges(self, portal: Flask, database: Database) -> None:
        old = logged_in(database, cast.BEFORE_RENUMBERED)
        assert register.know(numbers(cast.BEFORE_RENUMBERED))
        with database.reading() as session:
            found = queries.person(session, old)
        assert found is not None and found.identity == cast.RENUMBERED.number


class TestAFamily:
    def test_one_asks_for_oneself_and_then_for_the_children(self, portal: Flask, line: Line, database: Database) -> None:
        assert register.know_family(logged_in(database, cast.GUARDIAN), PARENT)
        assert line.asked == [set(numbers(cast.GUARDIAN)), set(numbers(*LUNDS))]
        assert sorted(filter(None, acts_for(database, cast.GUARDIAN))) == sorted(numbers(*LUNDS))
        assert person(database, cast.OTHER_GUARDIAN).registered is None
        assert acts_for(database, cast.OTHER_GUARDIAN) == [], "who was never asked about may be protected by now"

    def test_the_log_says_for_whom_it_was(self, portal: Flask, database: Database) -> None:
        register.know_family(logged_in(database, cast.SOLE_GUARDIAN), PARENT)
        with database.reading() as session:
            rows = session.scalars(select(AccessLogRow).where(AccessLogRow.action == Action.REGISTER_TOLD)).all()
        assert {(row.actor_kind, row.actor_id) for row in rows} == {(ActorKind.RESIDENT, 1)}
        assert len(rows) == 3

    def test_grown_up_children_are_not_asked_for(
        self, portal: Flask, line: Line, database: Database, clock: FixedClock
    ) -> None:
        clock.set(START + timedelta(days=60))
        register.know_family(logged_in(database, cast.GUARDIAN))
        assert line.asked[1] == set(numbers(cast.CHILD, cast.TWELVE, cast.FOURTEEN))

    def test_without_children_it_is_one_question(self, portal: Flask, line: Line, database: Database) -> None:
        assert register.know_family(logged_in(database, cast.STRANGER))
        assert line.asked == [set(numbers(cast.STRANGER))]

    @pytest.mark.parametrize("guardian", [cast.PROTECTED_GUARDIAN, cast.BESIDE_PROTECTED, cast.SOLE_GUARDIAN])
    def test_nobody_acts_for_a_protected_child_and_no_protected_guardian_acts(
        self, portal: Flask, database: Database, guardian: cast.Member
    ) -> None:
        register.know_family(logged_in(database, guardian))
        allowed = {cast.BESIDE_PROTECTED: [cast.CHILD_OF_PROTECTED], cast.SOLE_GUARDIAN: [cast.SOLE_CHILD]}
        assert acts_for(database, guardian) == numbers(*allowed.get(guardian, []))

    def test_at_each_login_it_is_asked_anew_and_a_page_only_asks_if_that_failed(
        self, portal: Flask, line: Line, database: Database, clock: FixedClock
    ) -> None:
        guardian = logged_in(database, cast.GUARDIAN)
        line.register.silent = True
        assert not register.know_family(guardian)
        clock.advance(minutes=5)
        assert not register.know_family(guardian, since=START)
        line.register.silent = False
        assert register.know_family(guardian, since=START)
        asked = len(line.asked)
        assert register.know_family(guardian, since=START)
        assert len(line.asked) == asked
        assert register.know_family(guardian)
        assert len(line.asked) == asked + 2

    def test_a_guardian_with_a_new_number_keeps_the_children(self, portal: Flask, line: Line, database: Database) -> None:
        guardian = logged_in(database, cast.GUARDIAN)
        register.know_family(guardian)
        anew = replace(line.register.persons(numbers(cast.GUARDIAN))[cast.GUARDIAN.number], number=cast.STRANGER.number)
        line.register.tell(replace(anew, earlier_numbers=(cast.GUARDIAN.number,)))
        assert register.know_family(guardian)
        assert len(acts_for(database, cast.STRANGER)) == len(LUNDS)
        assert person(database, cast.GUARDIAN).identity == cast.STRANGER.number


class TestSilence:
    @pytest.fixture(params=["down", "slow", "half answering", "half a family"])
    def silent(self, request: pytest.FixtureRequest, line: Line, clock: FixedClock) -> Line:
        if request.param == "slow":
            line.register.meanwhile = lambda: clock.advance(seconds=10)
        line.register.silent = request.param in ("down", "slow")
        line.register.answers_left = {"half answering": 0, "half a family": 1}.get(request.param)
        return line

    def test_nothing_is_concluded_and_nobody_is_a_guardian(
        self, portal: Flask, silent: Line, database: Database, caplog: pytest.LogCaptureFixture
    ) -> None:
        guardian = logged_in(database, cast.GUARDIAN)
        with caplog.at_level(logging.WARNING):
            assert not register.know_family(guardian)
        assert acts_for(database, cast.GUARDIAN) == []
        one = person(database, cast.GUARDIAN)
        assert (one.registered, one.register_at, one.given_name) == (None, None, "Erik")
        assert [record.getMessage() for record in caplog.records] == ["the person register did not answer"]

    def test_a_right_that_was_there_ends_by_itself(self, portal: Flask, line: Line, database: Database) -> None:
        register.know_family(logged_in(database, cast.GUARDIAN))
        line.register.silent = True
        later = START + timedelta(hours=24, seconds=1)
        with database.reading() as session:
            mine = person(database, cast.GUARDIAN)
            found = queries.children_of(session, mine.id)
            assert found and not any(may_act_for(mine, one, row, later, 18) for row, one in found)

    def test_without_a_register_the_same_holds(self, database: Database, clock: FixedClock) -> None:
        with a_portal(database, clock, register=None).test_request_context():
            assert not register.know_family(logged_in(database, cast.GUARDIAN))
            assert not register.know(numbers(cast.BOOKER))
        assert acts_for(database, cast.GUARDIAN) == []


def test_invented_people_are_refused_in_production(database: Database, clock: FixedClock) -> None:
    with pytest.raises(ValueError, match="register"):
        a_portal(database, clock, "https://vaccin.example.org", production=True, register=the_register())


# --- what staff see --------------------------------------------------------------------------------------------------------


@pytest.fixture
def offer(database: Database) -> Offer:
    with database.writing() as session:
        return an_offer(session, persons=3)


@pytest.fixture
def nurse(database: Database, clock: FixedClock, line: Line, offer: Offer) -> Browser:
    with database.writing() as session:
        a_staff_account(session, offer.within(session).clinic)
    return Browser(a_portal(database, clock, register=line.register)).log_in(cast.NURSE_HERE, staff=True)


def booked(database: Database, offer: Offer, *people: cast.Member, minute: int = 9 * 60) -> list[Visit]:
    with database.writing() as session:
        return list(a_booking(session, offer, time=a_time(minute), coming=[who.coming for who in people]).visits)


def page(nurse: Browser, visit: Visit) -> str:
    return nurse.get(f"/personal/besok/{visit.id}").html


def test_a_visit_is_opened_with_what_the_register_knows(nurse: Browser, database: Database, offer: Offer, line: Line) -> None:
    renamed = replace(registered(cast.STRANGER), given_name="Torsten Gustav")
    line.register.tell(renamed)
    visit, _other = booked(database, offer, cast.STRANGER, cast.BOOKER)
    html = page(nurse, visit)
    assert "Torsten Gustav Falk" in html
    assert "Namnet är inte kontrollerat" not in html
    assert line.asked == [set(numbers(cast.STRANGER, cast.BOOKER))], "everybody in the booking, in one question"
    page(nurse, visit)
    assert len(line.asked) == 1


@pytest.mark.parametrize(
    ("who", "said"),
    [
        (cast.DECEASED, "Avliden enligt folkbokföringen"),
        (cast.EMIGRATED, "Utvandrad enligt folkbokföringen"),
        (cast.NURSE_ELSEWHERE, "Personnumret finns inte i folkbokföringen"),
        (cast.STRANGER, None),
    ],
)
def test_what_staff_should_know_is_said(
    nurse: Browser, database: Database, offer: Offer, who: cast.Member, said: str | None
) -> None:
    [visit] = booked(database, offer, who)
    html = page(nurse, visit)
    told = [words for words in ("Avliden", "Utvandrad", "finns inte i folkbokföringen") if words in html]
    assert len(told) == (said is not None) and (said or "") in html
    assert SILENT not in html


def test_protection_takes_effect_at_once(nurse: Browser, database: Database, offer: Offer) -> None:
    visit, beside = booked(database, offer, cast.PROTECTED_GUARDIAN, cast.BOOKER)
    for html in (nurse.get("/personal?dag=2026-11-23").html, page(nurse, visit), page(nurse, beside)):
        assert "Helena" not in html and "Ros" not in html and "maja.ekman" not in html
    assert "Skyddade personuppgifter" in page(nurse, visit)


def test_the_days_list_asks_for_all_at_once_and_not_when_it_refreshes_itself(
    nurse: Browser, database: Database, offer: Offer, line: Line
) -> None:
    booked(database, offer, cast.PROTECTED_GUARDIAN, cast.BOOKER)
    before, list_of = len(line.asked), "/personal?dag=2026-11-23"
    refreshed = nurse.client.get(list_of, headers={"X-Background": "1"}).get_data(as_text=True)
    assert "Helena Ros" in refreshed and len(line.asked) == before
    assert "Helena Ros" not in nurse.get(list_of).html
    nurse.get(list_of)
    assert len(line.asked) == before + 1


def test_of_a_protected_person_not_even_death_is_told(nurse: Browser, database: Database, offer: Offer, line: Line) -> None:
    line.register.tell(replace(line.register.persons(numbers(cast.DECEASED))[cast.DECEASED.number], protected=True))
    [visit] = booked(database, offer, cast.DECEASED)
    assert "Avliden" not in page(nurse, visit)


def test_when_the_register_is_silent_the_page_says_so_and_shows_what_is_typed(
    nurse: Browser, database: Database, offer: Offer, line: Line, clock: FixedClock
) -> None:
    [visit] = booked(database, offer, cast.BOOKER)
    line.register.silent = True
    html = page(nurse, visit)
    assert "Maja Ekman" in html and "Namnet är inte kontrollerat" in html and SILENT in html
    line.register.silent = False
    assert SILENT in page(nurse, visit), "it is left alone for a while"
    clock.advance(seconds=30)
    assert SILENT not in page(nurse, visit)
    line.register.silent = True
    assert SILENT not in page(nurse, visit), "what was told today is not old"


def test_without_a_register_nothing_is_said_of_it(database: Database, clock: FixedClock, offer: Offer) -> None:
    [visit] = booked(database, offer, cast.BOOKER)
    with database.writing() as session:
        a_staff_account(session, offer.within(session).clinic)
    browser = Browser(a_portal(database, clock, register=None)).log_in(cast.NURSE_HERE, staff=True)
    html = page(browser, visit)
    assert "Namnet är inte kontrollerat" in html and SILENT not in html


def test_who_was_renumbered_is_shown_with_the_number_of_today(nurse: Browser, database: Database, offer: Offer) -> None:
    [before] = booked(database, offer, cast.BEFORE_RENUMBERED)
    [after] = booked(database, offer, cast.RENUMBERED, minute=10 * 60)
    html = page(nurse, before).replace("\N{NON-BREAKING HYPHEN}", "-")
    assert "19940623-2380" in html and "19940683-2387" not in html
    assert "Har en annan tid för samma besök" in html
    assert "Har en annan tid för samma besök" in page(nurse, after)


def test_another_clinics_visit_asks_for_nobody(nurse: Browser, database: Database, line: Line) -> None:
    with database.writing() as session:
        elsewhere = an_offer(session)
    [visit] = booked(database, elsewhere, cast.BOOKER)
    assert nurse.get(f"/personal/besok/{visit.id}").status == 404
    assert line.asked == []


def test_the_page_asks_the_database_as_much_for_three_as_for_one(nurse: Browser, database: Database, offer: Offer) -> None:
    alone, *together = (
        *booked(database, offer, cast.STRANGER),
        *booked(database, offer, cast.BOOKER, cast.EIGHTY, cast.CHILD, minute=10 * 60),
    )
    costs = []
    for visit in (alone, together[0], alone, together[0]):
        with count_statements(database) as statements:
            page(nurse, visit)
        costs.append(len(statements))
    first, known = costs[:2], costs[2:]
    assert first[1] <= first[0] + 1 and len(set(known)) == 1, costs
    # Three of them about consents, and whose: who is named on the page is asked about too; two about health declarations.
    assert known[0] <= 17 and first[0] <= 27, costs
