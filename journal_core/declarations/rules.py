"""Judging declarations: which questions are asked, what an answer may be, what deviates, what a definition may be saved as,
and how long a declaration holds."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from journal_core.declarations import refusals
from journal_core.declarations.form import (
    ANY,
    NONE,
    YES,
    About,
    Answer,
    Answers,
    Condition,
    Kind,
    Level,
    Question,
)
from journal_core.refusal import Refusal
from journal_core.texts import WRITTEN_IN

LONGEST_VALIDITY = 365
"""Days (domain §6)."""
BEGUN_LIFE = timedelta(days=30)
"""What was begun without a visit is gone on with for so long; health changes."""
FORMS = {Kind.NUMBER, Kind.DATE, Kind.TEXT}
"""Kinds where one writes."""
LEVELS = tuple(Level)
POINTS = str.maketrans({",": ".", "٫": "."})


# --- what is asked --------------------------------------------------------------------------------------------------------


def asked(form: Sequence[Question], answers: Answers, about: About) -> list[Question]:
    """Those that are shown, in order. Conditions look at earlier questions only, so one look from the top is enough."""
    found: dict[str, Question] = {}
    for question in form:
        if _concerns(question, about) and all(_holds(one, found, answers) for one in question.after):
            found[question.key] = question
    return list(found.values())


def _concerns(question: Question, about: About) -> bool:
    old_enough = question.min_age is None or about.age >= question.min_age
    young_enough = question.max_age is None or about.age <= question.max_age
    return old_enough and young_enough and (not question.reasons or about.reason is None or about.reason in question.reasons)


def _holds(condition: Condition, found: Mapping[str, Question], answers: Answers) -> bool:
    """What is hidden is answered by nobody, whatever was said while it was shown."""
    answer = answers.get(condition.question) if condition.question in found else None
    return answer is not None and bool(condition.answers & set(answer.values))


def unanswered(form: Sequence[Question], answers: Answers, about: About) -> Question | None:
    """The first that is shown and waits for an answer; None when all is said."""
    return next((one for one in asked(form, answers, about) if one.key not in answers), None)


def counted(form: Sequence[Question], answers: Answers, about: About) -> dict[str, Answer]:
    """The answers to what is shown. The others are dropped."""
    return {one.key: answers[one.key] for one in asked(form, answers, about) if one.key in answers}


def level(question: Question, answer: Answer) -> Level | None:
    """How strongly an answer deviates; None: not at all."""
    found = [question.deviates[value] for value in answer.values if value in question.deviates]
    if question.kind in FORMS and answer.values and ANY in question.deviates:
        found.append(question.deviates[ANY])
    return strongest(found)


def strongest(levels: Sequence[Level]) -> Level | None:
    return max(levels, key=LEVELS.index, default=None)


def deviating(form: Sequence[Question], answers: Answers) -> dict[str, Level]:
    """By the question's key, in the form's order."""
    found = ((one.key, level(one, answers[one.key])) for one in form if one.key in answers)
    return {key: how for key, how in found if how is not None}


def what_deviates_first(form: Sequence[Question], levels: Mapping[str, Level]) -> tuple[list[str], list[str]]:
    """Keys of the questions whose answers deviate, the strongest first, each with those that it was asked because of and those
    that were asked because of it; then of all others."""
    above = {question.key: _above(question, form) for question in form}
    strengths: dict[str, int] = {}
    for key, level_ in levels.items():
        for other in above:
            if other == key or key in above[other] or other in above.get(key, ()):
                strengths[other] = max(LEVELS.index(level_), strengths.get(other, 0))
    tops = {key: next((one for one in above[key] if one in strengths), key) for key in strengths}
    heaviest = {top: max(strengths[key] for key in strengths if tops[key] == top) for top in tops.values()}
    order = {question.key: n for n, question in enumerate(form)}
    first = sorted(strengths, key=lambda key: (-heaviest[tops[key]], order[tops[key]], order[key]))
    return first, [question.key for question in form if question.key not in strengths]


def _above(question: Question, form: Sequence[Question]) -> list[str]:
    """Keys of those that have to be shown for it to be, in the form's order."""
    seen = {one.key: one for one in form}
    wanted = {one.key for one in _needed(question, seen)} - {question.key}
    return [one.key for one in form if one.key in wanted]


# --- what an answer may be ------------------------------------------------------------------------------------------------


def read_answer(question: Question, chosen: Sequence[str], written: str = "") -> Answer:
    """What somebody chose or wrote, as an answer. `written` is normalised by the door, which reads other keyboards' digits too.

    Raises Refusal: answer_missing, answer_unknown, answer_none_and_more, answer_no_number, answer_out_of_bounds (least, most),
    answer_no_date, answer_too_long (most).
    """
    return _read_written(question, written) if question.kind in FORMS else _read_chosen(question, chosen, written)


def _read_chosen(question: Question, chosen: Sequence[str], written: str) -> Answer:
    picked = tuple(key for key in question.answers if key in chosen)
    if not picked:
        raise Refusal(refusals.ANSWER_MISSING)
    if len(picked) < len(set(chosen)) or (len(picked) > 1 and question.kind is not Kind.CHOICES):
        raise Refusal(refusals.ANSWER_UNKNOWN)
    if NONE in picked and len(picked) > 1 and question.kind is Kind.CHOICES:
        raise Refusal(refusals.NONE_AND_MORE)
    more = written if question.kind is Kind.YES_NO_MORE and picked == (YES,) else ""
    if len(more) > question.longest:
        raise Refusal(refusals.TOO_LONG, most=question.longest)
    return Answer(picked, more)


def _read_written(question: Question, written: str) -> Answer:
    if not written:
        if question.optional:
            return Answer(())
        raise Refusal(refusals.ANSWER_MISSING)
    if question.kind is Kind.NUMBER:
        return Answer((_number(question, written),))
    if question.kind is Kind.DATE:
        return Answer((_day(written),))
    if len(written) > question.longest:
        raise Refusal(refusals.TOO_LONG, most=question.longest)
    return Answer((written,))


def plain_number(written: str) -> str:
    """With a decimal point, whichever sign stands for it. Raises Refusal: answer_no_number."""
    plain = written.replace(" ", "").translate(POINTS)
    if not re.fullmatch(r"[+-]?[0-9]{1,9}(\.[0-9]{1,6})?", plain):
        raise Refusal(refusals.NO_NUMBER)
    return plain


def _number(question: Question, written: str) -> str:
    """With a decimal point and no surplus zeros."""
    number = float(plain_number(written))
    if (
        not (question.least if question.least is not None else -math.inf)
        <= number
        <= (question.most if question.most is not None else math.inf)
    ):
        raise Refusal(refusals.OUT_OF_BOUNDS, least=question.least, most=question.most)
    return spell_number(number)


def spell_number(number: float) -> str:
    """As read_answer takes it."""
    return f"{number:.6f}".rstrip("0").rstrip(".")


def _day(written: str) -> str:
    digits = re.sub(r"[-./ ]", "", written)
    try:
        if not re.fullmatch(r"[0-9]{8}", digits):
            raise ValueError
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).isoformat()
    except ValueError:
        raise Refusal(refusals.NO_DATE) from None


# --- what may be saved ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """Why a form can't be saved: a code of refusals.FAULTS, and the key of the question where it shows."""

    code: str
    question: str = ""


def faults(form: Sequence[Question]) -> list[Fault]:
    """Whatever would leave somebody without a way to the end, or a question that nobody could ever see."""
    if not form:
        return [Fault(refusals.NO_QUESTIONS)]
    seen: dict[str, Question] = {}
    found: list[Fault] = []
    for question in form:
        if question.key in seen:
            found.append(Fault(refusals.TWICE, question.key))
        found += [Fault(code, question.key) for code in _faults_of(question, seen, form)]
        seen[question.key] = question
    return found


def _faults_of(question: Question, seen: Mapping[str, Question], form: Sequence[Question]) -> Iterator[str]:
    yield from question_faults(question)
    sound = True
    for condition in question.after:
        earlier = seen.get(condition.question)
        if earlier is None:
            sound = False
            yield refusals.NOT_EARLIER if any(one.key == condition.question for one in form) else refusals.UNKNOWN_QUESTION
        elif not condition.answers or not condition.answers <= set(earlier.answers):
            sound = False
            yield refusals.UNKNOWN_ANSWER
    if sound and not _can_show(question, seen):
        yield refusals.NEVER_SHOWN


def question_faults(question: Question) -> Iterator[str]:
    """What is wrong with a question by itself."""
    if not question.text.get(WRITTEN_IN, "").strip() or any(
        not one.text.get(WRITTEN_IN, "").strip() for one in question.options
    ):
        yield refusals.NO_WORDS
    keys = [one.key for one in question.options]
    if question.kind in (Kind.CHOICE, Kind.CHOICES) and len(keys) < (2 if question.kind is Kind.CHOICE else 1):
        yield refusals.NO_OPTIONS
    if len(set(keys)) < len(keys) or NONE in keys:
        yield refusals.SAME_OPTION
    known = {ANY} if question.kind in FORMS else set(question.answers)
    if not set(question.deviates) <= known:
        yield refusals.UNKNOWN_ANSWER
    if question.min_age is not None and question.max_age is not None and question.min_age > question.max_age:
        yield refusals.AGES_CROSSED
    if question.least is not None and question.most is not None and question.least > question.most:
        yield refusals.BOUNDS_CROSSED


def waiting_faults(question: Question, all_: Mapping[str, Question]) -> Iterator[str]:
    """What is wrong with what a question of a bank waits for: a bank has no order, but a circle can't be put in one."""
    for condition in question.after:
        earlier = all_.get(condition.question)
        if earlier is None:
            yield refusals.UNKNOWN_QUESTION
        elif not condition.answers or not condition.answers <= set(earlier.answers):
            yield refusals.UNKNOWN_ANSWER
    above, seen = [one.question for one in question.after], set[str]()
    while above:
        key = above.pop()
        if key == question.key:
            yield refusals.NOT_EARLIER
            return
        if key not in seen and key in all_:
            seen.add(key)
            above += [one.question for one in all_[key].after]


def _can_show(question: Question, seen: Mapping[str, Question]) -> bool:
    """Whether some person with some answers would be asked it: all that it and those above it ask for, at once."""
    needed = list(_needed(question, seen))
    low = max((one.min_age for one in needed if one.min_age is not None), default=0)
    high = min((one.max_age for one in needed if one.max_age is not None), default=math.inf)
    reasons = [one.reasons for one in needed if one.reasons]
    return low <= high and (not reasons or bool(frozenset.intersection(*reasons))) and _can_be_said(needed, seen)


def _needed(question: Question, seen: Mapping[str, Question]) -> Iterator[Question]:
    """It, and all that have to be shown for it to be, each once."""
    above = {question.key: question}
    waiting = [question]
    while waiting:
        one = waiting.pop()
        yield one
        for condition in one.after:
            earlier = seen.get(condition.question)
            if earlier is not None and earlier.key not in above:
                above[earlier.key] = earlier
                waiting.append(earlier)


def _can_be_said(needed: Sequence[Question], seen: Mapping[str, Question]) -> bool:
    wanted: dict[str, list[frozenset[str]]] = {}
    for question in needed:
        for condition in question.after:
            wanted.setdefault(condition.question, []).append(condition.answers)
    return all(_at_once(seen[key], sets) for key, sets in wanted.items() if key in seen)


def _at_once(question: Question, sets: Sequence[frozenset[str]]) -> bool:
    """Whether one answer holds for all of the sets; of several choices one of each can be chosen, but 'none' only alone."""
    if question.kind is not Kind.CHOICES:
        return bool(frozenset.intersection(*sets))
    return all(one - {NONE} for one in sets) or all(NONE in one for one in sets)


# --- how long it holds ----------------------------------------------------------------------------------------------------


def good_until(sent: date, validity_days: int | None, vaccinations: int) -> date | None:
    """The last day on which a declaration serves a visit; None: until a vaccination consumes it.

    Each vaccination prolongs it by as many days as its validity, for the staff have gone through the answers (domain §6).
    """
    return None if validity_days is None else sent + timedelta(days=validity_days * (1 + vaccinations))


def holds(sent: date, validity_days: int | None, vaccinations: int, day: date) -> bool:
    """Whether it serves a visit that day which it was not made for."""
    until = good_until(sent, validity_days, vaccinations)
    return vaccinations == 0 if until is None else day <= until
