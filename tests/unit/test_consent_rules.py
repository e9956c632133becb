"""Who has to consent, until when, and what holds: by the last event of each request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal_core.booking.model import Booking, Visit
from journal_core.booking.rules import Time
from journal_core.catalogue.model import ProviderReason
from journal_core.catalogue.rules import ConsentNeed
from journal_core.clock import instant_of
from journal_core.consent import refusals, rules
from journal_core.consent.model import Answer, ConsentEvent, ConsentRequest
from journal_core.consent.rules import Standing
from journal_core.organisation.model import CareProvider, CareUnit, Clinic, Module, ModuleSwitch
from journal_core.persons.model import Person
from journal_core.refusal import Refusal

ASKED, GIVEN, REFUSED, WITHDRAWN = Answer
DIGITAL = ConsentNeed.DIGITAL
DAY = date(2026, 11, 23)
TEN = Time(DAY, 10 * 60)
EVE = instant_of(DAY, 0)
"""When the day before ends."""
BEFORE = EVE - timedelta(days=2)
MINUTE = timedelta(minutes=1)


def a_guardian(number: int = 1, **facts: object) -> Person:
    return Person(**{"id": number, "identity": f"{number:012}", "protected": False, "birth_date": date(1985, 1, 1), **facts})


def a_request(*answers: Answer, guardian: Person | None = None, at: datetime = BEFORE) -> ConsentRequest:
    """With these events, one after the other."""
    guardian = guardian or a_guardian()
    events = [ConsentEvent(at=at, answer=one) for one in answers]
    return ConsentRequest(id=guardian.id, guardian=guardian, guardian_id=guardian.id, events=events)


def judged(*requests: ConsentRequest, need: ConsentNeed = DIGITAL, now: datetime = BEFORE) -> Standing:
    return rules.standing(need, requests, rules.deadline(TEN, requests), now)


# Who


def test_who_books_comes_first_and_both_have_to_where_the_provider_wants_two() -> None:
    one, other = a_guardian(1), a_guardian(2)
    assert rules.required([one, other], 2, 2) == [other, one]
    assert rules.required([one, other], 2, 1) == [other]


def test_a_child_with_one_guardian_needs_one() -> None:
    only = a_guardian(1)
    assert rules.required([only], 1, 2) == rules.required([only], 1, 1) == [only]


def test_nobody_waits_for_the_dead() -> None:
    dead = a_guardian(2, deceased_on=DAY)
    assert [one.id for one in rules.required([a_guardian(1), dead], 1, 2)] == [1]
    assert judged(a_request(ASKED, GIVEN), a_request(ASKED, guardian=dead)) is Standing.GIVEN


@pytest.mark.parametrize(
    ("facts", "asked", "acts"),
    [
        ({}, True, True),
        ({"protected": True}, False, False),
        ({"deceased_on": DAY}, False, False),
        ({"emigrated_on": DAY}, False, True),
        ({"identity": None}, False, True),
    ],
)
def test_who_can_be_asked_by_message_and_who_can_act(facts: dict[str, Any], asked: bool, acts: bool) -> None:
    guardian = a_guardian(**facts)
    assert (rules.can_be_asked(guardian), rules.can_act(guardian)) == (asked, acts)


# Until when


@pytest.mark.parametrize(
    ("asked", "until"),
    [
        (BEFORE, EVE),
        (EVE - MINUTE, EVE),
        (EVE, TEN.instant),
        (EVE + timedelta(hours=8), TEN.instant),
    ],
    ids=["days before", "the minute before midnight", "at midnight", "on the day"],
)
def test_until_the_day_before_ends_and_on_the_day_until_the_visit(asked: datetime, until: datetime) -> None:
    assert rules.answer_by(TEN, asked) == until


def test_the_deadline_follows_the_visit_and_who_is_asked_again() -> None:
    requests = [a_request(ASKED, GIVEN), a_request(ASKED)]
    assert rules.deadline(TEN, requests) == EVE
    assert rules.deadline(Time(DAY + timedelta(days=1), 600), requests) == EVE + timedelta(days=1)
    requests[1].events.append(ConsentEvent(at=EVE + MINUTE, answer=ASKED))
    assert rules.deadline(TEN, requests) == TEN.instant
    assert rules.deadline(TEN, [a_request(ASKED, GIVEN)]) is None


# What holds


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([[ASKED, GIVEN]], Standing.GIVEN),
        ([[ASKED, GIVEN], [ASKED, GIVEN]], Standing.GIVEN),
        ([[ASKED, GIVEN], [ASKED]], Standing.WAITING),
        ([[ASKED, GIVEN], [ASKED, ASKED]], Standing.WAITING),
        ([[ASKED, GIVEN], [ASKED, REFUSED]], Standing.CONFLICT),
        ([[ASKED, GIVEN], [ASKED, REFUSED, GIVEN]], Standing.GIVEN),
        ([[ASKED, GIVEN], [ASKED, GIVEN, WITHDRAWN]], Standing.WITHDRAWN),
        ([[ASKED, GIVEN, WITHDRAWN], [ASKED]], Standing.WITHDRAWN),
        ([[ASKED, GIVEN, WITHDRAWN], [ASKED, REFUSED]], Standing.REFUSED),
        ([[ASKED, REFUSED], [ASKED]], Standing.REFUSED),
        ([[ASKED, REFUSED]], Standing.REFUSED),
        ([[ASKED, GIVEN, WITHDRAWN]], Standing.WITHDRAWN),
        ([[ASKED, GIVEN, WITHDRAWN, GIVEN]], Standing.GIVEN),
        ([[ASKED, GIVEN], []], Standing.NEEDS_STAFF),
        ([[ASKED, REFUSED], []], Standing.REFUSED),
        ([], Standing.NEEDS_STAFF),
    ],
)
def test_each_standing(answers: list[list[Answer]], expected: Standing) -> None:
    requests = [a_request(*events, guardian=a_guardian(number)) for number, events in enumerate(answers)]
    assert judged(*requests) is expected


def test_silence_begins_when_the_time_is_out() -> None:
    requests = a_request(ASKED, GIVEN), a_request(ASKED)
    assert judged(*requests, now=EVE - MINUTE) is Standing.WAITING
    assert judged(*requests, now=EVE) is Standing.SILENT


@pytest.mark.parametrize("facts", [{"protected": True}, {"emigrated_on": DAY}])
def test_who_can_no_longer_be_asked_is_not_waited_for(facts: dict[str, Any]) -> None:
    assert judged(a_request(ASKED, GIVEN), a_request(ASKED, guardian=a_guardian(2, **facts))) is Standing.NEEDS_STAFF
    assert judged(a_request(ASKED, GIVEN), a_request(ASKED, GIVEN, guardian=a_guardian(2, **facts))) is Standing.GIVEN


@pytest.mark.parametrize(
    ("need", "expected"),
    [(ConsentNeed.NONE, Standing.NOT_ASKED), (ConsentNeed.AT_THE_VISIT, Standing.AT_THE_VISIT)],
)
def test_what_nobody_asks_for_any_more_is_not_waited_for_but_a_no_still_stands(need: ConsentNeed, expected: Standing) -> None:
    assert judged(need=need) is expected
    assert judged(a_request(ASKED, GIVEN), a_request(ASKED), need=need) is expected
    assert judged(a_request(ASKED, GIVEN), a_request(ASKED, GIVEN), need=need) is expected
    assert judged(a_request(ASKED, GIVEN), a_request(ASKED, REFUSED), need=need) is Standing.CONFLICT
    assert judged(a_request(ASKED, GIVEN, WITHDRAWN), need=need) is Standing.WITHDRAWN


histories = st.lists(st.sampled_from(Answer), min_size=1, max_size=6)
"""Any order of events, those too that no door can bring about."""
families = st.lists(histories, min_size=1, max_size=3)
needs = st.sampled_from(ConsentNeed)
moments = st.sampled_from([BEFORE, EVE - MINUTE, EVE, TEN.instant])


def family_of(answers: Sequence[Sequence[Answer]]) -> list[ConsentRequest]:
    return [a_request(*events, guardian=a_guardian(number)) for number, events in enumerate(answers, start=1)]


@given(families, needs, moments)
def test_the_order_among_guardians_says_nothing(answers: list[list[Answer]], need: ConsentNeed, now: datetime) -> None:
    requests = family_of(answers)
    assert judged(*requests, need=need, now=now) is judged(*reversed(requests), need=need, now=now)


@given(families, families, needs, moments)
def test_only_the_last_event_of_each_counts(
    answers: list[list[Answer]], earlier: list[list[Answer]], need: ConsentNeed, now: datetime
) -> None:
    by = EVE
    longer = [[*before, *events] for before, events in zip([*earlier, *[[]] * 3], answers, strict=False)]
    first, second = (rules.standing(need, family_of(each), by, now) for each in (answers, longer))
    assert first is second


@given(families, needs, moments)
def test_given_means_by_everybody(answers: list[list[Answer]], need: ConsentNeed, now: datetime) -> None:
    by_everybody = need is DIGITAL and {events[-1] for events in answers} == {GIVEN}
    assert (judged(*family_of(answers), need=need, now=now) is Standing.GIVEN) is by_everybody


@given(families, needs, moments)
def test_a_yes_and_an_explicit_no_are_always_a_conflict(answers: list[list[Answer]], need: ConsentNeed, now: datetime) -> None:
    both = {GIVEN, REFUSED} <= {events[-1] for events in answers}
    assert (judged(*family_of(answers), need=need, now=now) is Standing.CONFLICT) is both


@given(families, needs, moments, moments)
def test_time_turns_waiting_into_silence_and_nothing_else(
    answers: list[list[Answer]], need: ConsentNeed, now: datetime, then: datetime
) -> None:
    waits = {Standing.WAITING, Standing.SILENT}
    first, second = (judged(*family_of(answers), need=need, now=moment) for moment in (now, then))
    assert first is second or {first, second} == waits


A_CLINIC = Clinic(
    unit=CareUnit(provider=CareProvider(modules=[ModuleSwitch(module=one) for one in (Module.IVT_EID, Module.IVT_CONSENT)])),
    eid_booking=True,
)
SETTING = ProviderReason(eid_demanded=True, digital_consent=True, consent_until_age=15)


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        (date(2010, 11, 24), Standing.CONFLICT),
        (date(2008, 11, 24), Standing.CONFLICT),
        (date(2008, 11, 23), Standing.NOT_ASKED),
    ],
    ids=["15", "17 and over the limit", "18 that day"],
)
def test_a_new_adult_decides_alone(born: date, expected: Standing) -> None:
    visit = Visit(booking=Booking(day=DAY, start_minute=600), person=Person(birth_date=born))
    requests = [a_request(ASKED, GIVEN), a_request(ASKED, REFUSED)]
    assert rules.standing_of(A_CLINIC, SETTING, visit, requests, BEFORE) is expected


def test_a_visit_is_judged_by_its_own_time_and_what_the_provider_asks() -> None:
    visit = Visit(booking=Booking(day=DAY, start_minute=600), person=Person(birth_date=date(2019, 5, 2)))
    requests = [a_request(ASKED, GIVEN), a_request(ASKED)]
    assert rules.standing_of(A_CLINIC, SETTING, visit, requests, EVE - MINUTE) is Standing.WAITING
    assert rules.standing_of(A_CLINIC, SETTING, visit, requests, EVE) is Standing.SILENT
    assert rules.standing_of(A_CLINIC, None, visit, requests, EVE) is Standing.NOT_ASKED


# Answering


@given(st.lists(st.booleans(), min_size=1, max_size=12))
def test_what_is_said_last_holds_and_nothing_is_written_twice(said: list[bool]) -> None:
    events = [ASKED]
    for yes in said:
        event = rules.written(events[-1], yes=yes)
        events += [event] if event else []
    assert (events[-1] is GIVEN) is said[-1]
    assert all(one is not other for one, other in pairwise(events))
    assert all((one is GIVEN) is (other is WITHDRAWN) for one, other in pairwise(events))


@dataclass
class Situation:
    """The other guardian answers, some days before the visit."""

    request: ConsentRequest = field(default_factory=lambda: a_request(ASKED, guardian=a_guardian(2)))
    guardians: list[Person] = field(default_factory=lambda: [a_guardian(1), a_guardian(2)])
    answers: int | None = 2
    now: datetime = BEFORE

    def __post_init__(self) -> None:
        child = Person(id=9, birth_date=date(2019, 5, 2), protected=False)
        self.request.visit = Visit(booking=Booking(day=DAY, start_minute=600), person=child)

    def verdict(self) -> str | None:
        try:
            rules.check_answer(self.request, self.answers, self.guardians, self.now)
        except Refusal as refusal:
            return refusal.code
        return None

    def verdict_on_asking(self, asker: int = 1, *, reached: bool = True) -> str | None:
        try:
            rules.check_asker(self.request, [a_request(ASKED, GIVEN), self.request], asker, self.guardians)
            rules.check_asking_again(self.request, self.guardians, self.now, reached=reached)
        except Refusal as refusal:
            return refusal.code
        return None


def another(it: Situation) -> None:
    it.answers = 1


def nobody(it: Situation) -> None:
    it.answers = None


def guardian_no_more(it: Situation) -> None:
    it.guardians.pop()


def protected_guardian(it: Situation) -> None:
    it.request.guardian.protected = True


def protected_child(it: Situation) -> None:
    it.request.visit.person.protected = True


def sealed_child(it: Situation) -> None:
    it.request.visit.person.sealed_at = BEFORE


def grown_up(it: Situation) -> None:
    it.request.visit.person.birth_date = date(2008, 11, 23)


def never_asked(it: Situation) -> None:
    it.request.events.clear()


def begun(it: Situation) -> None:
    it.now = TEN.instant


def cancelled(it: Situation) -> None:
    it.request.visit.booking.cancelled_at = BEFORE


NOT_THEIRS = [another, nobody, guardian_no_more, protected_guardian, protected_child, sealed_child, grown_up, never_asked]


def test_a_guardian_answers_until_the_visit_begins() -> None:
    assert Situation().verdict() is None
    assert Situation(now=TEN.instant - MINUTE).verdict() is None


@pytest.mark.parametrize("happens", NOT_THEIRS)
def test_what_is_not_theirs_is_not_there(happens) -> None:
    situation = Situation(now=TEN.instant)
    happens(situation)
    assert situation.verdict() == refusals.NOT_YOURS, "even where it is too late"


@pytest.mark.parametrize("happens", [begun, cancelled])
def test_what_has_begun_or_is_cancelled_takes_no_answers(happens) -> None:
    situation = Situation()
    happens(situation)
    assert situation.verdict() == situation.verdict_on_asking() == refusals.CONSENT_TOO_LATE
    assert not rules.is_answerable(situation.request, situation.now)


def test_another_guardian_of_the_same_visit_has_it_asked_again_after_a_day() -> None:
    a_day_later = BEFORE + rules.ASKED_AGAIN_AFTER
    assert Situation(now=a_day_later).verdict_on_asking() is None
    assert Situation(now=a_day_later - MINUTE).verdict_on_asking() == refusals.CONSENT_ASKED_RECENTLY
    assert Situation().verdict_on_asking(reached=False) is None, "nobody has got a message yet"


def test_who_has_answered_is_not_asked_again() -> None:
    for last in (GIVEN, REFUSED, WITHDRAWN):
        situation = Situation(a_request(ASKED, last, guardian=a_guardian(2)), now=BEFORE + timedelta(days=1))
        assert situation.verdict_on_asking() == refusals.CONSENT_ANSWERED


@pytest.mark.parametrize("asker", [2, 3], ids=["oneself", "a stranger"])
def test_nobody_else_has_it_asked_again(asker: int) -> None:
    assert Situation(now=BEFORE + timedelta(days=1)).verdict_on_asking(asker) == refusals.NOT_YOURS


def test_a_guardian_no_more_has_nothing_asked_again() -> None:
    situation = Situation(now=BEFORE + timedelta(days=1))
    del situation.guardians[0]
    assert situation.verdict_on_asking() == refusals.NOT_YOURS


@pytest.mark.parametrize("happens", [one for one in NOT_THEIRS if one not in (another, nobody)])
def test_who_may_not_answer_is_not_asked_again(happens) -> None:
    situation = Situation(now=BEFORE + timedelta(days=1))
    happens(situation)
    assert situation.verdict_on_asking() == refusals.NOT_YOURS


def test_who_has_emigrated_answers_but_is_not_asked_again() -> None:
    situation = Situation(now=BEFORE + timedelta(days=1))
    situation.request.guardian.emigrated_on = DAY
    assert situation.verdict() is None
    assert situation.verdict_on_asking() == refusals.NOT_YOURS
