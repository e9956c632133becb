"""Declarations as they are kept: begun, answered, sent, used by vaccinations, sealed, and removed when their time is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from config.declarations import bank
from journal_core.actor import LINK, Actor, ActorKind
from journal_core.arrivals import use_cases as arrivals
from journal_core.arrivals.model import Act
from journal_core.audit.model import AccessLogRow, Action
from journal_core.booking.model import Booking, Visit
from journal_core.catalogue.model import ReasonKind
from journal_core.declarations import keeping, queries, refusals, rules, use_cases
from journal_core.declarations.form import About, Answer, Level, Question
from journal_core.declarations.model import Declaration, DeclarationAnswer, DeclarationRemoval, Definition
from journal_core.declarations.use_cases import Subject
from journal_core.keyring import KeyMissing, Keyring, SealBroken
from journal_core.organisation.model import CareProvider
from journal_core.refusal import Refusal
from journal_core.transaction import Database
from portal.web.languages import LANGUAGES
from tests.build import cast
from tests.build.builders import (
    KEYS,
    MONDAY,
    Offer,
    a_booking,
    a_category,
    a_reason,
    a_staff_account,
    a_time,
    a_type,
    an_offer,
    open_time_for,
)
from tests.build.clocks import START
from tests.build.forms import ABOUT, FORM, a_question, answers_to, forms
from tests.build.statements import count_statements

SECRET = "Svullnad i halsen efter jordnötter"
ALL_FINE = {"allergy": Answer(("no",)), "ill": Answer(("no",))}
DEVIATING = {"allergy": Answer(("yes",)), "allergy-to": Answer(("egg",)), "told": Answer((SECRET,)), "ill": Answer(("no",))}


@dataclass(frozen=True)
class Place:
    """A clinic whose visits ask for a declaration."""

    offer: Offer
    definition: Definition

    @property
    def provider_id(self) -> int:
        return self.offer.clinic.unit.provider_id


def a_place(session: Session, validity: int | None = None, form: tuple[Question, ...] = FORM) -> Place:
    offer = an_offer(session)
    made = use_cases.define(session, offer.clinic.unit.provider_id, "Vaccination", "vaccination", form, validity, START)
    use_cases.require(session, offer.kind.id, made.id)
    return Place(offer, made)


def a_visit(session: Session, place: Place, minute: int = 540) -> Visit:
    booking = a_booking(session, place.offer, time=a_time(minute, MONDAY), coming=(cast.BOOKER.coming,))
    return booking.visits[0]


def begun(session: Session, place: Place, visit: Visit, now: datetime = START, owner: str | None = "webbläsare") -> Declaration:
    subject = Subject(visit.person_id, place.provider_id, place.offer.clinic.id, About(40, "tbe"), visit.id)
    return use_cases.begin(session, LINK, queries.newest(session, place.definition.id), subject, owner, now)


def told(
    session: Session, place: Place, visit: Visit, said: Mapping[str, Answer] = ALL_FINE, now: datetime = START
) -> Declaration:
    made = begun(session, place, visit, now)
    use_cases.answer(session, KEYS, made, said, "sv", "webbläsare", now)
    use_cases.send(session, LINK, KEYS, made, now)
    return made


def history(session: Session, place: Place, visit: Visit) -> list[queries.Known]:
    return queries.known(session, place.provider_id, [visit.person_id]).get(visit.person_id, [])


def stand(session: Session, place: Place, visit: Visit) -> queries.Stand:
    return queries.stands(session, place.provider_id, [visit])[visit.id]


# --- answering ------------------------------------------------------------------------------------------------------------


def test_what_is_sent_is_exactly_what_was_shown(database: Database) -> None:
    with database.writing() as session:
        place = a_place(session)
        made = begun(session, place, a_visit(session, place))
        use_cases.answer(session, KEYS, made, DEVIATING, "sv", None, START)
        use_cases.answer(session, KEYS, made, {"allergy": Answer(("no",))}, "fi", None, START)
        use_cases.send(session, LINK, KEYS, made, START)
        assert {key: one.answer for key, one in use_cases.told(KEYS, made).items()} == ALL_FINE
        assert use_cases.told(KEYS, made)["allergy"].language == "fi"
        assert use_cases.deviating(KEYS, made) == {}
        logged = session.scalars(select(AccessLogRow).where(AccessLogRow.action == Action.DECLARED)).one()
        assert logged.person_id == made.person_id


def test_what_deviates_is_known_without_reading_the_answers(database: Database) -> None:
    with database.writing() as session:
        place = a_place(session)
        made = told(session, place, a_visit(session, place), DEVIATING)
        assert use_cases.deviating(KEYS, made) == {"allergy": Level.LOOK, "allergy-to": Level.STOP, "told": Level.LOOK}


def test_unfinished_it_is_not_sent_and_sent_it_stands(database: Database) -> None:
    with database.writing() as session:
        place = a_place(session)
        made = begun(session, place, a_visit(session, place))
        use_cases.answer(session, KEYS, made, {"allergy": Answer(("yes",)), "ill": Answer(("no",))}, "sv", None, START)
        with pytest.raises(Refusal) as refused:
            use_cases.send(session, LINK, KEYS, made, START)
        assert refused.value.code == refusals.UNFINISHED and made.sent_at is None
        use_cases.answer(session, KEYS, made, {"allergy": Answer(("no",))}, "sv", None, START)
        use_cases.send(session, LINK, KEYS, made, START)
        use_cases.send(session, LINK, KEYS, made, START + timedelta(hours=1))
        assert made.sent_at == START, "sent twice it was sent once"
        with pytest.raises(Refusal) as refused:
            use_cases.answer(session, KEYS, made, ALL_FINE, "sv", None, START)
        assert refused.value.code == refusals.ALREADY_SENT


def test_who_began_finishes_the_version_that_was_begun(database: Database) -> None:
    """What was answered stays tied to what was asked, to the letter."""
    with database.writing() as session:
        place = a_place(session)
        visit = a_visit(session, place)
        made = begun(session, place, visit)
        other = (a_question("allergy", text={"sv": "En annan fråga"}), a_question("new"))
        use_cases.change(session, place.definition, other, 30, START)
        use_cases.answer(session, KEYS, made, ALL_FINE, "sv", None, START)
        use_cases.send(session, LINK, KEYS, made, START)
        assert use_cases.form_of(made) == FORM and made.version.number == 1
        later = begun(session, place, visit)
        assert later.version.number == 2 and use_cases.form_of(later) == other


def test_a_change_that_changes_nothing_is_no_version(database: Database) -> None:
    with database.writing() as session:
        place = a_place(session)
        assert use_cases.change(session, place.definition, FORM, None, START).number == 1
        with pytest.raises(Refusal) as refused:
            use_cases.change(session, place.definition, FORM, 366, START)
        assert refused.value.code == refusals.VALIDITY


def test_earlier_answers_are_copied_where_the_question_is_the_same(database: Database) -> None:
    with database.writing() as session:
        place = a_place(session)
        visit = a_visit(session, place)
        old = told(session, place, visit, DEVIATING)
        other = tuple(a_question("ill") if one.key == "ill" else one for one in FORM)
        use_cases.change(session, place.definition, other, None, START)
        new = begun(session, place, visit)
        use_cases.copy_answers(session, KEYS, old, new, "ny", START)
        assert use_cases.told(KEYS, new).keys() == {"allergy", "allergy-to", "told"}, (
            "the one that was worded anew is asked anew"
        )


def test_the_systems_own_is_written_once_and_follows_what_is_shipped(database: Database) -> None:
    shipped = bank().of_system
    with database.writing() as session:
        first = use_cases.system_definition(session, shipped, START)
        assert use_cases.system_definition(session, shipped, START).id == first.id
        assert len(first.versions) == 1 and first.provider_id is None


@given(form=forms(), about=ABOUT, data=st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_is_answered_in_whatever_order_exactly_what_is_shown_is_stored(
    sqlite_database: Database, form: tuple[Question, ...], about: About, data: st.DataObject
) -> None:
    """Any form that can be saved, in any language, with changes of mind."""
    assume(not rules.faults(form))
    with sqlite_database.writing() as session:
        place = a_place(session, form=form)
        visit = a_visit(session, place)
        subject = Subject(visit.person_id, place.provider_id, place.offer.clinic.id, about, visit.id)
        made = use_cases.begin(session, LINK, queries.newest(session, place.definition.id), subject, None, START)
        said: dict[str, Answer] = {}
        read: dict[str, str] = {}

        def say(question: Question) -> None:
            said[question.key] = data.draw(answers_to(question))
            read[question.key] = data.draw(st.sampled_from(list(LANGUAGES)))
            use_cases.answer(session, KEYS, made, {question.key: said[question.key]}, read[question.key], None, START)

        def say_all() -> None:
            while (waiting := rules.unanswered(form, said, about)) is not None:
                say(waiting)

        say_all()
        awaited = {one.question for question in form for one in question.after}
        for _change in range(3):
            for question in rules.asked(form, said, about):
                if question.key in awaited:
                    say(question)
            if data.draw(st.booleans()):
                say_all()
        say_all()
        use_cases.send(session, LINK, KEYS, made, START)
        shown_keys = [one.key for one in rules.asked(form, said, about)]
        kept = use_cases.told(KEYS, made)
        assert {key: (one.answer, one.language) for key, one in kept.items()} == {
            key: (said[key], read[key]) for key in shown_keys
        }


# --- vaccinations (domain §6) ---------------------------------------------------------------------------------------------


@pytest.fixture
def nurse() -> Actor:
    return Actor(ActorKind.STAFF, 1, 1)


def finish(session: Session, nurse: Actor, visit: Visit, now: datetime = START) -> None:
    for act in (Act.ARRIVE, Act.START, Act.FINISH):
        arrivals.change(session, nurse, visit, act, now)


def test_without_validity_a_vaccination_consumes_it_and_taking_that_back_gives_it_back(
    database: Database, nurse: Actor
) -> None:
    with database.writing() as session:
        place = a_place(session)
        visit = a_visit(session, place)
        told(session, place, visit)
        finish(session, nurse, visit)
        assert stand(session, place, visit).known is not None, "it was gone through at this visit"
        other = a_visit_of_another_kind(session, place)
        assert stand(session, place, other).known is None, "and serves no other"
        arrivals.change(session, nurse, visit, Act.UNDO, START)
        assert stand(session, place, other).known is not None


def test_a_visit_that_is_done_keeps_the_one_that_was_gone_through_there(database: Database, nurse: Actor) -> None:
    with database.writing() as session:
        place = a_place(session, 90)
        visit = a_visit(session, place)
        gone_through = told(session, place, visit)
        finish(session, nurse, visit)
        newer = told(session, place, a_visit_of_another_kind(session, place), DEVIATING, START + timedelta(hours=1))
        assert newer.person_id == visit.person_id
        found = stand(session, place, visit).known
        assert found is not None and found.id == gone_through.id


def test_each_vaccination_consumes_what_was_told_for_it_though_the_latest_is_what_one_goes_by(
    database: Database, nurse: Actor
) -> None:
    with database.writing() as session:
        place = a_place(session)
        first, second = a_visit(session, place), a_visit_of_another_kind(session, place)
        for_first = told(session, place, first)
        for_second = told(session, place, second, DEVIATING, START + timedelta(hours=1))
        serves = stand(session, place, first).known
        assert serves is not None and serves.id == for_second.id, "the latest counts"
        finish(session, nurse, first, START + timedelta(hours=2))
        used = {one.id: one.vaccinations for one in history(session, place, first)}
        assert used == {for_first.id: 1, for_second.id: 0}
        gone_through, waits = stand(session, place, first).known, stand(session, place, second).known
        assert gone_through is not None and gone_through.id == for_second.id, "which was the latest then"
        assert waits is not None and waits.id == for_second.id
        finish(session, nurse, second, START + timedelta(hours=3))
        assert {one.vaccinations for one in history(session, place, first)} == {1}


def test_what_was_told_for_a_visit_serves_it_though_a_newer_one_is_used_up(database: Database, nurse: Actor) -> None:
    with database.writing() as session:
        place = a_place(session)
        first, second = a_visit(session, place), a_visit_of_another_kind(session, place)
        for_first = told(session, place, first)
        told(session, place, second, now=START + timedelta(hours=1))
        finish(session, nurse, second, START + timedelta(hours=2))
        serves = stand(session, place, first).known
        assert serves is not None and serves.id == for_first.id
        finish(session, nurse, first, START + timedelta(hours=3))
        assert [one.vaccinations for one in history(session, place, first)] == [1, 1]


def test_what_counted_before_a_stranger_told_counts_beside_it_once_the_visit_is_done(database: Database, nurse: Actor) -> None:
    with database.writing() as session:
        place = a_place(session, validity=90)
        visit = a_visit(session, place)
        vouched, strangers = told(session, place, visit, DEVIATING), told(session, place, visit, now=START + timedelta(hours=1))
        strangers.told_by, strangers.visit_id, vouched.visit_id = ActorKind.STRANGER, None, None
        session.flush()
        for done in (False, True):
            if done:
                finish(session, nurse, visit, START + timedelta(hours=2))
            found = stand(session, place, visit)
            assert found.known is not None and found.beside is not None
            assert (found.known.id, found.beside.id) == (strangers.id, vouched.id)


def test_a_vaccination_prolongs_the_one_that_counts(database: Database, nurse: Actor) -> None:
    with database.writing() as session:
        place = a_place(session, validity=10)
        first, second = a_visit(session, place), a_visit_of_another_kind(session, place)
        told(session, place, first)
        newest = told(session, place, second, now=START + timedelta(hours=1))
        finish(session, nurse, first, START + timedelta(hours=2))
        assert {one.id: one.vaccinations for one in history(session, place, first)}[newest.id] == 1


def a_visit_of_another_kind(session: Session, place: Place, minute: int = 600, kind: ReasonKind | None = None) -> Visit:
    """The same person, another category with the same definition."""
    reason = a_reason(session, "annat", kind=kind) if kind else place.offer.category.reason
    category = a_category(session, place.offer.clinic, name=f"Annat {minute}", reason=reason)
    other = a_type(session, category)
    open_time_for(session, place.offer.clinic, other)
    use_cases.require(session, other.id, place.definition.id)
    offer = Offer(place.offer.clinic, category, other)
    return a_booking(session, offer, time=a_time(minute, MONDAY), coming=(cast.BOOKER.coming,)).visits[0]


def test_with_validity_each_vaccination_prolongs_it_by_as_many_days(database: Database, nurse: Actor) -> None:
    with database.writing() as session:
        place = a_place(session, validity=10)
        visit = a_visit(session, place)
        made = told(session, place, visit)
        known = history(session, place, visit)[0]
        assert known.good_until == START.date() + timedelta(days=10)
        finish(session, nurse, visit)
        arrivals.change(session, nurse, visit, Act.UNDO, START)
        arrivals.change(session, nurse, visit, Act.FINISH, START)
        known = history(session, place, visit)[0]
        assert (known.id, known.good_until) == (made.id, START.date() + timedelta(days=20)), "once a visit"


def test_a_visit_that_is_no_vaccination_uses_nothing(database: Database, nurse: Actor) -> None:
    with database.writing() as session:
        place = a_place(session)
        visit = a_visit_of_another_kind(session, place, kind=ReasonKind.OTHER)
        told(session, place, visit)
        finish(session, nurse, visit)
        assert history(session, place, visit)[0].vaccinations == 0


def test_the_latest_counts_and_the_others_remain(database: Database) -> None:
    with database.writing() as session:
        place = a_place(session)
        visit = a_visit(session, place)
        told(session, place, visit, DEVIATING)
        second = told(session, place, visit, now=START + timedelta(hours=1))
        found = stand(session, place, visit).known
        assert found is not None and found.id == second.id
        assert len(history(session, place, visit)) == 2


def test_of_another_provider_nothing_counts(database: Database) -> None:
    with database.writing() as session:
        place, elsewhere = a_place(session, 30), a_place(session, 30)
        told(session, place, a_visit(session, place))
        visit = a_visit(session, elsewhere)
        assert stand(session, elsewhere, visit) == queries.Stand(elsewhere.definition.id, None)
        assert history(session, elsewhere, visit) == []


def test_how_it_stands_is_asked_with_as_many_statements_for_many_visits(database: Database) -> None:
    with database.writing() as session:
        place = a_place(session)
        visits = [a_visit(session, place)]
        told(session, place, visits[0])
    counts = []
    for more in (0, 6):
        with database.writing() as session:
            for n in range(more):
                visit = a_visit_of_another_kind(session, place, 600 + 10 * n)
                told(session, place, visit)
        with database.reading() as session:
            all_visits = session.scalars(select(Visit)).all()
            for visit in all_visits:
                assert visit.booking.type.id
            with count_statements(database) as sent:
                queries.stands(session, place.provider_id, all_visits)
            counts.append(len(sent))
    assert counts == [3, 3]


# --- kept safe ------------------------------------------------------------------------------------------------------------

TABLES = ("declaration", "declaration_answer", "declaration_comment", "declaration_use")


def test_nothing_that_was_said_stands_in_the_database(database: Database, nurse: Actor) -> None:
    with database.writing() as session:
        place = a_place(session)
        made = told(session, place, a_visit(session, place), DEVIATING)
        account = a_staff_account(session, session.merge(place.offer.clinic))
        use_cases.comment(session, Actor(ActorKind.STAFF, account.id), KEYS, made, SECRET, START)
        session.flush()
        rows = [
            str(tuple(bytes(v) if isinstance(v, memoryview) else v for v in row))
            for table in TABLES
            for row in session.execute(text(f"SELECT * FROM {table}"))
        ]
        assert rows and [row for row in rows if SECRET in row or "egg" in row or SECRET.encode().hex() in row] == []
        assert use_cases.comment_text(KEYS, made.comments[0]) == SECRET


def test_answers_that_change_places_are_refused_and_named(database: Database) -> None:
    with database.writing() as session:
        place = a_place(session)
        made = told(session, place, a_visit(session, place), DEVIATING)
        rows = {row.question: row.answer for row in made.answers}
        for question, other in (("allergy", "ill"), ("ill", "allergy")):
            session.execute(update(DeclarationAnswer).where(DeclarationAnswer.question == question).values(answer=rows[other]))
        session.expire_all()
        with pytest.raises(SealBroken, match=f"declaration-answer:{made.id}:"):
            use_cases.told(KEYS, made)


def test_keys_are_changed_without_losing_anything(database: Database) -> None:
    both = Keyring({"new": b"n" * 32, **KEYS.keys}, "new")
    alone = Keyring({"new": b"n" * 32}, "new")
    with database.writing() as session:
        place = a_place(session)
        made = told(session, place, a_visit(session, place), DEVIATING)
        use_cases.comment(session, Actor(ActorKind.STAFF), KEYS, made, "Pratat", START)
        with pytest.raises(KeyMissing, match="test"):
            use_cases.told(alone, made)
        ids = keeping.ids_after(session, 0)
        assert keeping.seal_anew(session, both, ids) == (6, []), "four answers, a comment, what deviates"
        assert keeping.seal_anew(session, both, ids) == (0, [])
        session.expire_all()
        assert use_cases.told(alone, made)["told"].answer == Answer((SECRET,))
        assert use_cases.deviating(alone, made) and use_cases.comment_text(alone, made.comments[0]) == "Pratat"


def test_what_a_provider_keeps_no_longer_is_removed_and_a_row_says_so(database: Database, nurse: Actor) -> None:
    with database.writing() as session:
        place, other = a_place(session), a_place(session)
        visit = a_visit(session, place)
        old = told(session, place, visit, now=START - timedelta(days=400))
        use_cases.comment(session, Actor(ActorKind.STAFF), KEYS, old, "Pratat", START)
        finish(session, nurse, visit)
        kept = told(session, place, visit, now=START)
        elsewhere = told(session, other, a_visit(session, other), now=START - timedelta(days=400))
        provider = session.get_one(CareProvider, place.provider_id)
        assert keeping.remove_due(session, provider, START) == 0, "without a setting nothing is removed"
        provider.declarations_kept_months = 12
        assert keeping.remove_due(session, provider, START) == 1
        assert set(session.scalars(select(Declaration.id))) == {kept.id, elsewhere.id}
        row = session.scalars(select(DeclarationRemoval)).one()
        assert (row.provider_id, row.count, row.at) == (provider.id, 1, START)


@pytest.mark.parametrize(
    ("validity", "days_ago", "cancelled", "kept"),
    [
        (None, 400, False, True),
        (None, 400, True, False),
        (365, 400, True, False),
        (365, 60, True, True),
    ],
    ids=["serves a visit to come", "serves none", "held once", "holds still"],
)
def test_what_is_needed_still_is_not_removed(
    database: Database, validity: int | None, days_ago: int, cancelled: bool, kept: bool
) -> None:
    with database.writing() as session:
        place = a_place(session, validity)
        visit = a_visit(session, place)
        told(session, place, visit, now=START - timedelta(days=days_ago))
        if cancelled:
            session.get_one(Booking, visit.booking_id).cancelled_at = START
        session.flush()
        provider = session.get_one(CareProvider, place.provider_id)
        provider.declarations_kept_months = 1
        assert keeping.remove_due(session, provider, START) == (not kept)
        assert len(history(session, place, visit)) == kept


@pytest.mark.parametrize("same", [True, False], ids=["the same questions", "others"])
def test_what_makes_a_mark_is_needed_whoever_told_more_since(database: Database, same: bool) -> None:
    with database.writing() as session:
        place = a_place(session)
        visit = a_visit(session, place)
        made = told(session, place, visit, DEVIATING, START - timedelta(days=60))
        if not same:
            provider_id = place.provider_id
            other = use_cases.define(session, provider_id, "Andra", "", FORM, None, START)
            use_cases.require(session, place.offer.kind.id, other.id)
            made.visit_id = None
        strangers = told(session, place, visit)
        strangers.told_by, strangers.visit_id = ActorKind.STRANGER, None
        session.flush()
        provider = session.get_one(CareProvider, place.provider_id)
        provider.declarations_kept_months = 1
        assert keeping.remove_due(session, provider, START) == 0


def test_what_somebody_answers_still_is_not_removed(database: Database) -> None:
    with database.writing() as session:
        place = a_place(session)
        made = begun(session, place, a_visit(session, place), START - timedelta(days=70))
        provider = session.get_one(CareProvider, place.provider_id)
        provider.declarations_kept_months = 1
        use_cases.answer(session, KEYS, made, {"allergy": Answer(("no",))}, "sv", None, START)
        assert keeping.remove_due(session, provider, START) == 0
        assert keeping.remove_due(session, provider, START + timedelta(days=70)) == 1


def test_a_booking_that_is_cancelled_keeps_what_was_told(database: Database) -> None:
    with database.writing() as session:
        place = a_place(session, 30)
        visit = a_visit(session, place)
        told(session, place, visit)
        session.get_one(Booking, visit.booking_id).cancelled_at = START
        assert len(history(session, place, visit)) == 1
