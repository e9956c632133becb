"""Declarations as they are kept: sealed, sealed anew, and removed when their time is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from journal_core.actor import Actor, ActorKind
from journal_core.booking.model import Booking
from journal_core.declarations import keeping, use_cases
from journal_core.declarations.form import Answer
from journal_core.declarations.model import Declaration, DeclarationAnswer, DeclarationRemoval
from journal_core.keyring import KeyMissing, Keyring, SealBroken
from journal_core.organisation.model import CareProvider
from journal_core.transaction import Database
from tests.build.builders import (
    KEYS,
    a_staff_account,
)
from tests.build.clocks import START
from tests.build.forms import FORM
from tests.build.told import DEVIATING, SECRET, a_place, a_visit, a_visit_of_another_kind, begun, finish, history, told


@pytest.fixture
def nurse() -> Actor:
    return Actor(ActorKind.STAFF, 1, 1)


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


def test_what_a_visit_to_come_will_consume_is_not_removed(database: Database) -> None:
    """Though one goes by what was told since for another."""
    with database.writing() as session:
        place = a_place(session)
        told(session, place, a_visit(session, place), now=START - timedelta(days=70))
        told(session, place, a_visit_of_another_kind(session, place))
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
