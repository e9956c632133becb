"""What a browser's reference stands for, for how long, and how often somebody may try."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import func, select

from journal_core.access import queries, use_cases
from journal_core.access.model import BookingPass, Draft, EidOrder, Purpose, Tries, WebSession
from journal_core.access.rules import DRAFT_LIFE, PASS_LIFE, RESIDENT_ABSOLUTE, RESIDENT_IDLE, STAFF_IDLE, Limit, session_lives
from journal_core.crypto import Vault
from journal_core.persons import use_cases as persons
from journal_core.persons.model import Person
from journal_core.staff import queries as staff
from journal_core.staff.model import StaffAccount
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import OWNER, SECRET, Offer, a_booking, a_clinic, a_draft, a_staff_account, an_offer
from tests.build.clocks import START, FixedClock
from tests.build.engines import opened, url_of

SECOND = timedelta(seconds=1)
FIVE_A_QUARTER = Limit(5, timedelta(minutes=15))


@pytest.fixture
def offer(database: Database) -> Offer:
    with database.writing() as session:
        return an_offer(session)


def count(database: Database, model: type[object]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


class TestSessions:
    @pytest.fixture
    def account(self, database: Database) -> StaffAccount:
        with database.writing() as session:
            return a_staff_account(session, a_clinic(session))

    def log_in(self, database: Database, clock: FixedClock, account: StaffAccount | None = None) -> None:
        with database.writing() as session:
            account_id = account.id if account else None
            use_cases.log_in(session, "reference", clock.now(), account_id=account_id)

    def lives(self, database: Database, clock: FixedClock) -> bool:
        with database.reading() as session:
            found = queries.web_session(session, "reference")
            return found is not None and session_lives(found, clock.now())

    def see(self, database: Database, clock: FixedClock) -> None:
        with database.writing() as session:
            use_cases.seen(session, "reference", clock.now())

    def test_an_unknown_reference_is_nobody(self, database: Database, clock: FixedClock) -> None:
        assert not self.lives(database, clock)

    def test_who_logs_out_is_nobody_at_once(self, database: Database, clock: FixedClock) -> None:
        self.log_in(database, clock)
        assert self.lives(database, clock)
        with database.writing() as session:
            use_cases.log_out(session, "reference")
        assert not self.lives(database, clock)

    def test_idle_staff_are_logged_out_before_idle_residents(
        self, database: Database, clock: FixedClock, account: StaffAccount
    ) -> None:
        self.log_in(database, clock, account)
        clock.advance(minutes=44)
        assert self.lives(database, clock)
        clock.set(START + STAFF_IDLE)
        assert not self.lives(database, clock)

    def test_being_seen_prolongs_a_session(self, database: Database, clock: FixedClock) -> None:
        self.log_in(database, clock)
        clock.advance(minutes=59)
        self.see(database, clock)
        clock.advance(minutes=59)
        assert self.lives(database, clock)
        clock.advance(minutes=1)
        assert not self.lives(database, clock)

    def test_but_never_beyond_its_absolute_end(self, database: Database, clock: FixedClock) -> None:
        self.log_in(database, clock)
        while clock.now() < START + RESIDENT_ABSOLUTE - RESIDENT_IDLE / 2:
            clock.advance(minutes=30)
            self.see(database, clock)
        clock.set(START + RESIDENT_ABSOLUTE - SECOND)
        assert self.lives(database, clock)
        clock.set(START + RESIDENT_ABSOLUTE)
        assert not self.lives(database, clock)

    def test_being_seen_is_written_once_a_minute(self, database: Database, clock: FixedClock) -> None:
        self.log_in(database, clock)
        for seconds, written in ((59, START), (1, START + timedelta(minutes=1))):
            clock.advance(seconds=seconds)
            self.see(database, clock)
            with database.reading() as session:
                assert session.get_one(WebSession, "reference").seen_at == written

    def test_sessions_that_ended_long_ago_are_forgotten_at_the_next_login(self, database: Database, clock: FixedClock) -> None:
        self.log_in(database, clock)
        clock.advance(hours=13)
        with database.writing() as session:
            use_cases.log_in(session, "another", clock.now())
        assert count(database, WebSession) == 1

    def test_an_assignment_is_chosen_for_one_session(
        self, database: Database, clock: FixedClock, account: StaffAccount
    ) -> None:
        self.log_in(database, clock, account)
        chosen = account.assignments[0].id
        with database.writing() as session:
            use_cases.log_in(session, "another", clock.now(), account_id=account.id)
            use_cases.choose_assignment(session, "reference", chosen)
        with database.reading() as session:
            both = [session.get_one(WebSession, name).assignment_id for name in ("reference", "another")]
        assert both == [chosen, None]


class TestSeveralSessions:
    """Of the same resident, whom the list of logins shows."""

    @pytest.fixture
    def person(self, database: Database, clock: FixedClock) -> Person:
        with database.writing() as session:
            made = persons.ensure(session, [cast.BOOKER.identity, cast.STRANGER.identity], clock.now())
            for name in ("here", "phone", "library"):
                use_cases.log_in(session, name, clock.now(), person_id=made[cast.BOOKER.number].id)
            use_cases.log_in(session, "stranger's", clock.now(), person_id=made[cast.STRANGER.number].id)
        return made[cast.BOOKER.number]

    def left(self, database: Database, clock: FixedClock) -> set[str]:
        with database.reading() as session:
            own = session.get_one(WebSession, "here")
            return {each.reference for each in queries.sessions_like(session, own, clock.now())}

    def all(self, database: Database) -> int:
        return count(database, WebSession)

    def test_one_sees_ones_own_and_nobody_elses(self, database: Database, clock: FixedClock, person: Person) -> None:
        assert self.left(database, clock) == {"here", "phone", "library"}

    def test_those_that_ran_out_are_not_shown(self, database: Database, clock: FixedClock, person: Person) -> None:
        clock.advance(minutes=59)
        with database.writing() as session:
            use_cases.seen(session, "here", clock.now())
        clock.advance(minutes=2)
        assert self.left(database, clock) == {"here"}

    def test_one_can_be_ended(self, database: Database, clock: FixedClock, person: Person) -> None:
        with database.writing() as session:
            use_cases.end_one(session, session.get_one(WebSession, "here"), "phone")
        assert self.left(database, clock) == {"here", "library"}

    def test_but_not_another_persons(self, database: Database, person: Person) -> None:
        with database.writing() as session:
            use_cases.end_one(session, session.get_one(WebSession, "here"), "stranger's")
        assert self.all(database) == 4

    def test_all_others_can_be_ended_at_once(self, database: Database, clock: FixedClock, person: Person) -> None:
        with database.writing() as session:
            use_cases.end_others(session, session.get_one(WebSession, "here"))
        assert self.left(database, clock) == {"here"}
        assert self.all(database) == 2

    def test_acting_for_another_is_a_new_reference_that_lives_no_longer(
        self, database: Database, clock: FixedClock, person: Person
    ) -> None:
        clock.advance(minutes=10)
        with database.writing() as session:
            use_cases.act_for(session, "here", "anew", person.id)
        with database.reading() as session:
            assert session.get(WebSession, "here") is None
            found = session.get_one(WebSession, "anew")
            assert (found.acting_for_id, found.created_at) == (person.id, START)


class TestDrafts:
    def read(self, database: Database, draft: Draft, clock: FixedClock, owner: str = OWNER) -> Draft | None:
        with database.reading() as session:
            return queries.draft(session, draft.id, owner, clock.now())

    def test_what_was_typed_comes_back(self, database: Database, offer: Offer, vault: Vault, clock: FixedClock) -> None:
        with database.writing() as session:
            draft = a_draft(session, offer, who={"name": "Åsa"})
        kept = self.read(database, draft, clock)
        assert kept is not None
        assert use_cases.read_draft(vault, kept) == {"type": offer.kind.id, "who": {"name": "Åsa"}}
        assert "Åsa".encode() not in kept.content

    def test_it_is_the_browsers_that_began_it(self, database: Database, offer: Offer, clock: FixedClock) -> None:
        with database.writing() as session:
            draft = a_draft(session, offer)
        assert self.read(database, draft, clock, "another browser") is None

    def test_it_does_not_open_as_another_draft(self, database: Database, offer: Offer, vault: Vault) -> None:
        with database.writing() as session:
            one, other = a_draft(session, offer), a_draft(session, offer)
            one.content = other.content
        with pytest.raises(InvalidTag):
            use_cases.read_draft(vault, one)

    def test_it_runs_out_an_hour_after_the_last_step(
        self, database: Database, offer: Offer, vault: Vault, clock: FixedClock
    ) -> None:
        with database.writing() as session:
            draft = a_draft(session, offer)
            clock.advance(minutes=50)
            use_cases.write_draft(vault, draft, {}, clock.now())
        clock.advance(minutes=59)
        assert self.read(database, draft, clock) is not None
        clock.advance(minutes=1)
        assert self.read(database, draft, clock) is None

    def test_drafts_that_ran_out_are_removed_by_the_next(self, database: Database, offer: Offer, clock: FixedClock) -> None:
        with database.writing() as session:
            a_draft(session, offer)
            a_draft(session, offer, now=START + DRAFT_LIFE + SECOND)
        assert count(database, Draft) == 1

    def test_login_hands_drafts_and_passes_over_to_the_new_reference(
        self, database: Database, offer: Offer, clock: FixedClock
    ) -> None:
        with database.writing() as session:
            draft, booked = a_draft(session, offer), a_booking(session, offer)
            others = a_draft(session, offer, owner="another browser")
            use_cases.give_pass(session, OWNER, booked.id, START)
            use_cases.hand_over(session, OWNER, "logged in")
        assert self.read(database, draft, clock) is None
        assert self.read(database, draft, clock, "logged in") is not None
        assert self.read(database, others, clock, "another browser") is not None
        with database.reading() as session:
            assert queries.may_change(session, "logged in", booked.id, START)
            assert not queries.may_change(session, OWNER, booked.id, START)


class TestPasses:
    @pytest.fixture
    def booked(self, database: Database, offer: Offer) -> int:
        with database.writing() as session:
            booked = a_booking(session, offer)
            use_cases.give_pass(session, OWNER, booked.id, START)
            return booked.id

    def test_a_pass_is_for_one_browser_and_one_booking(self, database: Database, booked: int) -> None:
        with database.reading() as session:
            assert queries.may_change(session, OWNER, booked, START)
            assert not queries.may_change(session, "another browser", booked, START)
            assert not queries.may_change(session, OWNER, booked + 1, START)

    def test_it_ends_exactly_then_unless_it_is_renewed(self, database: Database, booked: int) -> None:
        with database.reading() as session:
            assert queries.may_change(session, OWNER, booked, START + PASS_LIFE - SECOND)
            assert not queries.may_change(session, OWNER, booked, START + PASS_LIFE)
        with database.writing() as session:
            use_cases.give_pass(session, OWNER, booked, START + PASS_LIFE / 2)
        with database.reading() as session:
            assert queries.may_change(session, OWNER, booked, START + PASS_LIFE)

    def test_passes_that_ended_are_removed_by_the_next(self, database: Database, booked: int) -> None:
        with database.writing() as session:
            use_cases.give_pass(session, "another browser", booked, START + PASS_LIFE + SECOND)
        assert count(database, BookingPass) == 1


class TestIdentifications:
    def begin(self, database: Database, order: str, clock: FixedClock) -> None:
        whom = (order, OWNER, Purpose.STAFF, "/personal", "bankid", "theirs")
        with database.writing() as session:
            use_cases.begin_eid(session, Vault(SECRET), *whom, {"kept": "a secret"}, clock.now())

    def test_one_belongs_to_the_browser_that_began_it(self, database: Database, clock: FixedClock) -> None:
        self.begin(database, "order", clock)
        with database.reading() as session:
            found = queries.eid_order(session, "order", OWNER)
            assert found is not None
            assert (found.purpose, found.next_path, found.provider_reference) == (Purpose.STAFF, "/personal", "theirs")
            assert queries.eid_order(session, "order", "another browser") is None

    def test_what_is_kept_of_it_is_sealed(self, database: Database, clock: FixedClock) -> None:
        self.begin(database, "order", clock)
        with database.writing() as session:
            found = queries.eid_order(session, "order", OWNER)
            assert found is not None
            assert found.content is not None
            assert b"secret" not in found.content
            assert use_cases.read_eid(Vault(SECRET), found) == {"kept": "a secret"}
            use_cases.write_eid(Vault(SECRET), found, {"kept": "another"})
        with database.reading() as session:
            found = queries.eid_order(session, "order", OWNER)
            assert found is not None
            assert use_cases.read_eid(Vault(SECRET), found) == {"kept": "another"}

    def test_one_at_a_time_asks_the_provider(self, database: Database, clock: FixedClock) -> None:
        self.begin(database, "order", clock)

        def turn(owner: str = OWNER) -> bool:
            with database.writing() as session:
                return use_cases.claim_eid(session, "order", owner, clock.now(), timedelta(seconds=2))

        assert [turn("another browser"), turn(), turn()] == [False, True, False]
        clock.advance(seconds=2)
        assert turn()

    def test_one_that_ended_is_not_asked_about(self, database: Database, clock: FixedClock) -> None:
        self.begin(database, "order", clock)
        with database.writing() as session:
            found = queries.eid_order(session, "order", OWNER)
            assert found is not None
            found.ended_at = clock.now()
        with database.writing() as session:
            assert not use_cases.claim_eid(session, "order", OWNER, clock.now(), timedelta(seconds=2))

    def test_old_ones_are_removed_by_the_next(self, database: Database, clock: FixedClock) -> None:
        self.begin(database, "order", clock)
        clock.advance(minutes=21)
        self.begin(database, "another", clock)
        assert count(database, EidOrder) == 1


class TestTries:
    def spend(self, database: Database, clock: FixedClock, key: str = "code") -> timedelta | None:
        with database.writing() as session:
            return use_cases.count_try(session, key, FIVE_A_QUARTER, clock.now())

    def test_five_are_allowed_and_the_sixth_is_told_to_wait(self, database: Database, clock: FixedClock) -> None:
        clock.advance(minutes=4)
        assert [self.spend(database, clock) for _ in range(5)] == [None] * 5
        assert self.spend(database, clock) == timedelta(minutes=11)

    def test_the_next_window_is_a_new_chance(self, database: Database, clock: FixedClock) -> None:
        for _ in range(6):
            self.spend(database, clock)
        clock.advance(minutes=15, seconds=-1)
        assert self.spend(database, clock) == SECOND
        clock.advance(seconds=1)
        assert self.spend(database, clock) is None

    def test_each_key_has_its_own_count(self, database: Database, clock: FixedClock) -> None:
        for _ in range(6):
            self.spend(database, clock)
        assert self.spend(database, clock, "another") is None

    def test_workers_share_the_count(self, database: Database, clock: FixedClock) -> None:
        with opened(url_of(database)) as another_worker:
            spent = [self.spend(worker, clock) for _ in range(3) for worker in (database, another_worker)]
        assert spent[:5] == [None] * 5
        assert spent[5] is not None

    def test_windows_that_ended_are_forgotten(self, database: Database, clock: FixedClock) -> None:
        self.spend(database, clock)
        clock.advance(minutes=16)
        self.spend(database, clock)
        assert count(database, Tries) == 1


def test_the_cast_logs_in_as_itself(database: Database) -> None:
    with database.writing() as session:
        account = a_staff_account(session, a_clinic(session), last_day=START.date())
        gone = a_staff_account(session, a_clinic(session), who=cast.NURSE_ELSEWHERE, deactivated_at=START)
    with database.reading() as session:
        found = staff.account_of(session, cast.NURSE_HERE.number, None)
        assert found is not None
        assert found.id == account.id
        assert staff.account_of(session, gone.identity, None) is None
        assert staff.account_of(session, None, None) is None, "accounts without HSA-ID are not found by telling none"
        assert len(staff.current_assignments(session, account.id, START.date())) == 1
        for day in (START.date() + timedelta(days=1), START.date() - timedelta(days=1)):
            assert staff.current_assignments(session, account.id, day) == []
