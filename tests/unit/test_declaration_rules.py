"""Which questions are asked, what an answer may be, which forms can be saved, how long a declaration holds."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from config.declarations import bank
from journal_core.declarations import refusals, rules
from journal_core.declarations.form import (
    NO,
    NONE,
    YES,
    About,
    Answer,
    Kind,
    Level,
    Question,
    read_question,
    write_question,
)
from journal_core.refusal import Refusal
from portal.web.languages import LANGUAGES
from tests.build.forms import ABOUT, FORM, a_question, after, answers_to, forms, options

GROWN = About(40, "tbe")


def keys(form: tuple[Question, ...], about: About = GROWN, **answers: str) -> list[str]:
    given = {key.replace("_", "-"): Answer((value,)) for key, value in answers.items()}
    return [one.key for one in rules.asked(form, given, about)]


# --- what is asked --------------------------------------------------------------------------------------------------------


def test_follow_ups_come_and_go_with_the_answers_before_them() -> None:
    assert keys(FORM) == ["allergy", "ill"]
    assert keys(FORM, allergy="yes") == ["allergy", "allergy-to", "ill"]
    assert keys(FORM, allergy="yes", allergy_to="egg") == ["allergy", "allergy-to", "told", "ill"]
    assert keys(FORM, allergy="no", allergy_to="egg", told="gammalt") == ["allergy", "ill"], (
        "what hangs on the hidden is hidden"
    )


def test_age_and_reason_choose_questions() -> None:
    assert "weight" in keys(FORM, About(17)) and "weight" not in keys(FORM, About(18))
    form = (a_question("travel", reasons=frozenset({"resa"})),)
    assert (keys(form, About(40, "tbe")), keys(form, About(40, "resa"))) == ([], ["travel"])
    assert keys(form, About(40, None)) == ["travel"], "where nobody knows yet what the visit is about it is asked"


@given(forms(), ABOUT, st.data())
def test_whatever_can_be_saved_can_be_answered_to_its_end_back_and_forth(
    form: tuple[Question, ...], about: About, data: st.DataObject
) -> None:
    """Any sequence of answers, with changes of mind, ends; what is counted is exactly what is shown then."""
    assume(not rules.faults(form))
    said: dict[str, Answer] = {}
    for _turn in range(4 * len(form)):
        waiting = rules.unanswered(form, said, about)
        shown = rules.asked(form, said, about)
        if shown and data.draw(st.integers(0, 3)) == 0:
            waiting = data.draw(st.sampled_from(shown))
        if waiting is None:
            break
        said[waiting.key] = data.draw(answers_to(waiting))
    while (waiting := rules.unanswered(form, said, about)) is not None:
        said[waiting.key] = data.draw(answers_to(waiting))
    assert list(rules.counted(form, said, about)) == [one.key for one in rules.asked(form, said, about)]


@given(forms())
def test_a_question_is_kept_as_it_is(form: tuple[Question, ...]) -> None:
    assert [read_question(write_question(one)) for one in form] == list(form)


@given(forms(), st.data())
def test_every_question_of_what_can_be_saved_can_be_seen_by_somebody(form: tuple[Question, ...], data: st.DataObject) -> None:
    assume(not rules.faults(form))
    wanted = data.draw(st.sampled_from(form))
    assert any(_seen(form, wanted, About(age, reason)) for age in range(101) for reason in (None, "tbe", "resa"))


def _seen(form: tuple[Question, ...], wanted: Question, about: About) -> bool:
    """Answering each earlier question with all that anything asks of it shows it, where that can be done at once."""
    needed = {one.key: one for one in rules._needed(wanted, {one.key: one for one in form})}
    said: dict[str, Answer] = {}
    for question in form:
        sets = [one.answers for other in needed.values() for one in other.after if one.question == question.key]
        if not sets:
            continue
        if question.kind is Kind.CHOICES and all(one - {NONE} for one in sets):
            said[question.key] = Answer(tuple({min(one - {NONE}) for one in sets}))
        else:
            common = frozenset.intersection(*sets)
            said[question.key] = Answer((min(common),)) if common else Answer(())
    return wanted in rules.asked(form, said, about)


WAITING = st.lists(st.sets(st.integers(0, 5), max_size=2), min_size=1, max_size=6)
"""By question, the others that it waits for: circles, itself and what is not there among them."""


@given(WAITING)
def test_a_bank_is_without_fault_exactly_when_its_questions_can_be_put_in_an_order(waiting: list[set[int]]) -> None:
    bank_ = {
        f"q{n}": a_question(f"q{n}", after=tuple(after(f"q{other}", "yes") for other in sorted(others)))
        for n, others in enumerate(waiting)
    }
    placed: set[str] = set()
    while ready := {one.key for one in bank_.values() if {each.question for each in one.after} <= placed} - placed:
        placed |= ready
    faults = [fault for one in bank_.values() for fault in rules.waiting_faults(one, bank_)]
    assert (placed == bank_.keys()) == (not faults)


def test_what_deviates_comes_first_with_what_was_asked_because_of_it() -> None:
    form = (a_question("fever"), *FORM, a_question("pills"), a_question("which", Kind.TEXT, after=(after("pills", "yes"),)))
    levels = {"pills": Level.LOOK, "allergy": Level.LOOK, "allergy-to": Level.STOP}
    first, others = rules.what_deviates_first(form, levels)
    assert first == ["allergy", "allergy-to", "told", "pills", "which"]
    assert others == ["fever", "weight", "ill"]
    assert rules.what_deviates_first(form, {"which": Level.LOOK})[0] == ["pills", "which"], "and with what it follows up"
    assert rules.what_deviates_first(form, {"fever": Level.LOOK, "which": Level.STOP})[0] == ["pills", "which", "fever"]


@given(forms(), st.data())
def test_each_answer_is_shown_once(form: tuple[Question, ...], data: st.DataObject) -> None:
    levels = data.draw(st.dictionaries(st.sampled_from([one.key for one in form]), st.sampled_from(Level)))
    first, others = rules.what_deviates_first(form, levels)
    assert sorted((*first, *others)) == sorted(one.key for one in form)
    assert levels.keys() <= set(first)


# --- what an answer may be ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "chosen", "written", "code"),
    [
        (a_question(), [], "", refusals.ANSWER_MISSING),
        (a_question(), ["perhaps"], "", refusals.ANSWER_MISSING),
        (a_question(), ["yes", "no"], "", refusals.ANSWER_UNKNOWN),
        (a_question(), ["yes", "perhaps"], "", refusals.ANSWER_UNKNOWN),
        (a_question(kind=Kind.CHOICES, options=options("egg", "latex")), ["egg", NONE], "", refusals.NONE_AND_MORE),
        (a_question(kind=Kind.NUMBER), [], "tolv", refusals.NO_NUMBER),
        (a_question(kind=Kind.NUMBER), [], "1e5", refusals.NO_NUMBER),
        (a_question(kind=Kind.NUMBER, least=1, most=42), [], "43", refusals.OUT_OF_BOUNDS),
        (a_question(kind=Kind.DATE), [], "2026-02-30", refusals.NO_DATE),
        (a_question(kind=Kind.DATE), [], "i går", refusals.NO_DATE),
        (a_question(kind=Kind.TEXT), [], "", refusals.ANSWER_MISSING),
        (a_question(kind=Kind.TEXT, longest=5), [], "sex ord", refusals.TOO_LONG),
        (a_question(kind=Kind.YES_NO_MORE, longest=5), ["yes"], "sex ord", refusals.TOO_LONG),
    ],
)
def test_what_is_no_answer_is_refused(question: Question, chosen: list[str], written: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.read_answer(question, chosen, written)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("question", "chosen", "written", "values"),
    [
        (a_question(), ["no"], "skrivet", ("no",)),
        (a_question(kind=Kind.CHOICES, options=options("egg", "latex")), ["latex", "egg"], "", ("egg", "latex")),
        (a_question(kind=Kind.NUMBER), [], "12,50", ("12.5",)),
        (a_question(kind=Kind.NUMBER), [], "12٫5", ("12.5",)),
        (a_question(kind=Kind.NUMBER), [], "1 200", ("1200",)),
        (a_question(kind=Kind.DATE), [], "20261101", ("2026-11-01",)),
        (a_question(kind=Kind.DATE), [], "2026.11.01", ("2026-11-01",)),
        (a_question(kind=Kind.TEXT), [], "x" * 10_000, ("x" * 10_000,)),
        (a_question(kind=Kind.TEXT, optional=True), [], "", ()),
    ],
)
def test_answers_are_read_as_they_are_meant(
    question: Question, chosen: list[str], written: str, values: tuple[str, ...]
) -> None:
    assert rules.read_answer(question, chosen, written) == Answer(values)


def test_what_is_told_beside_a_yes_goes_with_it_alone() -> None:
    question = a_question(kind=Kind.YES_NO_MORE)
    assert rules.read_answer(question, ["yes"], "en svullnad").more == "en svullnad"
    assert rules.read_answer(question, ["no"], "en svullnad").more == ""


@given(forms(), st.data())
def test_an_answer_that_is_taken_is_taken_again(form: tuple[Question, ...], data: st.DataObject) -> None:
    question = data.draw(st.sampled_from(form))
    said = data.draw(answers_to(question))
    chosen, written = (said.values, said.more) if question.answers else ((), next(iter(said.values), ""))
    assert rules.read_answer(question, chosen, written) == said


# --- what deviates --------------------------------------------------------------------------------------------------------


def test_the_strongest_of_several_counts() -> None:
    question = a_question(kind=Kind.CHOICES, options=options("egg", "latex"), deviates={"egg": Level.LOOK, "latex": Level.STOP})
    assert rules.level(question, Answer(("egg",))) is Level.LOOK
    assert rules.level(question, Answer(("egg", "latex"))) is Level.STOP
    assert rules.level(question, Answer((NONE,))) is None


def test_of_what_is_written_anything_deviates_and_nothing_does_not() -> None:
    question = a_question(kind=Kind.TEXT, optional=True, deviates={"any": Level.LOOK})
    assert (rules.level(question, Answer(("x",))), rules.level(question, Answer(()))) == (Level.LOOK, None)


# --- what may be saved ----------------------------------------------------------------------------------------------------

A, B = a_question("a"), a_question("b")


@pytest.mark.parametrize(
    ("form", "code", "where"),
    [
        ((), refusals.NO_QUESTIONS, ""),
        ((A, A), refusals.TWICE, "a"),
        ((a_question("a", text={"sv": " "}),), refusals.NO_WORDS, "a"),
        ((a_question("a", Kind.CHOICE, options=options("x")),), refusals.NO_OPTIONS, "a"),
        ((a_question("a", Kind.CHOICES, options=options("x", "x")),), refusals.SAME_OPTION, "a"),
        ((a_question("a", Kind.CHOICES, options=options("x", NONE)),), refusals.SAME_OPTION, "a"),
        ((a_question("a", deviates={"maybe": Level.LOOK}),), refusals.UNKNOWN_ANSWER, "a"),
        ((a_question("a", min_age=18, max_age=17),), refusals.AGES_CROSSED, "a"),
        ((a_question("a", Kind.NUMBER, least=3, most=2),), refusals.BOUNDS_CROSSED, "a"),
        ((a_question("a", after=(after("x", YES),)),), refusals.UNKNOWN_QUESTION, "a"),
        ((a_question("a", after=(after("a", YES),)),), refusals.NOT_EARLIER, "a"),
        ((a_question("a", after=(after("b", YES),)), a_question("b", after=(after("a", YES),))), refusals.NOT_EARLIER, "a"),
        ((A, a_question("b", after=(after("a", "maybe"),))), refusals.UNKNOWN_ANSWER, "b"),
        ((A, a_question("b", after=(after("a"),))), refusals.UNKNOWN_ANSWER, "b"),
        ((A, a_question("b", after=(after("a", YES), after("a", NO)))), refusals.NEVER_SHOWN, "b"),
        (
            (A, a_question("b", after=(after("a", YES),)), a_question("c", after=(after("b", YES), after("a", NO)))),
            refusals.NEVER_SHOWN,
            "c",
        ),
        ((a_question("a", max_age=10), a_question("b", min_age=11, after=(after("a", YES),))), refusals.NEVER_SHOWN, "b"),
        (
            (
                a_question("a", Kind.CHOICES, options=options("x", "y")),
                a_question("b", after=(after("a", "x"), after("a", NONE))),
            ),
            refusals.NEVER_SHOWN,
            "b",
        ),
        (
            (
                a_question("a", reasons=frozenset({"resa"})),
                a_question("b", reasons=frozenset({"tbe"}), after=(after("a", YES),)),
            ),
            refusals.NEVER_SHOWN,
            "b",
        ),
    ],
)
def test_a_form_with_a_fault_is_not_saved_and_says_where(form: tuple[Question, ...], code: str, where: str) -> None:
    assert (code, where) in [(fault.code, fault.question) for fault in rules.faults(form)]


def test_a_form_where_each_waits_for_the_two_before_it_is_judged_at_once() -> None:
    """Along every path through it there would be millions of steps."""
    form = [a_question("q0"), a_question("q1")]
    for n in range(2, 40):
        form.append(a_question(f"q{n}", after=(after(f"q{n - 1}", "yes"), after(f"q{n - 2}", "yes"))))
    assert rules.faults(form) == []


def test_what_can_be_shown_is_no_fault() -> None:
    choices = a_question("a", Kind.CHOICES, options=options("x", "y"))
    assert rules.faults((choices, a_question("b", after=(after("a", "x"), after("a", "y"))))) == [], "both can be chosen"
    assert rules.faults(FORM) == []


# --- how long it holds ----------------------------------------------------------------------------------------------------

SENT = date(2026, 1, 10)


@pytest.mark.parametrize(
    ("validity", "vaccinations", "day", "holds"),
    [
        (None, 0, date(2026, 1, 10), True),
        (None, 0, date(2027, 6, 1), True),
        (None, 1, date(2026, 1, 10), False),
        (30, 0, date(2026, 2, 9), True),
        (30, 0, date(2026, 2, 10), False),
        (30, 1, date(2026, 3, 11), True),
        (30, 1, date(2026, 3, 12), False),
        (30, 2, date(2026, 4, 10), True),
        (30, 2, date(2026, 4, 11), False),
        (365, 0, date(2027, 1, 10), True),
        (365, 0, date(2027, 1, 11), False),
    ],
    ids=[
        "without validity until a vaccination",
        "however late",
        "one vaccination consumes it",
        "the last day",
        "the day after",
        "a vaccination prolongs it by as many days",
        "and no more",
        "each vaccination",
        "and no more than each",
        "a year at most",
        "a year and a day",
    ],
)
def test_validity_is_prolonged_or_consumed_by_vaccinations(
    validity: int | None, vaccinations: int, day: date, holds: bool
) -> None:
    assert rules.holds(SENT, validity, vaccinations, day) is holds


# --- the shipped bank -----------------------------------------------------------------------------------------------------


def test_the_bank_is_whole_in_every_language_and_its_definitions_can_be_saved() -> None:
    for question in bank().questions:
        texts = [question.text, question.help, question.unit, *(one.text for one in question.options)]
        assert [text for text in texts if text and not all(text.get(code, "").strip() for code in LANGUAGES)] == [], (
            question.key
        )
        assert list(rules.question_faults(question)) == [], question.key
    assert [rules.faults(one.form) for one in bank().definitions] == [[], [], []]
    assert bank().of_system.name == "Covid-19" and bank().of_system.validity_days is None
