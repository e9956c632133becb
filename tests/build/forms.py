"""Forms of questions for the declarations' tests, and any that could be saved (hypothesis)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from journal_core.declarations.form import ANY, NONE, About, Answer, Condition, Kind, Level, Option, Question
from portal.web.languages import LANGUAGES

WORDS = dict.fromkeys(LANGUAGES, "Frågan")


def a_question(key: str = "q", kind: Kind = Kind.YES_NO, **values: Any) -> Question:
    return Question(**{"key": key, "kind": kind, "text": {code: f"{key} ({code})" for code in LANGUAGES}, **values})


def options(*keys: str) -> tuple[Option, ...]:
    return tuple(Option(key, {code: f"{key} ({code})" for code in LANGUAGES}) for key in keys)


def after(question: str, *answers: str) -> Condition:
    return Condition(question, frozenset(answers))


FORM = (
    a_question("allergy", deviates={"yes": Level.LOOK}),
    a_question(
        "allergy-to",
        Kind.CHOICES,
        options=options("egg", "latex"),
        deviates={"egg": Level.STOP},
        after=(after("allergy", "yes"),),
    ),
    a_question("told", Kind.TEXT, after=(after("allergy-to", "egg"),), deviates={ANY: Level.LOOK}),
    a_question("weight", Kind.NUMBER, least=2, most=200, max_age=17, optional=True),
    a_question("ill", Kind.YES_NO_MORE, deviates={"yes": Level.STOP}),
)
"""A small one with follow-ups of follow-ups."""


@st.composite
def forms(draw: st.DrawFn) -> tuple[Question, ...]:
    """Any, with conditions that mostly can hold; tests keep those without faults."""
    found: list[Question] = []
    for n in range(draw(st.integers(1, 7))):
        kind = draw(st.sampled_from(Kind))
        keys = [f"o{m}" for m in range(draw(st.integers(2, 4)))] if kind in (Kind.CHOICE, Kind.CHOICES) else []
        earlier = [one for one in found if one.answers]
        parents = draw(st.lists(st.sampled_from(earlier), max_size=2, unique_by=lambda one: one.key)) if earlier else []
        ages = (
            sorted(draw(st.lists(st.integers(0, 100), min_size=2, max_size=2)))
            if draw(st.integers(0, 3)) == 0
            else [None, None]
        )
        found.append(
            a_question(
                f"q{n}",
                kind,
                options=options(*keys),
                after=tuple(
                    Condition(one.key, draw(st.frozensets(st.sampled_from(one.answers), min_size=1))) for one in parents
                ),
                min_age=ages[0],
                max_age=ages[1],
                reasons=draw(st.sampled_from([frozenset(), frozenset(), frozenset({"resa"}), frozenset({"resa", "tbe"})])),
                optional=draw(st.booleans()),
                deviates=_deviates(draw, kind, keys),
            )
        )
    return tuple(found)


def _deviates(draw: st.DrawFn, kind: Kind, keys: Sequence[str]) -> Mapping[str, Level]:
    possible = {Kind.YES_NO: ["yes", "no"], Kind.YES_NO_MORE: ["yes"], Kind.CHOICE: keys, Kind.CHOICES: [*keys, NONE]}.get(
        kind, [ANY]
    )
    return draw(st.dictionaries(st.sampled_from(list(possible)), st.sampled_from(Level), max_size=2))


ABOUT = st.builds(About, st.integers(0, 110), st.sampled_from([None, "tbe", "resa"]))


@st.composite
def answers_to(draw: st.DrawFn, question: Question) -> Answer:
    """Any that would be taken."""
    if question.kind is Kind.CHOICES:
        picked = draw(st.sets(st.sampled_from(question.answers[:-1]), min_size=1) | st.just({NONE}))
        return Answer(tuple(key for key in question.answers if key in picked))
    if question.answers:
        value = draw(st.sampled_from(question.answers))
        return Answer((value,), "mer" if question.kind is Kind.YES_NO_MORE and value == "yes" else "")
    if question.optional and draw(st.booleans()):
        return Answer(())
    return Answer(({Kind.NUMBER: "7", Kind.DATE: "2026-11-01", Kind.TEXT: "något"}[question.kind],))
