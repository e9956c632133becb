"""Guardians who answer at the same instant: each answer is one event, and none comes once the visit is cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from journal_core.clock import days_from
from journal_core.consent import queries
from journal_core.consent.model import Answer, ConsentEvent, ConsentRequest, ConsentText
from journal_core.transaction import Database
from tests.build.builders import MONDAY, a_time
from tests.build.consents import a_childs_booking, a_consenting_offer, a_family, requests_of
from tests.build.engines import url_of
from tests.races.race import Outcome, race
from tests.races.racers import answer_consent, answer_consent_unguarded, cancel_or_answer

ASKED, GIVEN, REFUSED, WITHDRAWN = Answer


def asked(database: Database, count: int = 1) -> list[ConsentRequest]:
    """To the other guardian, about so many visits. The booker has read the text in another language."""
    days = days_from(MONDAY, count)
    with database.writing() as session:
        offer, family = a_consenting_offer(session, days=days, category={"series": True}), a_family(session)
        made = [a_childs_booking(session, offer, family, time=a_time(day=day)) for day in days]
        return [requests_of(session, one)[1] for one in made]


def events_of(database: Database, request: ConsentRequest) -> list[Answer]:
    with database.reading() as session:
        query = select(ConsentEvent.answer).where(ConsentEvent.request_id == request.id).order_by(ConsentEvent.id)
        return list(session.scalars(query))


def runs(requests: Sequence[ConsentRequest], *answers: bool) -> list[dict[str, object]]:
    """Each request is answered so, all at once."""
    return [
        {"request_id": request.id, "guardian_id": request.guardian_id, "yes": yes} for request in requests for yes in answers
    ]


def each_answer_is_one_event(database: Database, outcomes: Sequence[Outcome], requests: Sequence[ConsentRequest]) -> None:
    """Nobody got an error, no answer stands twice in a row, and only what was given is withdrawn."""
    assert [outcome.error or outcome.refusal for outcome in outcomes] == [None] * len(outcomes)
    for request in requests:
        events = events_of(database, request)
        assert events[0] is ASKED and ASKED not in events[1:]
        assert all(one is not other for one, other in pairwise(events))
        assert all((one is GIVEN) is (other is WITHDRAWN) for one, other in pairwise(events))


def test_answers_to_one_request_come_one_after_the_other_and_a_text_is_made_once(database: Database) -> None:
    requests = asked(database, 2)
    outcomes = race(url_of(database), answer_consent, runs(requests, True, True, False, False))
    each_answer_is_one_event(database, outcomes, requests)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ConsentText)) == 2


def test_without_the_lock_the_same_answer_is_written_twice_or_fails(database: Database) -> None:
    requests = asked(database)
    outcomes = race(url_of(database), answer_consent_unguarded, runs(requests, True, True, True, True))
    with pytest.raises(AssertionError):
        each_answer_is_one_event(database, outcomes, requests)
    errors = {outcome.error.split(":")[0] for outcome in outcomes if outcome.error}
    assert errors <= {"OperationalError"}
    assert len(events_of(database, requests[0])) == (2 if errors else 5)


def test_no_answer_comes_once_the_visit_is_cancelled(database: Database) -> None:
    [request] = asked(database)
    with database.reading() as session:
        booking_id = queries.booking_of(session, request.id)
    answering = {"booking_id": booking_id, "request_id": request.id, "guardian_id": request.guardian_id}
    outcomes = race(url_of(database), cancel_or_answer, [{"booking_id": booking_id}, answering, answering])
    assert outcomes[0].booking_id == booking_id
    assert [outcome.error for outcome in outcomes] == [None] * 3
    assert {outcome.refusal for outcome in outcomes[1:]} <= {None, "consent_too_late"}
    came_first = any(outcome.refusal is None for outcome in outcomes[1:])
    assert events_of(database, request) == ([ASKED, GIVEN] if came_first else [ASKED])
