"""Consent as it is written, asked for and read: who, for whom, when, by what, to which exact text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from journal_core.access import queries as access
from journal_core.actor import LINK, STRANGER, SYSTEM, Actor, ActorKind
from journal_core.audit.model import AccessLogRow, Action
from journal_core.booking import queries as bookings
from journal_core.booking import use_cases as booking
from journal_core.booking.model import Booking, Hold
from journal_core.catalogue import queries as catalogue
from journal_core.clock import days_from, instant_of
from journal_core.consent import queries, refusals, rules
from journal_core.consent import use_cases as consent
from journal_core.consent.model import Answer, ConsentEvent, ConsentRequest, ConsentText
from journal_core.consent.rules import Standing
from journal_core.consent.use_cases import Reading
from journal_core.crypto import Vault, read_token
from journal_core.messages.model import Channel, MessageKind, OutgoingMessage
from journal_core.messages.use_cases import Recipient, sealed_for
from journal_core.organisation.model import Clinic
from journal_core.persons.model import Person
from journal_core.refusal import Refusal
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import (
    MONDAY,
    OWNER,
    Offer,
    a_draft,
    a_staff_account,
    a_time,
    an_offer,
    an_order,
    staff_actor,
    the_tools,
)
from tests.build.clocks import START
from tests.build.consents import (
    IN_ENGLISH,
    READING,
    Family,
    a_childs_booking,
    a_consent,
    a_consenting_offer,
    a_family,
    confirm_for_child,
    requests_of,
    resident,
)
from tests.build.statements import count_statements

ASKED, GIVEN, REFUSED, WITHDRAWN = Answer
DAYS = days_from(MONDAY, 4)
TUESDAY = DAYS[1]
LATER = START + timedelta(hours=1)
A_DAY_LATER = START + rules.ASKED_AGAIN_AFTER


@pytest.fixture
def offer(database: Database) -> Offer:
    """Both guardians of children up to 15 consent; one visit a day, Monday to Thursday morning."""
    with database.writing() as session:
        return a_consenting_offer(session, days=DAYS, category={"series": True})


@pytest.fixture
def family(database: Database) -> Family:
    with database.writing() as session:
        return a_family(session)


@pytest.fixture
def booked(database: Database, offer: Offer, family: Family) -> Booking:
    """By the one guardian for the child, on Monday at nine; the other has been asked."""
    return book(database, offer, family)


def book(database: Database, offer: Offer, family: Family, **how: Any) -> Booking:
    with database.writing() as session:
        return a_childs_booking(session, offer, family, **how)


def requests(database: Database, made: Booking) -> Sequence[ConsentRequest]:
    with database.reading() as session:
        return requests_of(session, made)


def answers(request: ConsentRequest) -> list[Answer]:
    return [event.answer for event in request.events]


def messages(database: Database, kind: MessageKind) -> Sequence[OutgoingMessage]:
    with database.reading() as session:
        return session.scalars(select(OutgoingMessage).where(OutgoingMessage.kind == kind).order_by(OutgoingMessage.id)).all()


def bodies(database: Database, vault: Vault, kind: MessageKind) -> list[str]:
    return [vault.open(sealed_for(one.booking_id), one.body) for one in messages(database, kind)]


def log(database: Database) -> list[tuple[Action, int | None, int | None]]:
    """What is logged of consent: action, by whom, about whom."""
    with database.reading() as session:
        rows = session.scalars(select(AccessLogRow).order_by(AccessLogRow.id)).all()
    return [(row.action, row.actor_id, row.person_id) for row in rows if row.action.startswith("consent")]


def count(database: Database, *models: Any) -> list[int]:
    with database.reading() as session:
        return [session.scalar(select(func.count()).select_from(model)) or 0 for model in models]


def answer(
    database: Database,
    request: ConsentRequest,
    family: Family,
    *,
    yes: bool,
    now: datetime = LATER,
    by: Actor | None = None,
    reading: Reading = READING,
) -> ConsentRequest:
    """By the guardian who was asked, where the test names nobody else."""
    by = by or Actor(ActorKind.RESIDENT, request.guardian_id)
    with database.writing() as session:
        return consent.answer(session, by, the_tools(), request.id, reading, family.guardians, now, yes=yes)


def ask_again(database: Database, request: ConsentRequest, family: Family, by: Actor, now: datetime, **how: Any) -> None:
    with database.writing() as session:
        consent.ask_again(session, by, the_tools(), request.id, family.guardians, now, **how)


class TestBooking:
    def test_who_books_has_consented_and_the_other_is_asked(self, database: Database, family: Family, booked: Booking) -> None:
        own, other = requests(database, booked)
        assert [own.guardian_id, other.guardian_id] == [family.guardian.id, family.other.id]
        assert {own.visit_id, other.visit_id} == {booked.visits[0].id}
        assert answers(own) == [ASKED, GIVEN]
        assert answers(other) == [ASKED]
        assert {event.at for event in (*own.events, *other.events)} == {own.created_at} == {START}
        booker, child = family.guardian.id, booked.visits[0].person_id
        assert child == family.child.id
        assert log(database) == [(Action.CONSENT_GIVEN, booker, child), (Action.CONSENT_ASKED, booker, child)]
        asked, given = own.events
        assert (asked.text, asked.identified_by) == (None, None)
        assert given.text is not None
        assert Reading(given.text.text, given.text.language, given.identified_by or "") == READING

    def test_one_exact_text_is_one_row_and_each_language_its_own(
        self, database: Database, offer: Offer, family: Family, booked: Booking
    ) -> None:
        _, other = requests(database, booked)
        answer(database, other, family, yes=True)
        assert count(database, ConsentText) == [1]
        answer(database, other, family, yes=False, reading=IN_ENGLISH)
        answer(database, other, family, yes=True, reading=Reading(READING.text + " ", "sv", "bankid"))
        answer(database, other, family, yes=False, reading=Reading(READING.text, "en", "bankid"))
        assert count(database, ConsentText) == [4]
        _, other = requests(database, booked)
        read = [(event.text.text, event.text.language, event.identified_by) for event in other.events if event.text]
        assert read[1] == (IN_ENGLISH.text, "en", "freja")
        assert read[3] == (READING.text, "en", "bankid")

    def test_the_other_gets_a_link_by_each_way_and_nothing_else(
        self, database: Database, vault: Vault, booked: Booking
    ) -> None:
        _, other = requests(database, booked)
        token = consent.link_of(vault, other)
        assert read_token(token) == token
        assert other.link_hash == vault.hash("consent", token)
        assert bodies(database, vault, MessageKind.CONSENT) == [f"link={token}; until={instant_of(MONDAY, 0)}"] * 2
        to = [(one.way, one.recipient, one.booking_id) for one in messages(database, MessageKind.CONSENT)]
        who = cast.OTHER_GUARDIAN
        assert to == [(Channel.SMS, who.mobile, booked.id), (Channel.EMAIL, who.email, booked.id)]
        assert len(messages(database, MessageKind.BOOKED)) == 2, "the booker's own"

    def test_without_an_address_the_other_finds_it_after_login(self, database: Database, offer: Offer, family: Family) -> None:
        made = book(database, offer, family, given=a_consent(family, other=None))
        assert messages(database, MessageKind.CONSENT) == []
        _, other = requests(database, made)
        assert (other.mobile, other.email, other.channel, answers(other)) == (None, None, Channel.NONE, [ASKED])
        with database.reading() as session:
            assert [one.id for one in queries.open_for(session, family.other.id, LATER)] == [other.id]

    def test_where_one_guardian_is_enough_the_other_is_left_alone(self, database: Database, family: Family) -> None:
        with database.writing() as session:
            offer = a_consenting_offer(session, consenting=1)
        made = book(database, offer, family)
        assert [one.guardian_id for one in requests(database, made)] == [family.guardian.id]
        assert messages(database, MessageKind.CONSENT) == []

    def test_nothing_is_told_to_or_of_who_cannot_be_asked(self, database: Database, offer: Offer) -> None:
        with database.writing() as session:
            family = a_family(session, other={"protected": True})
        made = book(database, offer, family)
        _own, other = requests(database, made)
        assert (other.events, other.mobile, other.email, other.channel) == ([], None, None, Channel.NONE)
        assert messages(database, MessageKind.CONSENT) == []
        assert [action for action, _, _ in log(database)] == [Action.CONSENT_GIVEN]
        assert standing(database, made, LATER) is Standing.NEEDS_STAFF
        with pytest.raises(Refusal, match=refusals.NOT_YOURS):
            answer(database, other, family, yes=True)
        with pytest.raises(Refusal, match=refusals.NOT_YOURS):
            ask_again(database, other, family, resident(family.guardian), A_DAY_LATER)

    def test_over_the_limit_nothing_is_asked(self, database: Database, family: Family) -> None:
        with database.writing() as session:
            offer = a_consenting_offer(session, until=6)
        made = book(database, offer, family, missing=True)
        assert not requests(database, made)
        assert standing(database, made, LATER) is Standing.AT_THE_VISIT

    def test_up_to_the_limit_nothing_is_booked_without_it(self, database: Database, family: Family) -> None:
        with database.writing() as session:
            offer = a_consenting_offer(session, until=7)
        refused(database, offer, family, refusals.CONSENT_MISSING, missing=True)

    def test_the_guardian_who_comes_along_is_asked_nothing(self, database: Database, family: Family) -> None:
        with database.writing() as session:
            offer = a_consenting_offer(session, persons=2)
        made = book(database, offer, family, coming=[cast.GUARDIAN.coming, cast.CHILD.coming])
        asked = {visit.person.identity: visit.id for visit in made.visits}
        with database.reading() as session:
            assert set(queries.of_visits(session, list(asked.values()))) == {asked[cast.CHILD.number]}

    def test_where_one_books_for_oneself_alone_the_staff_ask_at_the_visit(self, database: Database, family: Family) -> None:
        with database.writing() as session:
            offer = a_consenting_offer(session)
            offer.clinic.eid_only_oneself = True
        oneself: dict[str, Any] = {
            "booker": cast.CHILD.identity,
            "acting_for": None,
            "by": resident(family.child),
            "guardians": [],
        }
        made = book(database, offer, family, missing=True, **oneself)
        assert not requests(database, made)
        assert standing(database, made, LATER) is Standing.NEEDS_STAFF

    def test_only_a_guardian_who_acts_for_a_child_that_is_acted_for(
        self, database: Database, offer: Offer, family: Family
    ) -> None:
        itself = {"booker": cast.CHILD.identity, "acting_for": None, "by": resident(family.child)}
        attempts: list[dict[str, Any]] = [
            {"guardians": [family.other]},
            {"guardians": []},
            {"by": STRANGER},
            {"booker": cast.OTHER_GUARDIAN.identity},
            {"acting_for": cast.BOOKER.identity},
            itself,
        ]
        for how in attempts:
            refused(database, offer, family, refusals.NOT_GUARDIAN, **how)
        family.guardian.protected = True
        refused(database, offer, family, refusals.NOT_GUARDIAN)
        family.guardian.protected = False
        for hidden in ({"protected": True}, {"protected": False, "sealed_at": START}):
            with database.writing() as session:
                a_family(session, child=hidden)
            refused(database, offer, family, refusals.NOT_GUARDIAN)

    def test_the_same_form_again_has_no_second_effect(self, database: Database, offer: Offer, family: Family) -> None:
        with database.writing() as session:
            offer = offer.within(session)
            draft = a_draft(session, offer)
            booking.hold(session, offer.clinic, offer.kind, a_time(), draft.id, START)
        order: dict[str, Any] = {
            "coming": [cast.CHILD.coming],
            "booker": cast.GUARDIAN.identity,
            "acting_for": cast.CHILD.identity,
        }
        made = []
        for given in (a_consent(family), a_consent(family), None):
            with database.writing() as session:
                here, again = offer.within(session), access.draft(session, draft.id, OWNER, START, lock=True)
                assert again is not None
                by, wish = resident(family.guardian), an_order(here, **order)
                made.append(consent.confirm(session, by, the_tools(), again, wish, family.guardians, given, START))
        assert len(set(made)) == 1
        kept = (Booking, ConsentRequest, ConsentEvent, ConsentText)
        assert count(database, *kept) == [1, 2, 3, 1]
        assert len(messages(database, MessageKind.CONSENT)) == 2


def refused(database: Database, offer: Offer, family: Family, code: str, **how: Any) -> None:
    """And nothing has been written, so that nothing has to be undone."""
    with database.writing() as session:
        with pytest.raises(Refusal, match=code):
            confirm_for_child(session, offer, family, **how)
        session.flush()
    kept = (Booking, ConsentRequest, ConsentText, OutgoingMessage, AccessLogRow)
    assert count(database, *kept) == [0] * len(kept)
    with database.writing() as session:
        session.execute(delete(Hold))


def standing(database: Database, made: Booking, now: datetime) -> Standing:
    with database.reading() as session:
        found = bookings.booking(session, made.id)
        assert found is not None
        settings = catalogue.provider_reasons(session, found.clinic.unit.provider_id)
        setting = settings[found.type.category.reason_id]
        return rules.standing_of(found.clinic, setting, found.visits[0], requests_of(session, found), now)


class TestAnswering:
    def test_what_is_said_becomes_events_and_the_same_again_nothing(
        self, database: Database, family: Family, booked: Booking
    ) -> None:
        _, other = requests(database, booked)
        assert standing(database, booked, LATER) is Standing.WAITING
        said = [
            (False, Standing.CONFLICT),
            (False, Standing.CONFLICT),
            (True, Standing.GIVEN),
            (True, Standing.GIVEN),
            (False, Standing.WITHDRAWN),
            (False, Standing.WITHDRAWN),
            (True, Standing.GIVEN),
        ]
        for number, (yes, expected) in enumerate(said):
            answer(database, other, family, yes=yes, now=LATER + timedelta(minutes=number))
            assert standing(database, booked, LATER) is expected
        _, other = requests(database, booked)
        assert answers(other) == [ASKED, REFUSED, GIVEN, WITHDRAWN, GIVEN]
        assert [event.at for event in other.events[1:]] == [LATER + timedelta(minutes=n) for n in (0, 2, 4, 6)]
        logged = [action for action, actor, _ in log(database) if actor == family.other.id]
        assert logged == [consent.LOGGED[event] for event in answers(other)[1:]]

    def test_who_booked_withdraws_as_easily(self, database: Database, family: Family, booked: Booking) -> None:
        own, other = requests(database, booked)
        answer(database, other, family, yes=True)
        answer(database, own, family, yes=False)
        assert standing(database, booked, LATER) is Standing.WITHDRAWN
        answer(database, own, family, yes=True)
        assert standing(database, booked, LATER) is Standing.GIVEN

    def test_silence_is_a_state_and_a_late_answer_still_counts(
        self, database: Database, family: Family, booked: Booking
    ) -> None:
        morning = a_time().instant - timedelta(minutes=1)
        assert standing(database, booked, morning) is Standing.SILENT
        answer(database, requests(database, booked)[1], family, yes=True, now=morning)
        assert standing(database, booked, morning) is Standing.GIVEN

    def test_once_the_visit_has_begun_it_is_too_late(self, database: Database, family: Family, booked: Booking) -> None:
        own, other = requests(database, booked)
        for request, yes in ((other, True), (other, False), (own, False)):
            with pytest.raises(Refusal, match=refusals.CONSENT_TOO_LATE):
                answer(database, request, family, yes=yes, now=a_time().instant)

    def test_a_moved_visit_takes_its_time_for_answers_along(self, database: Database, family: Family, booked: Booking) -> None:
        with database.writing() as session:
            booking.rebook(session, LINK, the_tools(), booked.id, a_time(day=TUESDAY), LATER)
        assert standing(database, booked, a_time().instant) is Standing.WAITING
        answer(database, requests(database, booked)[1], family, yes=True, now=a_time().instant)
        assert standing(database, booked, a_time().instant) is Standing.GIVEN

    def test_a_cancelled_visit_is_asked_nothing_more(self, database: Database, family: Family, booked: Booking) -> None:
        with database.writing() as session:
            booking.cancel(session, LINK, the_tools(), booked.id, LATER)
        _, other = requests(database, booked)
        with pytest.raises(Refusal, match=refusals.CONSENT_TOO_LATE):
            answer(database, other, family, yes=True)
        with pytest.raises(Refusal, match=refusals.CONSENT_TOO_LATE):
            ask_again(database, other, family, resident(family.guardian), A_DAY_LATER)
        with database.reading() as session:
            assert queries.open_for(session, family.other.id, LATER) == []

    def test_nobody_answers_for_another(self, database: Database, family: Family, booked: Booking) -> None:
        _own, other = requests(database, booked)
        staff = Actor(ActorKind.STAFF, other.guardian_id)
        for by in (resident(family.guardian), resident(family.child), staff, LINK, STRANGER, SYSTEM):
            with pytest.raises(Refusal, match=refusals.NOT_YOURS):
                answer(database, other, family, yes=True, by=by)
        assert answers(requests(database, booked)[1]) == [ASKED]

    def test_what_does_not_exist_is_refused_alike(self, database: Database, family: Family, booked: Booking) -> None:
        own, _ = requests(database, booked)
        with database.writing() as session, pytest.raises(Refusal, match=refusals.NOT_YOURS):
            consent.answer(
                session, resident(family.other), the_tools(), own.id + 99, READING, family.guardians, LATER, yes=True
            )

    def test_what_the_register_has_told_since_counts(self, database: Database, family: Family, booked: Booking) -> None:
        """Under the lock, whatever the door had read before."""
        _, other = requests(database, booked)
        with database.writing() as session:
            session.get_one(Person, family.other.id).protected = True
        with database.writing() as session:
            read_before = requests_of(session, booked)[1]
            read_before.guardian.__dict__["protected"] = False
            with pytest.raises(Refusal, match=refusals.NOT_YOURS):
                consent.answer(
                    session, resident(family.other), the_tools(), other.id, READING, family.guardians, LATER, yes=True
                )

    def test_who_booked_is_told_to_look_when_another_says_no(
        self, database: Database, vault: Vault, family: Family, booked: Booking
    ) -> None:
        own, other = requests(database, booked)
        for request, yes in ((other, True), (own, False), (own, True)):
            answer(database, request, family, yes=yes)
        assert messages(database, MessageKind.CONSENT_CHANGED) == []
        for _ in range(2):
            answer(database, other, family, yes=False)
        assert bodies(database, vault, MessageKind.CONSENT_CHANGED) == [f"link={booking.link_of(vault, booked)}"] * 2
        reached = {one.recipient for one in messages(database, MessageKind.CONSENT_CHANGED)}
        assert reached == {cast.GUARDIAN.mobile, cast.GUARDIAN.email}


class TestAskingAgain:
    def test_the_same_question_is_sent_with_the_same_link(
        self, database: Database, vault: Vault, family: Family, booked: Booking
    ) -> None:
        _, other = requests(database, booked)
        ask_again(database, other, family, resident(family.guardian), A_DAY_LATER)
        assert answers(requests(database, booked)[1]) == [ASKED, ASKED]
        assert len(set(bodies(database, vault, MessageKind.CONSENT))) == 1
        assert len(messages(database, MessageKind.CONSENT)) == 4
        assert log(database)[-1] == (Action.CONSENT_ASKED, family.guardian.id, family.child.id)

    def test_not_before_a_day_has_gone_and_then_not_at_once_again(
        self, database: Database, family: Family, booked: Booking
    ) -> None:
        _, other = requests(database, booked)
        for now in (LATER, A_DAY_LATER - timedelta(seconds=1)):
            with pytest.raises(Refusal, match=refusals.CONSENT_ASKED_RECENTLY):
                ask_again(database, other, family, resident(family.guardian), now)
        ask_again(database, other, family, resident(family.guardian), A_DAY_LATER)
        with pytest.raises(Refusal, match=refusals.CONSENT_ASKED_RECENTLY):
            ask_again(database, other, family, resident(family.guardian), A_DAY_LATER)

    def test_staff_may_and_to_another_address(self, database: Database, family: Family, booked: Booking) -> None:
        with database.writing() as session:
            nurse = staff_actor(a_staff_account(session, session.get_one(Clinic, booked.clinic_id)))
        _, other = requests(database, booked)
        ask_again(database, other, family, nurse, A_DAY_LATER, contact=Recipient(Channel.SMS, "+46701740699", None, "en"))
        newest = messages(database, MessageKind.CONSENT)[-1]
        assert (newest.way, newest.recipient, newest.language) == (Channel.SMS, "+46701740699", "en")
        _, other = requests(database, booked)
        assert (other.mobile, other.email, other.channel) == ("+46701740699", None, Channel.SMS)

    def test_where_none_was_known_one_can_be_given_at_once(self, database: Database, offer: Offer, family: Family) -> None:
        made = book(database, offer, family, given=a_consent(family, other=None))
        _, other = requests(database, made)
        with pytest.raises(Refusal, match=refusals.CONSENT_NO_CONTACT):
            ask_again(database, other, family, resident(family.guardian), LATER)
        ask_again(database, other, family, resident(family.guardian), LATER, contact=cast.OTHER_GUARDIAN.recipient)
        assert len(messages(database, MessageKind.CONSENT)) == 2
        assert answers(requests(database, made)[1]) == [ASKED, ASKED]

    def test_who_has_answered_is_left_alone(self, database: Database, family: Family, booked: Booking) -> None:
        _, other = requests(database, booked)
        answer(database, other, family, yes=False)
        with pytest.raises(Refusal, match=refusals.CONSENT_ANSWERED):
            ask_again(database, other, family, resident(family.guardian), A_DAY_LATER)

    def test_only_by_another_guardian_of_the_visit(self, database: Database, family: Family, booked: Booking) -> None:
        _, other = requests(database, booked)
        for by in (resident(family.other), resident(family.child), LINK, STRANGER, Actor(ActorKind.SCREEN, family.guardian.id)):
            with pytest.raises(Refusal, match=refusals.NOT_YOURS):
                ask_again(database, other, family, by, A_DAY_LATER)


class TestReading:
    def test_a_guardian_finds_the_own_request_by_link_and_by_number(
        self, database: Database, vault: Vault, family: Family, booked: Booking
    ) -> None:
        _, other = requests(database, booked)
        with database.reading() as session:
            by_link = queries.request_by_link(session, vault.hash("consent", consent.link_of(vault, other)))
            by_number = queries.request(session, other.id, family.other.id)
            assert queries.request(session, other.id, family.guardian.id) is None
            assert queries.request_by_link(session, vault.hash("link", consent.link_of(vault, other))) is None
        assert by_link is not None
        assert by_link is by_number
        page = (by_link.visit.booking.clinic.name, by_link.visit.booking.type.category.reason.slug)
        assert page == (booked.clinic.name, "tbe"), "all that a page needs is there, with the session closed"
        assert by_link.visit.booking.clinic.unit.provider.modules
        assert (by_link.visit.person.identity, by_link.guardian.identity) == (cast.CHILD.number, cast.OTHER_GUARDIAN.number)

    def test_of_the_protected_nothing_is_found(self, database: Database, family: Family, booked: Booking) -> None:
        own, other = requests(database, booked)
        for hidden, left in ((family.other, 1), (family.child, 0)):
            with database.writing() as session:
                session.get_one(Person, hidden.id).protected = True
            with database.reading() as session:
                assert queries.request_by_link(session, other.link_hash) is None
                assert queries.request(session, other.id, family.other.id) is None
                assert queries.open_for(session, family.other.id, LATER) == []
                assert len(queries.given_by(session, own.guardian_id)) == left
                assert len(queries.of_visits(session, [own.visit_id])[own.visit_id]) == 2, "the staff see that two were asked"

    def test_what_is_open_comes_by_time_and_leaves_when_answered_or_begun(
        self, database: Database, offer: Offer, family: Family, booked: Booking
    ) -> None:
        sooner, later = booked, book(database, offer, family, time=a_time(day=TUESDAY))
        guardian = family.other.id

        def open_at(now: datetime) -> list[int]:
            with database.reading() as session:
                return [one.visit.booking_id for one in queries.open_for(session, guardian, now)]

        assert open_at(LATER) == [sooner.id, later.id]
        assert open_at(a_time().instant - timedelta(seconds=1)) == [sooner.id, later.id]
        assert open_at(a_time().instant) == [later.id]
        answer(database, requests(database, sooner)[1], family, yes=False)
        assert open_at(LATER) == [later.id]
        with database.reading() as session:
            assert queries.open_for(session, family.guardian.id, LATER) == []
            assert [one.visit.booking_id for one in queries.given_by(session, guardian)] == [sooner.id]
            given = queries.given_by(session, family.guardian.id)
        assert [one.visit.booking_id for one in given] == [later.id, sooner.id], "the latest visit first"

    def test_many_visits_take_as_many_statements_as_one(self, database: Database, offer: Offer, family: Family) -> None:
        made = [book(database, offer, family, time=a_time(day=day)) for day in DAYS]
        visits = [one.visits[0].id for one in made]

        def statements(read: Any) -> int:
            with database.reading() as session, count_statements(database) as sent:
                assert read(session)
            return len(sent)

        one = statements(lambda session: queries.of_visits(session, visits[:1]))
        assert one == statements(lambda session: queries.of_visits(session, visits)) == 3
        assert statements(lambda session: queries.open_for(session, family.other.id, LATER)) == 4
        assert statements(lambda session: queries.given_by(session, family.guardian.id)) == 5
        with database.reading() as session, count_statements(database) as sent:
            assert queries.of_visits(session, []) == {}
        assert sent == []

    def test_a_booking_to_which_nobody_consents_costs_nothing_more(self, database: Database) -> None:
        with database.writing() as session:
            plain = an_offer(session)
        sent = []
        for who, time in ((cast.CHILD, a_time()), (cast.STRANGER, a_time(600))):
            with database.writing() as session:
                here = plain.within(session)
                draft, order = a_draft(session, here), an_order(here, coming=[who.coming])
                booking.hold(session, here.clinic, here.kind, time, draft.id, START)
                with count_statements(database) as statements:
                    if who is cast.CHILD:
                        consent.confirm(session, STRANGER, the_tools(), draft, order, [], None, START)
                    else:
                        booking.confirm(session, STRANGER, the_tools(), draft, order, START)
                sent.append(len(statements))
        assert sent[0] == sent[1]
