"""Health declarations as staff see them: a mark in the list, what deviates first, in the words that were read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask import url_for
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from journal_core.actor import ActorKind
from journal_core.booking.model import Visit
from journal_core.declarations import queries, rules, use_cases
from journal_core.declarations.form import Answer, Level, Question, read_form
from journal_core.declarations.model import Declaration, DeclarationComment
from journal_core.declarations.queries import Known, Stand
from journal_core.keyring import KeyMissing, Keyring, SealBroken
from journal_core.organisation.model import Clinic
from portal.staff.present import Fact, Kind
from portal.web.page import staff_may
from portal.web.services import services

MARKS: Mapping[Level | None, tuple[Kind, LazyString]] = {
    None: (Kind.FINE, _l("Hälsodeklaration utan avvikelser")),
    Level.LOOK: (Kind.LOOK, _l("Hälsodeklaration: titta")),
    Level.STOP: (Kind.STOP, _l("Hälsodeklaration: fråga först")),
}
MISSING = Kind.MISSING, _l("Ingen hälsodeklaration")
OTHER: Mapping[Level | None, tuple[Kind, LazyString]] = {
    None: (Kind.MISSING, _l("Bara en annan hälsodeklaration, utan avvikelser")),
    Level.LOOK: (Kind.LOOK, _l("Bara en annan hälsodeklaration: titta")),
    Level.STOP: (Kind.STOP, _l("Bara en annan hälsodeklaration: fråga först")),
}
UNREADABLE = Kind.STOP, _l("Hälsodeklarationen går inte att läsa")
LEVELS: Mapping[Level, tuple[Kind, LazyString]] = {
    Level.STOP: (Kind.STOP, _l("Fråga först")),
    Level.LOOK: (Kind.LOOK, _l("Titta")),
}
SHORT = 400
"""Characters of an answer that is shown in full."""
TOLD_BY: Mapping[ActorKind, LazyString] = {
    ActorKind.STRANGER: _l("utan e-legitimation, genom mottagningens länk"),
    ActorKind.LINK: _l("utan e-legitimation, genom bokningens länk"),
    ActorKind.RESIDENT: _l("med e-legitimation"),
    ActorKind.STAFF: _l("tillsammans med personalen"),
}


def facts_of(session: Session, clinic: Clinic, visits: Sequence[Visit]) -> dict[int, Fact]:
    """A mark by visit id, where a declaration is asked for or has been told. Three statements, however many visits.

    Who may not read declarations sees that one is missing, and nothing of those that are there.
    """
    stands = queries.stands(session, clinic.unit.provider_id, visits)
    found = {visit_id: _for_whom_looks(stand) for visit_id, stand in stands.items()}
    return {visit_id: _linked(visit_id, stand) for visit_id, stand in found.items() if stand is not None}


def _for_whom_looks(stand: Stand) -> Stand | None:
    if staff_may("staff.declarations"):
        return stand
    return Stand(stand.definition_id, None) if stand.known is None else None


def _linked(visit_id: int, stand: Stand) -> Fact:
    found = fact(stand, services().keys)
    there_is = stand.known is not None or stand.others
    return replace(found, address=url_for("staff.declarations", visit_id=visit_id)) if there_is else found


def declaration_of(session: Session, clinic: Clinic, visit: Visit) -> tuple[Fact | None, Sequence[Line]]:
    """A visit's mark, and the answers that deviate in the declaration that serves it."""
    found = queries.stands(session, clinic.unit.provider_id, [visit]).get(visit.id)
    stand = _for_whom_looks(found) if found is not None else None
    if stand is None:
        return None, ()
    return _linked(visit.id, stand), [line for known in _counting(stand) for line in _deviating(session, known)]


def _counting(stand: Stand) -> Sequence[Known]:
    return [one for one in (stand.known, stand.beside, *stand.others) if one is not None]


def _deviating(session: Session, known: Known) -> Sequence[Line]:
    return shown(known, queries.whole(session, [known.id])[known.id], serves=True).deviating


def fact(stand: Stand, keys: Keyring) -> Fact:
    if stand.known is None and not stand.others:
        return _fact(MISSING)
    marks = MARKS if stand.known is not None else OTHER
    try:
        found = [level for known in _counting(stand) for level in use_cases.deviating(keys, known).values()]
    except (KeyMissing, SealBroken):
        return _fact(UNREADABLE)
    return _fact(marks[rules.strongest(found)])


def _fact(mark: tuple[Kind, LazyString]) -> Fact:
    return Fact(mark[0], str(mark[1]))


@dataclass(frozen=True)
class Line:
    """A question with its answer."""

    question: Question
    answer: Answer
    language: str
    """In which it was read."""
    fact: Fact | None
    """How strongly it deviates."""

    @property
    def long(self) -> bool:
        """So much was written that the page shows the beginning, and the rest as one goes on."""
        return sum(map(len, (*self.answer.values, self.answer.more))) > SHORT


@dataclass(frozen=True)
class Comment:
    at: datetime
    by: str | None
    """Of the staff."""
    text: str


@dataclass(frozen=True)
class Shown:
    """A declaration, what deviates first."""

    id: int
    name: str
    sent_at: datetime | None
    told_by: str
    good_until: date | None
    vaccinations: int
    deviating: Sequence[Line]
    """And what was asked because of them (rules.what_deviates_first)."""
    others: Sequence[Line]
    comments: Sequence[Comment]
    serves: bool
    """This visit."""
    unreadable: bool = False


def shown(known: Known, one: Declaration, *, serves: bool) -> Shown:
    """`one` is the whole of `known`."""
    keys = services().keys
    comments: list[Comment] = []
    lines: dict[str, Line] = {}
    first: list[str] = []
    others: list[str] = []
    unreadable = False
    try:
        levels, told = use_cases.deviating(keys, one), use_cases.told(keys, one)
        comments = [_comment(keys, row) for row in one.comments]
        form = [question for question in read_form(one.version.questions) if question.key in told]
        first, others = rules.what_deviates_first(form, levels)
        lines = {
            question.key: Line(
                question, told[question.key].answer, told[question.key].language, _level(levels.get(question.key))
            )
            for question in form
        }
    except (KeyMissing, SealBroken):
        unreadable = True
    return Shown(
        id=one.id,
        name=one.version.definition.name,
        sent_at=one.sent_at,
        told_by=str(TOLD_BY.get(one.told_by, "")),
        good_until=known.good_until,
        vaccinations=known.vaccinations,
        deviating=[lines[key] for key in first],
        others=[lines[key] for key in others],
        comments=comments,
        serves=serves,
        unreadable=unreadable,
    )


def _comment(keys: Keyring, row: DeclarationComment) -> Comment:
    return Comment(row.at, row.account.name if row.account else None, use_cases.comment_text(keys, row))


def _level(level: Level | None) -> Fact | None:
    return _fact(LEVELS[level]) if level is not None else None
