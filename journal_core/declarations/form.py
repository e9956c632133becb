"""The questions of a declaration, as data: what may be answered, which are asked of whom, which answers need a word.

A form is part of a definition's version and never changes there, so that an answer always stands beside the question as it was
read. Texts are by language; Swedish is always among them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from journal_core.texts import WRITTEN_IN

Texts = Mapping[str, str]

YES, NO = "yes", "no"
NONE = "none"
"""'None of these', beside several choices: offered with each such question and never with another choice."""
ANY = "any"
"""Whatever is written, in `deviates` of a text, number or date."""
LONGEST = 10_000
"""Characters of a text without a limit of its own."""


class Kind(StrEnum):
    YES_NO = "yes_no"
    YES_NO_MORE = "yes_no_more"
    """Whoever says yes tells more."""
    CHOICE = "choice"
    CHOICES = "choices"
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"


class Level(StrEnum):
    """How strongly an answer deviates. In order, the strongest last."""

    LOOK = "look"
    STOP = "stop"
    """Nothing is given before somebody has asked."""


@dataclass(frozen=True)
class Option:
    key: str
    text: Texts


@dataclass(frozen=True)
class Condition:
    """An earlier question, and the answers after which another one is asked."""

    question: str
    answers: frozenset[str]


@dataclass(frozen=True)
class Question:
    key: str
    kind: Kind
    text: Texts
    help: Texts = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    """Of choices; yes and no need none."""
    deviates: Mapping[str, Level] = field(default_factory=dict)
    """By answer."""
    unit: Texts = field(default_factory=dict)
    least: float | None = None
    most: float | None = None
    """Bounds of a number."""
    longest: int = LONGEST
    """Characters of a text, or of what is told beside a yes."""
    optional: bool = False
    """A text, number or date that may be left empty."""
    min_age: int | None = None
    max_age: int | None = None
    """In whole years, both inclusive: asked only of those."""
    reasons: frozenset[str] = frozenset()
    """Slugs: asked only at visits for one of them, and where the reason is not known. None: at all."""
    after: tuple[Condition, ...] = ()
    """All of them have to hold."""

    @property
    def answers(self) -> tuple[str, ...]:
        """The keys among which one chooses; none where one writes."""
        if self.kind in (Kind.YES_NO, Kind.YES_NO_MORE):
            return YES, NO
        chosen = tuple(option.key for option in self.options)
        return (*chosen, NONE) if self.kind is Kind.CHOICES else chosen if self.kind is Kind.CHOICE else ()

    @property
    def after_pairs(self) -> list[tuple[str, str]]:
        """What it waits for, answer by answer."""
        return [(one.question, answer) for one in self.after for answer in sorted(one.answers)]


@dataclass(frozen=True)
class Answer:
    """What was said to one question: keys of options, or the one thing that was written; nothing if that was allowed."""

    values: tuple[str, ...]
    more: str = ""
    """What was told beside a yes."""


Answers = Mapping[str, Answer]
"""By the question's key."""


@dataclass(frozen=True)
class About:
    """Whom the questions are about, as far as they depend on it."""

    age: int
    """In whole years, on the day of the visit."""
    reason: str | None = None
    """Slug of the visit's; None where there is no visit yet."""


@dataclass(frozen=True)
class Shipped:
    """A definition that comes with the program."""

    key: str
    name: str
    purpose: str
    validity_days: int | None
    form: tuple[Question, ...]


@dataclass(frozen=True)
class Bank:
    """Questions and definitions that come with the program. The first definition is the system's own: it serves drop-in where
    a clinic has chosen none (domain §6)."""

    questions: tuple[Question, ...]
    definitions: tuple[Shipped, ...]

    @property
    def of_system(self) -> Shipped:
        return self.definitions[0]


def said(texts: Texts, language: str) -> tuple[str, str]:
    """A text and the language it is in: the wanted one or, where it is missing, Swedish."""
    return (texts[language], language) if texts.get(language) else (texts.get(WRITTEN_IN, ""), WRITTEN_IN)


# --- kept as JSON ---------------------------------------------------------------------------------------------------------


def read_form(kept: Sequence[Mapping[str, Any]]) -> tuple[Question, ...]:
    return tuple(read_question(one) for one in kept)


def read_question(kept: Mapping[str, Any]) -> Question:
    """Raises KeyError, ValueError or TypeError for what is no question."""
    return Question(
        key=kept["key"],
        kind=Kind(kept["kind"]),
        text=kept["text"],
        help=kept.get("help", {}),
        options=tuple(Option(one["key"], one["text"]) for one in kept.get("options", ())),
        deviates={key: Level(level) for key, level in kept.get("deviates", {}).items()},
        unit=kept.get("unit", {}),
        least=kept.get("least"),
        most=kept.get("most"),
        longest=kept.get("longest", LONGEST),
        optional=kept.get("optional", False),
        min_age=kept.get("min_age"),
        max_age=kept.get("max_age"),
        reasons=frozenset(kept.get("reasons", ())),
        after=tuple(Condition(one["question"], frozenset(one["answers"])) for one in kept.get("after", ())),
    )


def write_question(question: Question) -> dict[str, Any]:
    """As read_question reads it; what says nothing is left out."""
    kept: dict[str, Any] = {
        "key": question.key,
        "kind": question.kind.value,
        "text": dict(question.text),
        "help": dict(question.help),
        "options": [{"key": one.key, "text": dict(one.text)} for one in question.options],
        "deviates": {key: level.value for key, level in question.deviates.items()},
        "unit": dict(question.unit),
        "least": question.least,
        "most": question.most,
        "longest": question.longest if question.longest != LONGEST else None,
        "optional": question.optional or None,
        "min_age": question.min_age,
        "max_age": question.max_age,
        "reasons": sorted(question.reasons),
        "after": [{"question": one.question, "answers": sorted(one.answers)} for one in question.after],
    }
    return {name: value for name, value in kept.items() if value not in (None, {}, [])}


def write_form(questions: Sequence[Question]) -> list[dict[str, Any]]:
    return [write_question(one) for one in questions]
